import type { Security } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { securityQuery } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { CheckField } from '../ui/check-field.tsx';
import { TextField } from '../ui/field.tsx';
import { ListEditor } from '../ui/list-editor.tsx';
import { Card, Section } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { toast } from '../ui/toast.tsx';

/** What the owners ask of everyone. */
export function WorkspaceSecurity() {
  const query = useQuery(securityQuery());
  return (
    <Section title="Asked of everyone">
      {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <SkeletonRows label="Loading what is asked" count={2} /> : null}
      {query.data ? <Form key={JSON.stringify(query.data)} saved={query.data} /> : null}
    </Section>
  );
}

function Form({ saved }: { saved: Security }) {
  const cache = useQueryClient();
  const [required, setRequired] = useState(saved.requireSecondFactor);
  const [caps, setCaps] = useState(saved.askAgainAbove);
  const save = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.changeSecurity({ requireSecondFactor: required, askAgainAbove: caps }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ['security'] });
      toast('Saved');
    },
  });
  return (
    <Card className="px-4 py-4">
      <form
        className="space-y-5"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <CheckField
          label="Require a second factor"
          hint="Nobody works here without an authenticator app or a passkey. API tokens are not affected."
          checked={required}
          onChange={setRequired}
        />
        <fieldset className="min-w-0">
          <legend className="font-medium">Ask again before approving more than</legend>
          <p className="text-muted">
            Whoever approves more proves again who they are. A currency that is not here always asks.
          </p>
          <div className="mt-1.5 max-w-64">
            <ListEditor
              of="currency"
              items={caps}
              max={50}
              disabled={save.isPending}
              fresh={() => ({ amount: '', currency: '' })}
              onChange={setCaps}
            >
              {(cap, set, index) => (
                <div className="grid grid-cols-[1fr_5rem] gap-2">
                  <TextField
                    label={`Amount ${index + 1}`}
                    hideLabel
                    inputMode="decimal"
                    placeholder="500"
                    value={cap.amount}
                    maxLength={24}
                    className="text-end"
                    error={save.error?.field(`askAgainAbove.${index}.amount`)}
                    onChange={(event) => set({ ...cap, amount: event.target.value.trim() })}
                  />
                  <TextField
                    label={`Currency ${index + 1}`}
                    hideLabel
                    placeholder="USD"
                    value={cap.currency.toUpperCase()}
                    maxLength={3}
                    error={save.error?.field(`askAgainAbove.${index}.currency`)}
                    onChange={(event) => set({ ...cap, currency: event.target.value.toLowerCase() })}
                  />
                </div>
              )}
            </ListEditor>
          </div>
        </fieldset>
        {save.error ? <ProblemNotice error={save.error} /> : null}
        <Button type="submit" tone="primary" busy={save.isPending}>
          Save
        </Button>
      </form>
    </Card>
  );
}
