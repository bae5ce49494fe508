import type { Approval } from '@purser/server/api';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import type { Decision } from '../api.ts';
import { Button, type ButtonTone } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { focusOnMount } from '../ui/focus.ts';
import { amountProblem, approveLabel } from './approval-words.ts';

const longestNote = 500;

interface RejectProps {
  busy: boolean;
  onReject(decision: Decision): void;
  onBack(): void;
}

export function Reject({ busy, onReject, onBack }: RejectProps) {
  const [reason, setReason] = useState('');
  return (
    <Form onSubmit={() => onReject({ decision: 'reject', reason: reason.trim() })} onBack={onBack}>
      <TextField
        ref={focusOnMount}
        label="Why not? The agent reads this."
        placeholder="Optional"
        value={reason}
        maxLength={longestNote}
        onChange={(event) => setReason(event.target.value)}
      />
      <Foot onBack={onBack}>
        <Button type="submit" tone="danger" busy={busy}>
          Reject
        </Button>
      </Foot>
    </Form>
  );
}

interface AdjustProps {
  approval: Approval;
  tone: ButtonTone;
  busy: boolean;
  onApprove(decision: Decision): void;
  onBack(): void;
}

/** Approves less than was asked for, or with a word for the record. */
export function Adjust({ approval, tone, busy, onApprove, onBack }: AdjustProps) {
  const { amount } = approval.preview;
  const asked =
    amount && approval.lowerable ? { ...amount, decimal: approval.loweredTo ?? amount.decimal } : null;
  const [typed, setTyped] = useState(asked?.decimal ?? '');
  const [note, setNote] = useState('');
  const problem = asked ? amountProblem(typed, asked) : null;
  const lower = asked && typed.trim() !== asked.decimal ? typed.trim() : undefined;
  const submit = () => {
    if (problem) return;
    onApprove({ decision: 'approve', reason: note.trim(), ...(lower && { amount: lower }) });
  };
  return (
    <Form onSubmit={submit} onBack={onBack}>
      <div className="grid gap-3 sm:grid-cols-[12rem_1fr]">
        {asked ? (
          <TextField
            ref={focusOnMount}
            label={`Amount in ${asked.currency.toUpperCase()}`}
            inputMode="decimal"
            value={typed}
            maxLength={24}
            error={problem ?? undefined}
            onChange={(event) => setTyped(event.target.value)}
            className="text-end"
          />
        ) : null}
        <TextField
          ref={asked ? undefined : focusOnMount}
          label="Note for the record"
          placeholder="Optional"
          value={note}
          maxLength={longestNote}
          onChange={(event) => setNote(event.target.value)}
        />
      </div>
      <Foot onBack={onBack}>
        <Button type="submit" tone={tone} busy={busy} disabled={problem !== null}>
          {approveLabel({ ...approval, loweredTo: problem ? null : (lower ?? approval.loweredTo) })}
        </Button>
      </Foot>
    </Form>
  );
}

/** Esc backs out. */
function Form({ onSubmit, onBack, children }: { onSubmit(): void; onBack(): void; children: ReactNode }) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') onBack();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
      onKeyDown={onKeyDown}
    >
      {children}
    </form>
  );
}

function Foot({ onBack, children }: { onBack(): void; children: ReactNode }) {
  return (
    <div className="mt-2.5 flex gap-2">
      {children}
      <Button tone="quiet" onClick={onBack}>
        Back
      </Button>
    </div>
  );
}
