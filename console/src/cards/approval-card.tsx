import type { Approval } from '@purser/server/api';
import { Hand } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from '../ui/class-names.ts';
import { Disclosure } from '../ui/disclosure.tsx';
import { JsonView } from '../ui/json-view.tsx';
import { Name } from '../ui/name.tsx';
import { Time } from '../ui/time.tsx';
import { Decide } from './approval-decision.tsx';
import { outcomeOf, reasonsOf, tellingFacts } from './approval-words.ts';
import { AccountTag } from './mode-tag.tsx';

/** What a person is asked, with all they need to judge it. Never optimistic: it changes when the server says so. */
export function ApprovalCard({ approval, context }: { approval: Approval; context?: ReactNode }) {
  const waits = approval.status === 'pending';
  return (
    <ApprovalFrame
      label={`Approval: ${approval.summary}`}
      id={approval.id}
      live={approval.mode === 'live'}
      head={
        <>
          <span className="inline-flex shrink-0 items-center gap-1.5 font-medium">
            <Hand size={14} aria-hidden="true" />
            {waits && approval.outside ? 'Waiting at Stripe' : outcomeOf(approval)}
          </span>
          <AccountTag mode={approval.mode} account={approval.account} />
          {context ? <span className="ms-auto min-w-0">{context}</span> : null}
        </>
      }
    >
      <p dir="auto" className="text-base font-semibold [overflow-wrap:anywhere]">
        <Name>{approval.summary}</Name>
      </p>
      <ApprovalFacts approval={approval} />
      {waits ? <Decide approval={approval} /> : <Decided approval={approval} />}
    </ApprovalFrame>
  );
}

interface ApprovalFrameProps {
  label: string;
  id: string;
  live: boolean;
  head: ReactNode;
  children: ReactNode;
}

/** Found by the inbox's keys through `data-approval`. Live is seen before anything is read. */
export function ApprovalFrame({ label, id, live, head, children }: ApprovalFrameProps) {
  return (
    <article
      aria-label={label}
      data-approval={id}
      className={cx(
        'scroll-my-4 rounded-lg border bg-surface shadow-card',
        live ? 'border-live-line border-s-4' : 'border-line-strong',
      )}
    >
      <div
        className={cx(
          'flex items-center gap-x-3 gap-y-1 rounded-t-lg border-b px-4 py-2 max-sm:flex-wrap',
          live ? 'border-live-line bg-live-soft' : 'border-line bg-sunken',
        )}
      >
        {head}
      </div>
      <div className="px-4 py-3.5">{children}</div>
    </article>
  );
}

/** What it would do, who asked, why a person is asked, and exactly what would be sent. */
export function ApprovalFacts({ approval }: { approval: Approval }) {
  const reasons = reasonsOf(approval);
  const facts = tellingFacts(approval);
  const who =
    approval.requestedBy === approval.agentName
      ? approval.agentName
      : `${approval.requestedBy}, through ${approval.agentName}`;
  return (
    <>
      <dl className="mt-2 grid gap-x-5 gap-y-1 sm:grid-cols-[auto_1fr]">
        {[...facts, { label: 'Asked for by', value: who }].map((fact) => (
          <div key={fact.label} className="sm:contents">
            <dt className="text-muted">{fact.label}</dt>
            <dd dir="auto" className="min-w-0 [overflow-wrap:anywhere]">
              <Name>{fact.value}</Name>
            </dd>
          </div>
        ))}
      </dl>
      <div className="mt-3 rounded-md bg-sunken px-3 py-2">
        <p className="text-sm text-muted">{approval.outside ? 'What Stripe says' : 'Why you are asked'}</p>
        <ul className={cx('mt-0.5 space-y-0.5', reasons.length > 1 && 'list-disc ps-4 marker:text-muted')}>
          {reasons.map((reason) => (
            <li key={reason} dir="auto" className="[overflow-wrap:anywhere]">
              <Name>{reason}</Name>
            </li>
          ))}
        </ul>
      </div>
      <div className="mt-1.5">
        <Disclosure label="Exact input">
          <JsonView label="Input" value={approval.input} />
        </Disclosure>
      </div>
    </>
  );
}

function Decided({ approval }: { approval: Approval }) {
  if (approval.status === 'expired')
    return <p className="mt-2 text-muted">Nobody decided in time. Nothing was done.</p>;
  if (approval.status === 'void')
    return <p className="mt-2 text-muted">Something changed since. Nothing was done.</p>;
  return (
    <p className="mt-2 text-muted">
      {approval.status === 'approved' ? 'Approved' : 'Rejected'}
      {approval.decidedBy ? ' by ' : ''}
      {approval.decidedBy ? <Name>{approval.decidedBy}</Name> : null}{' '}
      {approval.decidedAt ? <Time at={approval.decidedAt} /> : null}
      {approval.decisionReason ? (
        <>
          : <Name>{approval.decisionReason}</Name>
        </>
      ) : null}
      {approval.problem ? <span className="block text-danger">{approval.problem}</span> : null}
    </p>
  );
}
