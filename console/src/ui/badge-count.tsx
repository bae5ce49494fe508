/** How many wait, beside the name of the place. The words are for screen readers. */
export function BadgeCount({ count, words }: { count: number; words: string }) {
  if (count === 0) return null;
  return (
    <span className="ms-auto inline-flex h-5 min-w-5 items-center justify-center rounded-full bg-accent-fill px-1.5 text-xs font-semibold text-white">
      <span aria-hidden="true">{count > 99 ? '99+' : count}</span>
      <span className="sr-only">{words}</span>
    </span>
  );
}
