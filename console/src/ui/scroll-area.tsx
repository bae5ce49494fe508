import type { ReactNode } from 'react';

// What scrolls must be reachable by keyboard (WCAG 2.1.1), also where nothing in it takes the focus.
const reachable = { tabIndex: 0 };

/** An area that scrolls by itself. */
export function ScrollArea({
  label,
  className,
  children,
}: {
  label: string;
  className: string;
  children: ReactNode;
}) {
  return (
    <section aria-label={label} className={className} {...reachable}>
      {children}
    </section>
  );
}
