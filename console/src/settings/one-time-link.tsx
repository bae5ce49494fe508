import { CopyLine } from '../ui/copy-line.tsx';

/** A link that is a key: shown this once, to be handed over by a way that others do not read. */
export function OneTimeLink({ link, lead }: { link: string; lead: string }) {
  return (
    <div role="status" className="mt-3 rounded-lg bg-accent-soft px-3 py-2.5">
      <p>{lead}</p>
      <div className="mt-2">
        <CopyLine text={link} label="Copy link" on="surface" />
      </div>
      <p className="mt-1.5 text-muted">It is not shown again. Whoever has it can use it.</p>
    </div>
  );
}
