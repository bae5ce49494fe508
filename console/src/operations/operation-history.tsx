import type { AuditEntry, Json } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { operationHistoryQuery } from '../queries.ts';
import { Name } from '../ui/name.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Bone, Skeleton } from '../ui/skeleton.tsx';
import { exactTime } from '../ui/time-words.ts';

/** What the record calls a step, and what people do. */
const steps: Record<string, string> = {
  'operation.waiting': 'Proposed; a person was asked',
  'operation.approved': 'Proposed; allowed by policy',
  'approval.seconded': 'Approved by the first of two people',
  'approval.approved': 'Approved',
  'approval.rejected': 'Rejected',
  'approval.expired': 'Expired: nobody decided in time',
  'approval.outside': 'Decided at Stripe',
  'operation.waiting_outside': 'Sent; Stripe asks for an approval of its own',
  'operation.done': 'Done: Stripe confirmed it',
  'operation.failed': 'Failed',
  'operation.unknown': 'Sent; no answer came',
  'operation.reconciled': 'Settled by looking at Stripe',
};

/** Every step of an operation as the audit log has it: when, by whom, why. */
export function OperationHistory({ operationId }: { operationId: string }) {
  const query = useQuery(operationHistoryQuery(operationId));
  if (query.error) return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data)
    return (
      <Skeleton label="Loading the history">
        <Bone className="h-16 w-full" />
      </Skeleton>
    );
  if (query.data.length === 0) return <p className="text-muted">The record has nothing about it.</p>;
  return (
    <ol className="ms-1.5 border-s border-line-strong">
      {query.data.map((entry) => (
        <Step key={entry.seq} entry={entry} />
      ))}
    </ol>
  );
}

function Step({ entry }: { entry: AuditEntry }) {
  const why = detail(entry.details, 'reason');
  const lowered = detail(entry.details, 'loweredTo');
  return (
    <li className="relative ps-5 pb-4 last:pb-0">
      <span
        aria-hidden="true"
        className="absolute -start-[5px] top-1.5 size-2.5 rounded-full border-2 border-surface bg-accent-fill"
      />
      <p className="font-medium">{steps[entry.action] ?? entry.action.replaceAll(/[._]/g, ' ')}</p>
      <p className="text-sm text-muted">
        <Name>{entry.actor.name}</Name>, <time dateTime={entry.at}>{exactTime(entry.at)}</time>
      </p>
      {lowered ? <p dir="auto">Lowered to {lowered}</p> : null}
      {why ? (
        <p dir="auto" className="whitespace-pre-line [overflow-wrap:anywhere]">
          <Name>{why}</Name>
        </p>
      ) : null}
    </li>
  );
}

function detail(details: Json, name: string): string | null {
  if (typeof details !== 'object' || details === null || Array.isArray(details)) return null;
  const value = details[name];
  return typeof value === 'string' && value ? value : null;
}
