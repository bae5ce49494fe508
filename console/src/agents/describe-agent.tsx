import type { AgentProposal } from '@purser/server/api';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { effects } from '../cards/effect-words.ts';
import { connectionsQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { DialogActions } from '../ui/dialog.tsx';
import { SelectField, TextArea, TextField } from '../ui/field.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Tag, type TagTone } from '../ui/tag.tsx';
import { useCreateAgent } from './use-create-agent.ts';

const example =
  'Helps our support team: looks up customers, payments and invoices, and refunds up to $50. Never cancels subscriptions.';

/** In plain words first; what came of them is looked at before anything is created. */
export function DescribeAgent({ onCancel }: { onCancel(): void }) {
  const accounts = (useQuery(connectionsQuery()).data ?? []).filter((each) => each.beside === null);
  const [text, setText] = useState('');
  const [account, setAccount] = useState('');
  const connectionId = account || accounts[0]?.id;
  const propose = useMutation<AgentProposal, ApiProblem>({
    mutationFn: () => api.proposeAgent({ text: text.trim(), ...(connectionId && { connectionId }) }),
  });
  if (propose.data)
    return (
      <Proposed key={propose.data.instructions} proposal={propose.data} onBack={() => propose.reset()} />
    );
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        propose.mutate();
      }}
    >
      <TextArea
        label="What should it do?"
        dir="auto"
        hint="What it looks up, what it changes, up to which amounts, and what it must never do."
        placeholder={example}
        value={text}
        maxLength={4_000}
        error={propose.error?.field('text')}
        onChange={(event) => setText(event.target.value)}
        className="min-h-32"
      />
      {accounts.length > 1 ? (
        <SelectField
          label="On which account"
          value={connectionId}
          onChange={(event) => setAccount(event.target.value)}
        >
          {accounts.map(({ id, name, mode }) => (
            <option key={id} value={id}>
              {name} ({mode})
            </option>
          ))}
        </SelectField>
      ) : null}
      {propose.error && propose.error.errors.length === 0 ? <ProblemNotice error={propose.error} /> : null}
      <DialogActions>
        <Button onClick={onCancel}>Cancel</Button>
        <Button type="submit" tone="primary" busy={propose.isPending} disabled={text.trim().length < 10}>
          Propose
        </Button>
      </DialogActions>
    </form>
  );
}

const decisions: Record<AgentProposal['tools'][number]['decision'], { word: string; tone: TagTone }> = {
  allow: { word: 'By itself', tone: 'good' },
  ask: { word: 'Asks', tone: 'warn' },
  deny: { word: 'Never', tone: 'danger' },
};

function labelOf(effect: AgentProposal['tools'][number]['effect']): string {
  return effects.find((each) => each.effect === effect)?.label ?? '';
}

function Proposed({ proposal, onBack }: { proposal: AgentProposal; onBack(): void }) {
  const { own } = usePermissions();
  const [name, setName] = useState(proposal.name);
  const [instructions, setInstructions] = useState(proposal.instructions);
  const create = useCreateAgent();
  const { connectionId, preset, policy, description } = proposal;
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (!name.trim()) return;
        const attach = own && connectionId ? { connectionId, preset, policy } : undefined;
        create.mutate({ name: name.trim(), description, instructions, attach });
      }}
    >
      <TextField
        label="Name"
        dir="auto"
        value={name}
        maxLength={80}
        onChange={(event) => setName(event.target.value)}
      />
      <section aria-label="Tools">
        <h3 className="mb-1.5 font-medium">What it may do</h3>
        {proposal.tools.length === 0 ? (
          <p className="text-muted">
            No tool was recognised in these words. Name what it looks up or changes: customers, refunds,
            invoices.
          </p>
        ) : (
          <ul className="max-h-52 divide-y divide-line overflow-y-auto rounded-md border border-line">
            {proposal.tools.map((tool) => (
              <li
                key={tool.name}
                className="flex flex-wrap items-center gap-x-2 gap-y-1 px-3 py-1.5"
                title={`“${tool.because}”`}
              >
                <span className="min-w-0 flex-1">
                  {tool.title} <span className="text-sm text-muted">{labelOf(tool.effect)}</span>
                </span>
                <Tag tone={decisions[tool.decision].tone}>{decisions[tool.decision].word}</Tag>
              </li>
            ))}
          </ul>
        )}
        <p className="mt-1.5 text-sm text-muted">
          {policy.rules?.length ? 'Small amounts that you named go ahead by themselves. ' : ''}
          Every other change is refused.
        </p>
      </section>
      {proposal.permissions.length > 0 ? (
        <section aria-label="Key permissions">
          <h3 className="mb-1.5 font-medium">The least its key needs</h3>
          <ul className="flex flex-wrap gap-1.5">
            {proposal.permissions.map(({ resource, access }) => (
              <li key={resource}>
                <Tag>{`${resource.replaceAll('_', ' ')}: ${access}`}</Tag>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      <TextArea
        label="Instructions"
        dir="auto"
        mono
        value={instructions}
        onChange={(event) => setInstructions(event.target.value)}
        className="min-h-40"
      />
      {!own || !connectionId ? (
        <p className="text-sm text-muted">An owner attaches it to an account, with a policy, afterwards.</p>
      ) : null}
      {create.error ? <ProblemNotice error={create.error} /> : null}
      <DialogActions>
        <Button onClick={onBack}>Back</Button>
        <Button type="submit" tone="primary" busy={create.isPending} disabled={name.trim() === ''}>
          Create agent
        </Button>
      </DialogActions>
    </form>
  );
}
