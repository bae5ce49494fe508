import { CopyButton } from '../ui/copy-button.tsx';

/** A link that is a key: shown this once, to be handed over by a way that others do not read. */
export function OneTimeLink({ link, lead }: { link: string; lead: string }) {
  return (
    <div role="status" className="mt-3 rounded-lg bg-accent-soft px-3 py-2.5">
      <p>{lead}</p>
      <div className="mt-2 flex items-center gap-1 rounded-md border border-line bg-surface px-2.5 py-2">
        <code className="min-w-0 flex-1 font-mono text-xs break-all">{link}</code>
        <CopyButton text={link} label="Copy link" />
      </div>
      <p className="mt-1.5 text-muted">It is not shown again. Whoever has it can use it.</p>
    </div>
  );
}
