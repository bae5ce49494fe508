import type { AgentTool, Policy, TriedPolicy } from '@purser/server/api';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiProblem, api } from '../api.ts';
import { decisionWords } from '../cards/effect-words.ts';
import { Button } from '../ui/button.tsx';
import { SelectField, TextField } from '../ui/field.tsx';
import { Card } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Tag, type TagTone } from '../ui/tag.tsx';
import { tidied } from './policy-words.ts';

interface TryPolicyProps {
  agentId: string;
  connectionId: string;
  tools: readonly AgentTool[];
  /** As it stands in the editor, saved or not. */
  policy: Policy;
  currency: string;
  onTried(tried: TriedPolicy): void;
}

const tones: Record<TriedPolicy['decision'], TagTone> = { allow: 'good', ask: 'warn', deny: 'danger' };

/** What the policy in the editor would say to one call. Nothing is done. */
export function TryPolicy(props: TryPolicyProps) {
  const { agentId, connectionId, tools, policy, onTried } = props;
  const writes = tools.filter(({ effect }) => effect !== 'read');
  const [tool, setTool] = useState('create_refund');
  const [amount, setAmount] = useState('');
  const [currency, setCurrency] = useState(props.currency);
  const [customer, setCustomer] = useState('');
  const [at, setAt] = useState('');
  const chosen = tools.find(({ name }) => name === tool) ?? writes[0];
  const trial = useMutation<TriedPolicy, ApiProblem>({
    mutationFn: () =>
      api.tryPolicy(agentId, connectionId, {
        tool: chosen?.name ?? tool,
        policy: tidied(policy),
        ...(amount.trim() && { amount: amount.trim(), currency }),
        ...(customer.trim() && { customer: customer.trim() }),
        ...(at && { at: new Date(at).toISOString() }),
      }),
    onSuccess: onTried,
  });
  return (
    <Card className="p-4">
      <h2 className="font-semibold">Try it</h2>
      <p className="mt-0.5 text-muted">What the policy beside says to one call. Nothing is done.</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          trial.mutate();
        }}
        className="mt-3 space-y-3"
      >
        <SelectField
          label="Tool"
          value={chosen?.name ?? ''}
          onChange={(event) => setTool(event.target.value)}
        >
          {tools.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </SelectField>
        <div className="grid grid-cols-[1fr_5rem] gap-2">
          <TextField
            label="Amount"
            inputMode="decimal"
            placeholder="None"
            value={amount}
            error={trial.error?.field('amount')}
            onChange={(event) => setAmount(event.target.value)}
            className="text-end"
          />
          <TextField
            label="Currency"
            value={currency.toUpperCase()}
            maxLength={3}
            error={trial.error?.field('currency')}
            onChange={(event) => setCurrency(event.target.value.toLowerCase())}
          />
        </div>
        <TextField
          label="Customer"
          placeholder="Anyone"
          value={customer}
          maxLength={320}
          onChange={(event) => setCustomer(event.target.value)}
        />
        <TextField
          label="When, in your time"
          type="datetime-local"
          value={at}
          onChange={(event) => setAt(event.target.value)}
        />
        <Button type="submit" busy={trial.isPending} className="w-full">
          Try it
        </Button>
      </form>
      <div aria-live="polite" className="mt-3">
        {trial.error && trial.error.errors.length === 0 ? <ProblemNotice error={trial.error} /> : null}
        {trial.error?.errors.some(({ path }) => path.startsWith('policy')) ? (
          <p className="text-danger">The policy has a mistake: {trial.error.errors[0]?.message}</p>
        ) : null}
        {trial.data && !trial.isPending ? <Verdict tried={trial.data} /> : null}
      </div>
    </Card>
  );
}

function Verdict({ tried }: { tried: TriedPolicy }) {
  return (
    <div className="rounded-md bg-sunken px-3 py-2.5">
      <Tag tone={tones[tried.decision]}>{decisionWords[tried.decision]}</Tag>
      <p className="mt-1.5">{tried.reason}</p>
      {tried.people > 1 ? <p className="mt-1">Two people would have to approve it.</p> : null}
      <p className="mt-1.5 text-sm text-muted">
        A repetition, or a value that came from text somebody else wrote, is asked about whatever the policy
        says.
      </p>
    </div>
  );
}
