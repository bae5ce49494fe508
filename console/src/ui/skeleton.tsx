import type { ReactNode } from 'react';
import { cx } from './class-names.ts';

/** A grey bar in the shape of what comes. */
export function Bone({ className }: { className?: string }) {
  return <div className={cx('animate-[pulse-soft_1.6s_ease-in-out_infinite] rounded bg-hover', className)} />;
}

/** Stands in for a list or page while it loads; screen readers hear the label once. */
export function Skeleton({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div role="status" aria-busy="true" aria-label={label}>
      <div aria-hidden="true">{children}</div>
    </div>
  );
}

const rows = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

export function SkeletonRows({ label, count = 6 }: { label: string; count?: number }) {
  return (
    <Skeleton label={label}>
      {rows.slice(0, count).map((row, index) => (
        <div key={row} className="flex items-center gap-3 border-b border-line px-4 py-3.5">
          <div className="flex-1 space-y-2">
            <Bone className={cx('h-3.5', index % 2 ? 'w-2/5' : 'w-3/5')} />
            <Bone className="h-3 w-1/4" />
          </div>
          <Bone className="h-3 w-12" />
        </div>
      ))}
    </Skeleton>
  );
}

export function SkeletonCards({ label, count = 3 }: { label: string; count?: number }) {
  return (
    <Skeleton label={label}>
      <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
        {rows.slice(0, count).map((row) => (
          <div key={row} className="h-36 rounded-lg border border-line bg-surface p-4">
            <Bone className="mb-3 size-8 rounded-lg" />
            <Bone className="mb-2 h-4 w-1/2" />
            <Bone className="h-3 w-4/5" />
          </div>
        ))}
      </div>
    </Skeleton>
  );
}
