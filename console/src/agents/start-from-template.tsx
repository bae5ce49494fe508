import type { AgentTemplate } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { RadioGroup } from 'radix-ui';
import { useState } from 'react';
import { connectionsQuery, templatesQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { DialogActions } from '../ui/dialog.tsx';
import { TextField } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { useCreateAgent } from './use-create-agent.ts';

const blank: AgentTemplate = {
  ...{ id: '', name: '', instructions: '', description: 'A name, and nothing else yet.' },
};

/** A name and, where wanted, what others found useful for the same work. */
export function StartFromTemplate({ onCancel }: { onCancel(): void }) {
  const templates = useQuery(templatesQuery()).data ?? [];
  const { own } = usePermissions();
  const accounts = (useQuery(connectionsQuery()).data ?? []).filter((each) => each.beside === null);
  const [chosen, setChosen] = useState('');
  const [name, setName] = useState('');
  const template = templates.find((each) => each.id === chosen);
  const [only, ...others] = accounts;
  const attach =
    template && own && only && others.length === 0
      ? { connectionId: only.id, preset: template.id }
      : undefined;
  const create = useCreateAgent();
  const called = name.trim() || template?.name || '';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!called) return;
        const { description, instructions } = template ?? {};
        create.mutate({ name: called, ...(template && { description, instructions }), attach });
      }}
    >
      <RadioGroup.Root
        aria-label="Start from"
        value={chosen}
        onValueChange={setChosen}
        className="mb-4 grid max-h-80 gap-1.5 overflow-y-auto p-0.5 sm:grid-cols-2"
      >
        {[blank, ...templates].map((each) => (
          <RadioGroup.Item
            key={each.id}
            value={each.id}
            className="rounded-md border border-line px-3 py-2 text-start hover:border-line-strong data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft"
          >
            <span className="block font-medium">{each.name || 'Blank'}</span>
            <span className="block text-sm text-muted">{each.description}</span>
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
      <TextField
        label="Name"
        dir="auto"
        placeholder={template?.name ?? 'Billing assistant'}
        value={name}
        maxLength={80}
        error={create.error?.field('name')}
        hint={
          template
            ? attach
              ? `Attached to ${only?.name} with what ${template.name} may do.`
              : 'An owner attaches it to an account afterwards.'
            : undefined
        }
        onChange={(event) => setName(event.target.value)}
      />
      {create.error && !create.error.field('name') ? (
        <div className="mt-3">
          <ProblemNotice error={create.error} />
        </div>
      ) : null}
      <DialogActions>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" tone="primary" busy={create.isPending} disabled={called === ''}>
          Create agent
        </Button>
      </DialogActions>
    </form>
  );
}
