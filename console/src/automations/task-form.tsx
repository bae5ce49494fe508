import type { Agent, Trigger } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { ApiProblem, TaskFields } from '../api.ts';
import { accountsOf } from '../cards/accounts-of.ts';
import { agentsQuery } from '../queries.ts';
import { Button } from '../ui/button.tsx';
import { SelectField, TextArea, TextField } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { TriggerFields } from './trigger-fields.tsx';

interface TaskFormProps {
  task: TaskFields;
  action: string;
  disabled: boolean;
  busy: boolean;
  error: ApiProblem | null;
  onSubmit(task: TaskFields): void;
  onCancel?: () => void;
}

/** Who does what, in which account, and when. */
export function TaskForm({ task, action, disabled, busy, error, onSubmit, onCancel }: TaskFormProps) {
  const [draft, setDraft] = useState(task);
  const [isSchedule, setIsSchedule] = useState(true);
  const agents = useQuery(agentsQuery()).data ?? [];
  const agent = agents.find(({ id }) => id === draft.agentId) ?? agents[0];
  const set = (change: Partial<TaskFields>) => setDraft({ ...draft, ...change });
  const complete = agent && draft.name.trim() && draft.prompt.trim() && isSchedule;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (complete) onSubmit({ ...draft, agentId: agent.id, name: draft.name.trim() });
  };
  const setTrigger = (trigger: Trigger | null) => {
    setIsSchedule(trigger !== null);
    if (trigger) set({ trigger });
  };
  return (
    <form onSubmit={submit} className="space-y-5">
      <TextField
        label="Name"
        placeholder="Overdue invoices"
        dir="auto"
        value={draft.name}
        maxLength={120}
        disabled={disabled}
        error={error?.field('name')}
        onChange={(event) => set({ name: event.target.value })}
      />
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField
          label="Agent"
          value={agent?.id ?? ''}
          disabled={disabled}
          error={error?.field('agentId')}
          onChange={(event) => set({ agentId: event.target.value, connectionId: null })}
        >
          {agents.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
        {agent ? (
          <AccountField agent={agent} draft={draft} disabled={disabled} error={error} set={set} />
        ) : null}
      </div>
      <TextArea
        label="What to do"
        dir="auto"
        placeholder="List the invoices that are overdue by more than a week, with the customer and what is left to pay."
        value={draft.prompt}
        maxLength={20_000}
        disabled={disabled}
        error={error?.field('prompt')}
        onChange={(event) => set({ prompt: event.target.value })}
        className="min-h-28"
      />
      <TriggerFields
        trigger={draft.trigger}
        zone={agent && accountsOf(agent)[0]?.account.timeZone}
        disabled={disabled}
        error={error}
        onChange={setTrigger}
      />
      {error && error.errors.length === 0 ? <ProblemNotice error={error} /> : null}
      <div className="flex gap-2">
        <Button type="submit" tone="primary" busy={busy} disabled={disabled || !complete}>
          {action}
        </Button>
        {onCancel ? (
          <Button tone="quiet" onClick={onCancel}>
            Cancel
          </Button>
        ) : null}
      </div>
    </form>
  );
}

interface AccountFieldProps {
  agent: Agent;
  draft: TaskFields;
  disabled: boolean;
  error: ApiProblem | null;
  set(change: Partial<TaskFields>): void;
}

/** Only where the agent reaches several: then one has to be chosen, none is guessed. */
function AccountField({ agent, draft, disabled, error, set }: AccountFieldProps) {
  const accounts = accountsOf(agent);
  if (accounts.length < 2) return null;
  return (
    <SelectField
      label="Account"
      value={draft.connectionId ?? ''}
      disabled={disabled}
      error={error?.field('connectionId')}
      onChange={(event) => set({ connectionId: event.target.value || null })}
    >
      <option value="">Choose an account</option>
      {accounts.map(({ connectionId, name, mode }) => (
        <option key={connectionId} value={connectionId}>
          {name} ({mode})
        </option>
      ))}
    </SelectField>
  );
}
