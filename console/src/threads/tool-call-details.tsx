import type { Approval, ToolCall } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ObjectTable } from '../cards/object-card.tsx';
import { toolCallQuery } from '../queries.ts';
import { CopyId } from '../ui/copy-button.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { JsonView } from '../ui/json-view.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Bone, Skeleton } from '../ui/skeleton.tsx';
import { Time } from '../ui/time.tsx';
import { duration } from '../ui/time-words.ts';

interface ToolCallDetailsProps {
  call: ToolCall;
  threadId: string;
  approval: Approval | undefined;
}

/** What an engineer or an auditor asks about a call. */
export function ToolCallDetails({ call, threadId, approval }: ToolCallDetailsProps) {
  return (
    <div className="space-y-1">
      <ObjectTable output={call.output} />
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-1 text-sm">
        <Fact label="Tool">
          <code className="font-mono text-xs">{call.name}</code>
        </Fact>
        <Fact label="Started">
          <Time at={call.startedAt} />
          {call.durationMs === null ? null : `, took ${duration(call.durationMs)}`}
        </Fact>
        {call.requestIds.length > 0 ? (
          <Fact label={call.requestIds.length === 1 ? 'Stripe request' : 'Stripe requests'}>
            <span className="flex flex-wrap gap-x-3">
              {call.requestIds.map((id) => (
                <CopyId key={id} id={id} />
              ))}
            </span>
          </Fact>
        ) : null}
        {call.operationId ? (
          <Fact label="Operation">
            <Link
              to="/operations/$operationId"
              params={{ operationId: call.operationId }}
              className="rounded text-accent hover:underline"
            >
              See the evidence
            </Link>
          </Fact>
        ) : null}
        {approval?.decidedAt ? (
          <Fact label={approval.status === 'approved' ? 'Approved' : 'Decided'}>
            {approval.decidedBy ? `by ${approval.decidedBy}, ` : ''}
            <Time at={approval.decidedAt} />
            {approval.decisionReason ? `: ${approval.decisionReason}` : ''}
          </Fact>
        ) : null}
      </dl>
      <Disclosure label="Input">
        <JsonView label="Input" value={call.input} />
      </Disclosure>
      {call.output === undefined ? null : (
        <Disclosure label="Output">
          <JsonView label="Output" value={call.output} />
        </Disclosure>
      )}
      {call.status === 'completed' ? (
        <Disclosure label="Whole objects from Stripe">
          <WholeObjects threadId={threadId} callId={call.id} />
        </Disclosure>
      ) : null}
    </div>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{label}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}

function WholeObjects({ threadId, callId }: { threadId: string; callId: string }) {
  const query = useQuery(toolCallQuery(threadId, callId));
  if (query.error) return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) {
    return (
      <Skeleton label="Loading the objects">
        <Bone className="my-1 h-24 w-full" />
      </Skeleton>
    );
  }
  return <JsonView label="Whole objects" value={query.data.record} />;
}
