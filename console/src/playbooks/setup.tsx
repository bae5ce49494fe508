import type { Connection, PlaybookInfo, PlaybookSetup } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Pause, Play } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { type ApiProblem, api, type SetupChange } from '../api.ts';
import { agentsQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { Disclosure } from '../ui/disclosure.tsx';
import { SelectField } from '../ui/field.tsx';
import { Card } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Tag } from '../ui/tag.tsx';
import { toast } from '../ui/toast.tsx';
import { draftOf, fieldsOf, valuesOf } from './schema-fields.ts';
import { SchemaForm } from './schema-form.tsx';

/** A playbook's settings on an account, and whether it is on. */
export function Setup({ playbook, connection }: { playbook: PlaybookInfo; connection: Connection }) {
  const { own } = usePermissions();
  const setup = playbook.setups.find(({ connectionId }) => connectionId === connection.id);
  const change = useChange(playbook, connection);
  const isOn = setup?.enabled ?? false;
  return (
    <Card className="px-4 py-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="flex items-center gap-2">
          <Tag tone={isOn ? 'good' : 'plain'}>{isOn ? 'On' : 'Off'}</Tag>
          <span className="text-muted">
            {isOn
              ? `It writes as ${setup?.agentName ?? ''}, under that agent’s policy.`
              : 'It begins nothing by itself.'}
          </span>
        </p>
        <Button
          tone={isOn ? 'secondary' : 'primary'}
          disabled={!own}
          busy={change.isPending}
          onClick={() => change.mutate({ enabled: !isOn })}
        >
          {isOn ? <Pause size={14} aria-hidden="true" /> : <Play size={14} aria-hidden="true" />}
          {isOn ? 'Switch off' : 'Switch on'}
        </Button>
      </div>
      {change.error && change.error.errors.length === 0 ? (
        <div className="mt-3">
          <ProblemNotice error={change.error} />
        </div>
      ) : null}
      {own ? null : (
        <p className="mt-3 text-sm text-muted">An owner can switch it and change its settings.</p>
      )}
      <div className="mt-4">
        <Disclosure label="Settings">
          <SettingsForm playbook={playbook} connection={connection} setup={setup} disabled={!own} />
        </Disclosure>
      </div>
    </Card>
  );
}

function useChange(playbook: PlaybookInfo, connection: Connection) {
  const cache = useQueryClient();
  return useMutation<PlaybookSetup, ApiProblem, SetupChange>({
    mutationFn: (change) => api.setPlaybook(playbook.name, connection.id, change),
    onSettled: () => cache.invalidateQueries({ queryKey: ['playbooks'] }),
  });
}

interface SettingsFormProps {
  playbook: PlaybookInfo;
  connection: Connection;
  setup: PlaybookSetup | undefined;
  disabled: boolean;
}

function SettingsForm({ playbook, connection, setup, disabled }: SettingsFormProps) {
  const fields = fieldsOf(playbook.settings);
  const agents = useQuery(agentsQuery()).data ?? [];
  const users = agents.filter((agent) =>
    agent.connections.some(({ connectionId }) => connectionId === connection.id),
  );
  const [draft, setDraft] = useState(draftOf(fields, setup?.settings));
  const [agentId, setAgentId] = useState(setup?.agentId ?? '');
  const [unreadable, setUnreadable] = useState<readonly string[]>([]);
  const change = useChange(playbook, connection);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = valuesOf(fields, draft);
    setUnreadable(read.unreadable);
    if (read.unreadable.length > 0) return;
    const chosen = agentId || users[0]?.id;
    change.mutate(
      { settings: read.values, ...(chosen && { agentId: chosen }) },
      { onSuccess: () => toast('Settings saved') },
    );
  };
  const problemOf = (name: string) =>
    unreadable.includes(name)
      ? 'This is not JSON.'
      : change.error?.errors.find(
          ({ path }) => path === `settings.${name}` || path.startsWith(`settings.${name}.`),
        )?.message;
  return (
    <form onSubmit={submit} className="space-y-5 pt-2">
      {users.length > 1 ? (
        <SelectField
          label="Agent"
          hint="Whose policy, budgets and halts hold for what it writes."
          value={agentId || (users[0]?.id ?? '')}
          disabled={disabled}
          onChange={({ target }) => setAgentId(target.value)}
        >
          {users.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
      ) : null}
      <SchemaForm
        fields={fields}
        draft={draft}
        disabled={disabled}
        problemOf={problemOf}
        onChange={setDraft}
      />
      {change.error ? <ProblemNotice error={change.error} /> : null}
      <Button type="submit" tone="primary" busy={change.isPending} disabled={disabled}>
        Save settings
      </Button>
    </form>
  );
}
