import { cx } from './class-names.ts';
import { CopyButton } from './copy-button.tsx';

/** Something to take along whole, such as a key: on a line of its own, with a button that copies it. */
export function CopyLine({
  text,
  label,
  on = 'sunken',
}: {
  text: string;
  label: string;
  on?: 'sunken' | 'surface';
}) {
  return (
    <div
      className={cx(
        'flex items-center gap-1 rounded-md border border-line px-2.5 py-2',
        on === 'sunken' ? 'bg-sunken' : 'bg-surface',
      )}
    >
      <code className="min-w-0 flex-1 font-mono text-xs break-all">{text}</code>
      <CopyButton text={text} label={label} />
    </div>
  );
}
