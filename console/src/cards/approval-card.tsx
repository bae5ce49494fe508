import type { Approval } from '@purser/server/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Clock, Hand } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { useLive } from '../live.ts';
import { usePermissions } from '../session.ts';
import { Button, type ButtonTone } from '../ui/button.tsx';
import { cx } from '../ui/class-names.ts';
import { Disclosure } from '../ui/disclosure.tsx';
import { TextField } from '../ui/field.tsx';
import { focusOnMount } from '../ui/focus.ts';
import { JsonView } from '../ui/json-view.tsx';
import { Name } from '../ui/name.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Time } from '../ui/time.tsx';
import { approveLabel, tellingFacts } from './approval-words.ts';
import { AccountTag } from './mode-tag.tsx';

/** What a person is asked, with all they need to judge it. Never optimistic: it changes when the server says so. */
export function ApprovalCard({ approval, context }: { approval: Approval; context?: ReactNode }) {
  const live = approval.mode === 'live';
  return (
    <article
      aria-label={`Approval: ${approval.summary}`}
      data-approval={approval.id}
      className={cx(
        'rounded-lg border bg-surface shadow-card',
        live ? 'border-live-line border-s-4' : 'border-line-strong',
      )}
    >
      <div
        className={cx(
          'flex flex-wrap items-center gap-x-3 gap-y-1 rounded-t-lg border-b px-4 py-2',
          live ? 'border-live-line bg-live-soft' : 'border-line bg-sunken',
        )}
      >
        <span className="inline-flex items-center gap-1.5 font-medium">
          <Hand size={14} aria-hidden="true" />
          {approval.status === 'pending' ? 'Waiting for you' : statusWords[approval.status]}
        </span>
        <AccountTag mode={approval.mode} account={approval.account} />
        {context ? <span className="ms-auto min-w-0">{context}</span> : null}
      </div>
      <div className="px-4 py-3.5">
        <p dir="auto" className="text-base font-semibold [overflow-wrap:anywhere]">
          <Name>{approval.summary}</Name>
        </p>
        <PreviewFacts approval={approval} />
        <p className="mt-2 text-muted">{approval.reason}</p>
        <div className="mt-1">
          <Disclosure label="Exact input">
            <JsonView label="Input" value={approval.input} />
          </Disclosure>
        </div>
        {approval.status === 'pending' ? <Decide approval={approval} /> : <Decided approval={approval} />}
      </div>
    </article>
  );
}

const statusWords: Record<Approval['status'], string> = {
  pending: 'Waiting for you',
  approved: 'Approved',
  rejected: 'Rejected',
  expired: 'Expired',
  void: 'No longer applies',
};

function PreviewFacts({ approval }: { approval: Approval }) {
  const facts = tellingFacts(approval);
  if (facts.length === 0) return null;
  return (
    <dl className="mt-2 grid gap-x-5 gap-y-1 sm:grid-cols-[auto_1fr]">
      {facts.map((fact) => (
        <div key={fact.label} className="sm:contents">
          <dt className="text-muted">{fact.label}</dt>
          <dd dir="auto" className="min-w-0 [overflow-wrap:anywhere]">
            <Name>{fact.value}</Name>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Decide({ approval }: { approval: Approval }) {
  const { approve: may } = usePermissions();
  const [rejecting, setRejecting] = useState(false);
  const [reason, setReason] = useState('');
  const cache = useQueryClient();
  const live = useLive();
  const decide = useMutation<unknown, ApiProblem, 'approve' | 'reject'>({
    mutationFn: (decision) =>
      api.decide(approval.id, decision, decision === 'reject' ? reason.trim() : undefined),
    onSettled: async () => {
      await cache.invalidateQueries({ queryKey: ['approvals'] });
      live.refresh(approval.threadId);
    },
  });
  if (!may)
    return (
      <p className="mt-3 text-muted">Your role cannot approve. An owner can give you the approver role.</p>
    );
  return (
    <div className="mt-3.5">
      {decide.error ? (
        <div className="mb-3">
          <ProblemNotice error={decide.error} />
        </div>
      ) : null}
      {rejecting ? (
        <Reject
          reason={reason}
          onReason={setReason}
          busy={decide.isPending}
          onReject={() => decide.mutate('reject')}
          onBack={() => setRejecting(false)}
        />
      ) : (
        <div className="flex flex-wrap items-center gap-2">
          <Button
            data-approve=""
            tone={approveTone(approval)}
            busy={decide.isPending}
            onClick={() => decide.mutate('approve')}
            className="max-sm:flex-1"
          >
            {approveLabel(approval)}
          </Button>
          <Button
            data-reject=""
            disabled={decide.isPending}
            onClick={() => setRejecting(true)}
            className="max-sm:flex-1"
          >
            Reject…
          </Button>
          <span className="inline-flex items-center gap-1 text-sm text-muted sm:ms-auto">
            <Clock size={12} aria-hidden="true" />
            Expires <Time at={approval.expiresAt} />
          </span>
        </div>
      )}
    </div>
  );
}

function approveTone(approval: Approval): ButtonTone {
  if (approval.mode === 'live') return 'live';
  return approval.effect === 'destructive' ? 'danger' : 'primary';
}

interface RejectProps {
  reason: string;
  onReason(reason: string): void;
  busy: boolean;
  onReject(): void;
  onBack(): void;
}

function Reject({ reason, onReason, busy, onReject, onBack }: RejectProps) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onReject();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onBack();
      }}
    >
      <TextField
        ref={focusOnMount}
        label="Why not? The agent reads this."
        placeholder="Optional"
        value={reason}
        maxLength={500}
        onChange={(event) => onReason(event.target.value)}
      />
      <div className="mt-2.5 flex gap-2">
        <Button type="submit" tone="danger" busy={busy}>
          Reject
        </Button>
        <Button tone="quiet" onClick={onBack}>
          Back
        </Button>
      </div>
    </form>
  );
}

function Decided({ approval }: { approval: Approval }) {
  if (approval.status === 'expired')
    return <p className="mt-2 text-muted">Nobody decided in time. Nothing was done.</p>;
  if (approval.status === 'void')
    return <p className="mt-2 text-muted">Something changed since. Nothing was done.</p>;
  return (
    <p className="mt-2 text-muted">
      {statusWords[approval.status]}
      {approval.decidedBy ? ' by ' : ''}
      {approval.decidedBy ? <Name>{approval.decidedBy}</Name> : null}{' '}
      {approval.decidedAt ? <Time at={approval.decidedAt} /> : null}
      {approval.decisionReason ? `: ${approval.decisionReason}` : ''}
    </p>
  );
}
