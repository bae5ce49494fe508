import type { DryRun, DryStep, PlaybookInfo } from '@purser/server/api';
import { useMutation } from '@tanstack/react-query';
import { FlaskConical } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { Button } from '../ui/button.tsx';
import { Name } from '../ui/name.tsx';
import { Card, Section } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { exactTime } from '../ui/time-words.ts';
import { draftOf, fieldsOf, valuesOf } from './schema-fields.ts';
import { SchemaForm } from './schema-form.tsx';
import { inWords } from './words.ts';

/** What a playbook would do now, step by step, doing nothing. */
export function DryRunSection({ playbook, connectionId }: { playbook: PlaybookInfo; connectionId: string }) {
  const fields = fieldsOf(playbook.input);
  const [draft, setDraft] = useState(draftOf(fields, {}));
  const [unreadable, setUnreadable] = useState<readonly string[]>([]);
  const findsItself = playbook.looksEveryHours !== null;
  const dry = useMutation<{ data: DryRun[] }, ApiProblem, object | undefined>({
    mutationFn: (input) => api.dryRun(playbook.name, { connectionId, ...(input && { input }) }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { values, unreadable: bad } = valuesOf(fields, draft);
    setUnreadable(bad);
    if (bad.length === 0)
      dry.mutate(Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '')));
  };
  const problemOf = (name: string) =>
    unreadable.includes(name)
      ? 'This is not JSON.'
      : dry.error?.errors.find(({ path }) => path === `input.${name}` || path.startsWith(`input.${name}.`))
          ?.message;
  return (
    <Section title="Try it">
      <Card className="space-y-5 px-4 py-4">
        <p className="text-muted">
          It reads the account and says what it would do. Nothing is written and nobody hears of it.
        </p>
        {findsItself ? (
          <Button busy={dry.isPending} onClick={() => dry.mutate(undefined)}>
            <FlaskConical size={14} aria-hidden="true" />
            Try it on all that it finds now
          </Button>
        ) : (
          <form onSubmit={submit} className="space-y-5">
            <SchemaForm
              fields={fields}
              draft={draft}
              disabled={false}
              problemOf={problemOf}
              onChange={setDraft}
            />
            <Button type="submit" busy={dry.isPending}>
              <FlaskConical size={14} aria-hidden="true" />
              Try it
            </Button>
          </form>
        )}
        {dry.error ? <ProblemNotice error={dry.error} /> : null}
        <div aria-live="polite">
          {dry.data?.data.length === 0 ? <p className="text-muted">It finds nothing to do now.</p> : null}
          <ul className="space-y-4">
            {dry.data?.data.map((run) => (
              <li key={`${run.subject} ${run.title}`}>
                <h3 className="font-medium [overflow-wrap:anywhere]">
                  <Name>{run.title}</Name>
                </h3>
                <ol className="mt-2 space-y-2">
                  {run.steps.map((step, index) => (
                    // biome-ignore lint/suspicious/noArrayIndexKey: steps have no other name and never move.
                    <Step key={index} step={step} />
                  ))}
                </ol>
                {run.isOpen ? <p className="mt-2 text-sm text-muted">It would go on from there.</p> : null}
              </li>
            ))}
          </ul>
        </div>
      </Card>
    </Section>
  );
}

function Step({ step: { at, say, call, outcome } }: { step: DryStep }) {
  return (
    <li className="border-s-2 border-line ps-3">
      <p className="[overflow-wrap:anywhere]">{say}</p>
      {call ? (
        <p className="text-sm text-muted [overflow-wrap:anywhere]">
          {call.problem ?? call.preview?.summary ?? call.title}
        </p>
      ) : null}
      <p className="text-sm text-muted">
        {exactTime(at)}
        {outcome ? ` · it ends: ${inWords(outcome)}` : ''}
      </p>
    </li>
  );
}
