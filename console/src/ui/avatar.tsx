import { cx } from './class-names.ts';

/** The first letters of up to two words, whole characters also beyond the basic plane. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean).slice(0, 2);
  return words.map((word) => [...word][0]?.toUpperCase() ?? '').join('') || '?';
}

/** Stands for an agent or a person beside their name, so it says nothing to screen readers. */
export function Avatar({ name, size = 'medium' }: { name: string; size?: 'small' | 'medium' | 'large' }) {
  const box = {
    small: 'size-5 text-[10px] rounded',
    medium: 'size-7 text-xs rounded-md',
    large: 'size-9 rounded-lg',
  };
  return (
    <span
      aria-hidden="true"
      className={cx(
        'inline-flex shrink-0 items-center justify-center bg-accent-soft font-semibold text-accent',
        box[size],
      )}
    >
      {initials(name)}
    </span>
  );
}
