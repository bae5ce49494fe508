import type { Approval } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { outcomeOf } from '../cards/approval-words.ts';
import { ModeTag } from '../cards/mode-tag.tsx';
import { decidedQuery } from '../queries.ts';
import { Name } from '../ui/name.tsx';
import { Card, Section } from '../ui/page.tsx';
import { Tag, type TagTone } from '../ui/tag.tsx';
import { Time } from '../ui/time.tsx';

/** What was decided lately and what became of it: an approval that came to nothing is seen here. */
export function Decided() {
  const decided = useQuery(decidedQuery()).data ?? [];
  if (decided.length === 0) return null;
  return (
    <Section title="Decided lately">
      <Card>
        <ul className="divide-y divide-line">
          {decided.map((approval) => (
            <Row key={approval.id} approval={approval} />
          ))}
        </ul>
      </Card>
    </Section>
  );
}

function toneOf({ status, operationState }: Approval): TagTone {
  if (status !== 'approved') return 'plain';
  if (operationState === 'done') return 'good';
  if (operationState === 'unknown') return 'alarm';
  return operationState === 'failed' ? 'danger' : 'accent';
}

function Row({ approval }: { approval: Approval }) {
  return (
    <li className="relative px-4 py-2.5 hover:bg-hover/60">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Link
          to="/operations/$operationId"
          params={{ operationId: approval.operationId }}
          dir="auto"
          className="min-w-40 flex-1 rounded [overflow-wrap:anywhere] after:absolute after:inset-0"
        >
          <Name>{approval.summary}</Name>
        </Link>
        <ModeTag mode={approval.mode} />
        <Tag tone={toneOf(approval)}>{outcomeOf(approval)}</Tag>
      </div>
      <p dir="auto" className="text-sm text-muted [overflow-wrap:anywhere]">
        {approval.decidedBy ? (
          <>
            <Name>{approval.decidedBy}</Name>,{' '}
          </>
        ) : null}
        <Time at={approval.decidedAt ?? approval.expiresAt} />
        {approval.decisionReason ? (
          <>
            : <Name>{approval.decisionReason}</Name>
          </>
        ) : null}
      </p>
      {approval.problem ? (
        <p dir="auto" className="text-sm text-danger [overflow-wrap:anywhere]">
          <Name>{approval.problem}</Name>
        </p>
      ) : null}
    </li>
  );
}
