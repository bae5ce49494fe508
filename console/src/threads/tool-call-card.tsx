import type { Approval, ToolCall } from '@purser/server/api';
import { Ban, Check, ChevronRight, CircleAlert, Hand } from 'lucide-react';
import { useId, useState } from 'react';
import { type LinkOf, ObjectCard } from '../cards/object-card.tsx';
import { balanceWords } from '../cards/object-words.ts';
import { cx } from '../ui/class-names.ts';
import { Name } from '../ui/name.tsx';
import { duration } from '../ui/time-words.ts';
import { madeReport, ReportOfCall } from './report-of-call.tsx';
import { ToolCallDetails } from './tool-call-details.tsx';

interface ToolCallCardProps {
  call: ToolCall;
  threadId: string;
  approval: Approval | undefined;
  linkOf: LinkOf;
  /** The answer after it; what that tells already is in the details only. */
  answer: string;
}

/** A call in one plain sentence; the object it left as a card; everything else folded behind it. */
export function ToolCallCard({ call, threadId, approval, linkOf, answer }: ToolCallCardProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const done = call.status === 'completed';
  const isFolded = done && answer !== '' && call.effect === 'read';
  return (
    <div className="space-y-2">
      <div
        className={cx(
          'rounded-lg border bg-surface',
          call.status === 'failed' ? 'border-danger/40' : 'border-line',
        )}
      >
        <button
          type="button"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
          className="flex min-h-9 w-full items-center gap-2.5 rounded-lg px-3 py-1.5 text-start -outline-offset-2 hover:bg-hover/50 pointer-coarse:min-h-11"
        >
          <StatusIcon status={call.status} />
          <span dir="auto" className="min-w-0 flex-1 [overflow-wrap:anywhere]">
            <Name>{sentence(call)}</Name>
          </span>
          {call.durationMs === null || call.status === 'rejected' ? null : (
            <span className="shrink-0 text-xs text-muted">{duration(call.durationMs)}</span>
          )}
          <ChevronRight
            size={14}
            aria-hidden="true"
            className={cx('shrink-0 text-muted transition-transform', open && 'rotate-90')}
          />
        </button>
        <Outcome call={call} approval={approval} answer={open ? '' : answer} />
        <div id={id} hidden={!open}>
          {open ? (
            <div className="border-t border-line px-3 py-2.5">
              {isFolded ? <ObjectCard output={call.output} linkOf={linkOf} /> : null}
              <ToolCallDetails call={call} threadId={threadId} approval={approval} />
            </div>
          ) : null}
        </div>
      </div>
      {madeReport(call) ? <ReportOfCall call={call} threadId={threadId} /> : null}
      {done && !isFolded ? <ObjectCard output={call.output} linkOf={linkOf} /> : null}
    </div>
  );
}

/** Plain words for where the call stands. */
function sentence(call: ToolCall): string {
  // A balance in one line is a row of sums: its card shows them, and the answer tells them.
  if (call.status === 'completed' && balanceWords(call.output)) return 'Read the balance';
  if (call.status === 'completed') return call.summary ?? call.title;
  if (call.status === 'running')
    return call.progress ? `${call.title} · ${call.progress}…` : `${call.title}…`;
  if (call.status === 'awaiting_approval') return `${call.title}: waiting for approval`;
  if (call.status === 'rejected') return `${call.title}: not done`;
  return `${call.title} failed`;
}

function StatusIcon({ status }: { status: ToolCall['status'] }) {
  if (status === 'running') {
    return (
      <span
        role="img"
        aria-label="Under way"
        className="m-0.5 size-3 shrink-0 animate-spin rounded-full border-2 border-accent border-t-transparent"
      />
    );
  }
  if (status === 'awaiting_approval')
    return <Hand size={15} aria-label="Waiting" className="shrink-0 text-accent" />;
  if (status === 'rejected') return <Ban size={15} aria-label="Not done" className="shrink-0 text-muted" />;
  if (status === 'failed')
    return <CircleAlert size={15} aria-label="Failed" className="shrink-0 text-danger" />;
  return <Check size={15} aria-label="Done" className="shrink-0 text-good" />;
}

interface OutcomeProps {
  call: ToolCall;
  approval: Approval | undefined;
  /** What it says is not said again. */
  answer: string;
}

/** Why it did not happen, and what to do: a person's no is no error. */
function Outcome({ call, approval, answer }: OutcomeProps) {
  const { error } = call;
  if (!error) return null;
  const rejected = call.status === 'rejected';
  const who = approval?.decidedBy ? `Rejected by ${approval.decidedBy}` : 'Rejected';
  const why = approval?.decisionReason ? `${who}: ${approval.decisionReason}` : who;
  const text = approval?.status === 'rejected' ? why : error.message;
  const [isSaid, isNextSaid] = [text, error.next].map((words) => !words || answer.includes(words));
  if (isSaid && isNextSaid) return null;
  return (
    <div dir="auto" className="space-y-0.5 ps-9.5 pe-3 pb-2.5 [overflow-wrap:anywhere]">
      {isSaid ? null : (
        <p className={rejected ? 'text-muted' : 'text-danger'}>
          <Name>{text}</Name>
        </p>
      )}
      {isNextSaid ? null : <p className="text-muted">{error.next}</p>}
    </div>
  );
}
