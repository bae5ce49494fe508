import type { ConnectionType } from '@purser/server/api';
import { Card } from '../ui/page.tsx';
import { Tag } from '../ui/tag.tsx';

/** How to get the key, and the least it must be allowed. */
export function SetupSteps({ type: { setup, scopes } }: { type: ConnectionType }) {
  if (setup.length === 0 && scopes.length === 0) return null;
  return (
    <Card className="px-4 py-3.5">
      <ol className="list-decimal space-y-1 ps-5">
        {setup.map((step) => (
          <li key={step} className="[overflow-wrap:anywhere]">
            {step}
          </li>
        ))}
      </ol>
      {scopes.length > 0 ? (
        <>
          <h2 className="mt-3.5 font-medium">What the key needs</h2>
          <ul className="mt-1.5 space-y-1.5">
            {scopes.map(({ name, why, optional }) => (
              <li key={name} className="flex flex-wrap items-baseline gap-x-2 text-sm">
                <code className="font-mono [overflow-wrap:anywhere]">{name}</code>
                <span className="text-muted">{why}</span>
                {optional ? <Tag>optional</Tag> : null}
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </Card>
  );
}
