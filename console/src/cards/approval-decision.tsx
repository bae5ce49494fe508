import type { Approval } from '@purser/server/api';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Clock, ExternalLink, UserCheck } from 'lucide-react';
import { useState } from 'react';
import { type ApiProblem, api, type Decision } from '../api.ts';
import { useLive } from '../live.ts';
import { usePermissions, useSession } from '../session.ts';
import { Button, type ButtonTone, buttonClass } from '../ui/button.tsx';
import { cx } from '../ui/class-names.ts';
import { Name } from '../ui/name.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Time, useNow } from '../ui/time.tsx';
import { linkTarget } from '../ui/trusted-link.ts';
import { Adjust, Reject } from './approval-forms.tsx';
import { approveLabel, waitsForSecond } from './approval-words.ts';

/** Tells the server, and reads again what it says then. One or several, all or none. */
export function useDecision(approvals: readonly Approval[]) {
  const cache = useQueryClient();
  const live = useLive();
  return useMutation<unknown, ApiProblem, Decision>({
    mutationFn: (decision) =>
      api.decide(
        approvals.map(({ id }) => id),
        decision,
      ),
    onSettled: async () => {
      await cache.invalidateQueries({ queryKey: ['approvals'] });
      for (const threadId of new Set(approvals.map((each) => each.threadId))) live.refresh(threadId);
    },
  });
}

/** Yes, no, or yes to less: a verb with its sum, and until when. */
export function Decide({ approval }: { approval: Approval }) {
  const { approve: may } = usePermissions();
  const [form, setForm] = useState<'none' | 'reject' | 'adjust'>('none');
  const decide = useDecision([approval]);
  if (approval.outside) return <DecidedAtStripe outside={approval.outside} />;
  if (!may)
    return (
      <p className="mt-3 text-muted">Your role cannot approve. An owner can give you the approver role.</p>
    );
  const back = () => setForm('none');
  return (
    <div className="mt-3">
      <People approval={approval} />
      {decide.error ? (
        <div className="mb-3">
          <ProblemNotice error={decide.error} />
        </div>
      ) : null}
      {form === 'reject' ? (
        <Reject busy={decide.isPending} onReject={decide.mutate} onBack={back} />
      ) : form === 'adjust' ? (
        <Adjust
          approval={approval}
          tone={approveTone(approval)}
          busy={decide.isPending}
          onApprove={decide.mutate}
          onBack={back}
        />
      ) : (
        <div className="flex flex-wrap items-center gap-2">
          <Button
            data-approve=""
            tone={approveTone(approval)}
            busy={decide.isPending}
            onClick={() => decide.mutate({ decision: 'approve' })}
            className="max-sm:flex-1"
          >
            {approveLabel(approval)}
          </Button>
          <Button
            data-reject=""
            disabled={decide.isPending}
            onClick={() => setForm('reject')}
            className="max-sm:flex-1"
          >
            Reject…
          </Button>
          <Button tone="quiet" disabled={decide.isPending} onClick={() => setForm('adjust')}>
            {approval.lowerable ? 'Lower or add a note…' : 'Approve with a note…'}
          </Button>
          <Expiry at={approval.expiresAt} />
        </div>
      )}
    </div>
  );
}

/** In the tone of what is at stake. */
export function approveTone({ mode, effect }: Pick<Approval, 'mode' | 'effect'>): ButtonTone {
  if (mode === 'live') return 'live';
  return effect === 'destructive' ? 'danger' : 'primary';
}

const soonMs = 3_600_000;

/** How long there is to decide; louder in the last hour. */
export function Expiry({ at }: { at: string }) {
  const soon = new Date(at).getTime() - useNow().getTime() < soonMs;
  return (
    <span
      className={cx(
        'inline-flex items-center gap-1 text-sm sm:ms-auto',
        soon ? 'font-medium text-warn' : 'text-muted',
      )}
    >
      <Clock size={12} aria-hidden="true" />
      Expires <Time at={at} />
    </span>
  );
}

/** Who said yes already, who still has to, and who may not. */
function People({ approval }: { approval: Approval }) {
  const me = useSession()?.user.name;
  if (approval.needed < 2 && !approval.notOwn) return null;
  return (
    <div className="mb-3 flex gap-2 text-muted">
      <UserCheck size={15} aria-hidden="true" className="mt-0.5 shrink-0" />
      <div>
        {approval.needed > 1 && !waitsForSecond(approval) ? <p>Two people must approve this.</p> : null}
        {waitsForSecond(approval) ? (
          <p>
            <Name>{approval.given.join(', ')}</Name> approved.{' '}
            {me && approval.given.includes(me)
              ? 'Somebody else has to approve it, too.'
              : 'It needs your approval, too.'}
          </p>
        ) : null}
        {approval.loweredTo ? <p>Lowered to {approval.loweredTo} already.</p> : null}
        {approval.notOwn ? (
          <p>
            Whoever asked for it may not approve it: that was <Name>{approval.requestedBy}</Name>.
          </p>
        ) : null}
      </div>
    </div>
  );
}

function DecidedAtStripe({ outside }: { outside: NonNullable<Approval['outside']> }) {
  const trusted = linkTarget(outside.url, window.location.origin)?.trusted ?? false;
  return (
    <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-2">
      {trusted ? (
        <a
          href={outside.url}
          target="_blank"
          rel="noreferrer noopener"
          data-approve=""
          className={buttonClass('secondary')}
        >
          <ExternalLink size={14} aria-hidden="true" />
          Decide at Stripe
        </a>
      ) : null}
      <p className="text-muted">
        Your Stripe account wants an approval of its own. This goes on by itself once it is given there.
      </p>
    </div>
  );
}
