import type { ReactNode } from 'react';
import { cx } from './class-names.ts';

/** What this platform calls the key beside the space bar. */
export const modKey = navigator.userAgent.includes('Mac') ? '⌘' : 'Ctrl';

/** A key on the keyboard; said by the help page, so hidden from screen readers here. */
export function Kbd({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={cx(
        'inline-flex h-5 min-w-5 items-center justify-center rounded border border-line bg-surface px-1 font-sans text-xs font-normal text-muted',
        className,
      )}
    >
      {children}
    </span>
  );
}
