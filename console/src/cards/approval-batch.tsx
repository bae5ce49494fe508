import type { Approval } from '@purser/server/api';
import { ChevronRight, Hand } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { usePermissions } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { cx } from '../ui/class-names.ts';
import { Name } from '../ui/name.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { ApprovalCard, ApprovalFacts, ApprovalFrame } from './approval-card.tsx';
import { approveTone, Expiry, useDecision } from './approval-decision.tsx';
import { Reject } from './approval-forms.tsx';
import { sumText } from './approval-words.ts';
import { AccountTag } from './mode-tag.tsx';
import { moneyText } from './money-text.ts';

interface ApprovalBatchProps {
  /** At least one; several are of one kind, one turn and one account. */
  approvals: readonly Approval[];
  context?: ReactNode;
}

/** One decision about several of a kind, every one of them in sight; those left out go on waiting. */
export function ApprovalBatch({ approvals, context }: ApprovalBatchProps) {
  const [first] = approvals;
  if (!first) return null;
  if (approvals.length === 1) return <ApprovalCard approval={first} context={context} />;
  return <Batch approvals={approvals} first={first} context={context} />;
}

function Batch({ approvals, first, context }: ApprovalBatchProps & { first: Approval }) {
  const [leftOut, setLeftOut] = useState<ReadonlySet<string>>(new Set());
  const chosen = approvals.filter(({ id }) => !leftOut.has(id));
  const toggle = (id: string) => {
    const next = new Set(leftOut);
    if (!next.delete(id)) next.add(id);
    setLeftOut(next);
  };
  const label = `${first.title}: ${approvals.length} at once`;
  return (
    <ApprovalFrame
      label={label}
      id={first.id}
      live={first.mode === 'live'}
      head={
        <>
          <span className="inline-flex shrink-0 items-center gap-1.5 font-medium">
            <Hand size={14} aria-hidden="true" />
            {approvals.length} wait for you
          </span>
          <AccountTag mode={first.mode} account={first.account} />
          {context ? <span className="ms-auto min-w-0">{context}</span> : null}
        </>
      }
    >
      <p className="text-base font-semibold">{label}</p>
      <ul className="mt-2 -mx-4 divide-y divide-line border-y border-line">
        {approvals.map((approval) => (
          <Row
            key={approval.id}
            approval={approval}
            chosen={!leftOut.has(approval.id)}
            onToggle={() => toggle(approval.id)}
          />
        ))}
      </ul>
      <DecideAll approvals={chosen} all={approvals.length} first={first} />
    </ApprovalFrame>
  );
}

function Row({ approval, chosen, onToggle }: { approval: Approval; chosen: boolean; onToggle(): void }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const { amount } = approval.preview;
  return (
    <li className="px-4">
      <div className="flex items-center gap-3">
        <input
          type="checkbox"
          checked={chosen}
          onChange={onToggle}
          aria-label={approval.summary}
          className="size-4 shrink-0 accent-accent-fill pointer-coarse:size-5"
        />
        <button
          type="button"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
          className="flex min-h-10 min-w-0 flex-1 items-center gap-3 rounded py-1.5 text-start -outline-offset-2 hover:text-accent pointer-coarse:min-h-11"
        >
          <span
            dir="auto"
            className={cx('min-w-0 flex-1 [overflow-wrap:anywhere]', !chosen && 'text-muted line-through')}
          >
            <Name>{approval.summary}</Name>
          </span>
          {amount ? (
            <span className="shrink-0">
              {moneyText(approval.loweredTo ?? amount.decimal, amount.currency)}
            </span>
          ) : null}
          <ChevronRight
            size={14}
            aria-hidden="true"
            className={cx('shrink-0 text-muted transition-transform', open && 'rotate-90')}
          />
        </button>
      </div>
      <div id={id} hidden={!open} className="ps-7 pb-3">
        {open ? <ApprovalFacts approval={approval} /> : null}
      </div>
    </li>
  );
}

interface DecideAllProps {
  /** Those that were not left out. */
  approvals: readonly Approval[];
  all: number;
  first: Approval;
}

function DecideAll({ approvals, all, first }: DecideAllProps) {
  const { approve: may } = usePermissions();
  const [rejecting, setRejecting] = useState(false);
  const decide = useDecision(approvals);
  const sum = sumText(approvals);
  const count = approvals.length === all ? `all ${all}` : `${approvals.length} of ${all}`;
  const soonest = approvals.map((each) => each.expiresAt).toSorted()[0] ?? first.expiresAt;
  if (!may)
    return (
      <p className="mt-3 text-muted">Your role cannot approve. An owner can give you the approver role.</p>
    );
  return (
    <div className="mt-3">
      {decide.error ? (
        <div className="mb-3">
          <ProblemNotice error={decide.error} />
        </div>
      ) : null}
      {rejecting ? (
        <Reject busy={decide.isPending} onReject={decide.mutate} onBack={() => setRejecting(false)} />
      ) : (
        <div className="flex flex-wrap items-center gap-2">
          <Button
            data-approve=""
            tone={approveTone(first)}
            busy={decide.isPending}
            disabled={approvals.length === 0}
            onClick={() => decide.mutate({ decision: 'approve' })}
            className="max-sm:flex-1"
          >
            Approve {count}
            {sum ? ` for ${sum}` : ''}
          </Button>
          <Button
            data-reject=""
            disabled={decide.isPending || approvals.length === 0}
            onClick={() => setRejecting(true)}
            className="max-sm:flex-1"
          >
            Reject {count}…
          </Button>
          <Expiry at={soonest} />
        </div>
      )}
    </div>
  );
}
