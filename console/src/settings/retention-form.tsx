import type { RetentionDays, RetentionKind } from '@purser/server/api';
import { type UseMutationResult, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ApiProblem } from '../api.ts';
import { retentionPreviewQuery } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useDebounced } from '../ui/use-debounced.ts';
import { daysOf } from './privacy-words.ts';

const fields: readonly { kind: RetentionKind; label: string; least: number }[] = [
  { kind: 'threads', label: 'Threads', least: 1 },
  { kind: 'mails', label: 'Mail', least: 1 },
  { kind: 'events', label: 'Events from Stripe', least: 30 },
];
const restMs = 400;

interface RetentionFormProps {
  days: RetentionDays;
  save: UseMutationResult<{ days: RetentionDays }, ApiProblem, RetentionDays>;
}

/** Days by kind of data, and what would go with them before anything does. */
export function RetentionForm({ days, save }: RetentionFormProps) {
  const [typed, setTyped] = useState<Record<RetentionKind, string>>({
    threads: String(days.threads ?? ''),
    mails: String(days.mails ?? ''),
    events: String(days.events ?? ''),
  });
  const read = fields.map(({ kind, least }) => ({ kind, days: daysOf(typed[kind], least) }));
  const of = (kind: RetentionKind) => read.find((each) => each.kind === kind)?.days;
  const isRight = read.every((each) => each.days !== undefined);
  const wanted = { threads: of('threads') ?? null, mails: of('mails') ?? null, events: of('events') ?? null };
  // As text: an object made anew at every look would never rest.
  const rested: RetentionDays = JSON.parse(useDebounced(JSON.stringify(wanted), restMs));
  const due = useQuery({ ...retentionPreviewQuery(rested), enabled: isRight }).data?.due;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isRight) save.mutate(wanted);
      }}
    >
      <div className="grid gap-3 sm:grid-cols-3">
        {fields.map(({ kind, label, least }) => (
          <TextField
            key={kind}
            label={`${label}, days`}
            inputMode="numeric"
            placeholder="Until erased"
            hint={due && wanted[kind] !== null ? `${due[kind]} would go now` : 'Kept until erased'}
            error={of(kind) === undefined ? `At least ${least}, or empty to keep` : undefined}
            value={typed[kind]}
            onChange={(event) => setTyped({ ...typed, [kind]: event.target.value })}
          />
        ))}
      </div>
      <div className="mt-3 flex flex-wrap items-center gap-3">
        <Button type="submit" tone="primary" busy={save.isPending} disabled={!isRight}>
          Save
        </Button>
        <p className="text-muted">Operations, the ledger and the audit record are kept as the law wants.</p>
      </div>
      {save.error ? <ProblemNotice error={save.error} /> : null}
    </form>
  );
}
