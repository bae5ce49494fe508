import type { ReactNode } from 'react';
import { useTitle } from '../ui/page.tsx';

/** The frame of what is seen before anybody is signed in. */
export function Door({ title, lead, children }: { title: string; lead?: ReactNode; children: ReactNode }) {
  useTitle(title);
  return (
    <main className="flex min-h-dvh justify-center overflow-y-auto px-5 py-[12vh]">
      <div className="w-full max-w-sm">
        <img src="/favicon.svg" alt="" className="mb-5 size-10" />
        <h1 tabIndex={-1} data-page-title="" className="text-xl font-semibold">
          {title}
        </h1>
        {lead ? <p className="mt-2 text-muted">{lead}</p> : null}
        {children}
      </div>
    </main>
  );
}
