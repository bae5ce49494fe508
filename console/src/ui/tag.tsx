import type { ReactNode } from 'react';
import { cx } from './class-names.ts';

export type TagTone = 'plain' | 'accent' | 'good' | 'warn' | 'danger' | 'live' | 'alarm';

const tones: Record<TagTone, string> = {
  plain: 'bg-sunken text-muted border-line',
  accent: 'bg-accent-soft text-accent border-transparent',
  good: 'bg-good-soft text-good border-transparent',
  warn: 'bg-warn-soft text-warn border-transparent',
  danger: 'bg-danger-soft text-danger border-transparent',
  live: 'bg-live-fill text-white border-transparent font-semibold',
  alarm: 'bg-danger-fill text-white border-transparent font-semibold',
};

/** A word about a thing's state. The word carries the meaning; the colour only helps to find it. */
export function Tag({
  tone = 'plain',
  icon,
  children,
}: {
  tone?: TagTone;
  icon?: ReactNode;
  children: ReactNode;
}) {
  return (
    <span
      className={cx(
        'inline-flex h-5 shrink-0 items-center gap-1 rounded border px-1.5 text-xs font-medium whitespace-nowrap',
        tones[tone],
      )}
    >
      {icon}
      {children}
    </span>
  );
}
