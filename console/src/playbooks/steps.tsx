import type { PlaybookStep } from '@purser/server/api';
import { Link } from '@tanstack/react-router';
import { Card } from '../ui/page.tsx';
import { Tag, type TagTone } from '../ui/tag.tsx';
import { Time } from '../ui/time.tsx';

const tones: Record<NonNullable<PlaybookStep['status']>, TagTone> = {
  completed: 'good',
  failed: 'danger',
  rejected: 'plain',
};
const labels: Record<NonNullable<PlaybookStep['status']>, string> = {
  completed: 'Done',
  failed: 'Failed',
  rejected: 'Rejected',
};

/** What was decided and why, and what came of it, oldest first. */
export function Steps({ steps }: { steps: readonly PlaybookStep[] }) {
  if (steps.length === 0) return <p className="text-muted">It has not begun yet.</p>;
  return (
    <Card>
      <ol className="divide-y divide-line">
        {steps.map(({ at, kind, text, status, operationId }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever added at the end.
          <li key={index} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
            <p dir="auto" className={kind === 'call' ? 'min-w-40 flex-1 ps-4 text-muted' : 'min-w-40 flex-1'}>
              <span className="[overflow-wrap:anywhere]">{text}</span>
            </p>
            {status ? <Tag tone={tones[status]}>{labels[status]}</Tag> : null}
            {operationId ? (
              <Link
                to="/operations/$operationId"
                params={{ operationId }}
                className="rounded text-sm text-accent hover:underline"
              >
                Operation
              </Link>
            ) : null}
            <Time at={at} className="text-sm text-muted" />
          </li>
        ))}
      </ol>
    </Card>
  );
}
