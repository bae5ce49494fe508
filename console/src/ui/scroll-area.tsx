import type { ReactNode } from 'react';

// What scrolls must be reachable by keyboard (WCAG 2.1.1), also where nothing in it takes the focus.
// A group and no region: many tables in a thread are no landmarks.
const reachable = (label: string) => ({ tabIndex: 0, role: 'group', 'aria-label': label });

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
    <div className={className} {...reachable(label)}>
      {children}
    </div>
  );
}
