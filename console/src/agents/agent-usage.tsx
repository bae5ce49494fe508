import type { Agent, DayOfUse } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { usageQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { DataTable } from '../ui/data-table.tsx';
import { TextField } from '../ui/field.tsx';
import { Section } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { useSaveAgent } from './agent-overview.tsx';

const columns = [
  { key: 'day', label: 'Day (UTC)', numeric: false },
  { key: 'model', label: 'Model', numeric: false },
  { key: 'runs', label: 'Turns', numeric: true },
  { key: 'input', label: 'Tokens in', numeric: true },
  { key: 'output', label: 'Tokens out', numeric: true },
  { key: 'dollars', label: 'US dollars', numeric: true },
];

/** How much the agent's models were used, and where they have to stop. */
export function AgentUsage({ agent }: { agent: Agent }) {
  const query = useQuery(usageQuery(agent.id));
  return (
    <div className="max-w-3xl">
      <Section title="Limits a day">
        <Limits key={agent.version} agent={agent} />
      </Section>
      <Section title="The last 30 days">
        {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
        {query.isPending ? <SkeletonRows label="Loading usage" count={3} /> : null}
        {query.data?.length === 0 ? <p className="text-muted">Nobody asked it anything yet.</p> : null}
        {query.data && query.data.length > 0 ? (
          <DataTable label="Usage by day and model" columns={columns} rows={query.data.map(rowOf)} />
        ) : null}
        <p className="mt-2 text-sm text-muted">
          The built-in model costs nothing; its tokens are estimates. For other models the cost is known once
          an owner has entered their prices.
        </p>
      </Section>
    </div>
  );
}

function rowOf({ day, model, runs, inputTokens, outputTokens, dollars }: DayOfUse) {
  const number = (value: number) => ({ text: value.toLocaleString('en'), sort: value });
  const cost = { text: dollars ?? 'price unknown', sort: dollars === null ? null : Number(dollars) };
  return {
    id: `${day} ${model}`,
    cells: [{ text: day }, { text: model }, number(runs), number(inputTokens), number(outputTokens), cost],
  };
}

function Limits({ agent }: { agent: Agent }) {
  const { write } = usePermissions();
  const [tokens, setTokens] = useState(agent.limits.tokensPerDay?.toString() ?? '');
  const [dollars, setDollars] = useState(agent.limits.dollarsPerDay ?? '');
  const save = useSaveAgent(agent);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({
      limits: {
        ...(tokens.trim() && { tokensPerDay: Number(tokens) }),
        ...(dollars.trim() && { dollarsPerDay: dollars.trim() }),
      },
    });
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-end gap-3">
      <TextField
        label="Tokens"
        inputMode="numeric"
        placeholder="No limit"
        value={tokens}
        disabled={!write}
        error={save.error?.field('tokensPerDay')}
        onChange={(event) => setTokens(event.target.value)}
      />
      <TextField
        label="US dollars"
        inputMode="decimal"
        placeholder="No limit"
        value={dollars}
        disabled={!write}
        error={save.error?.field('dollarsPerDay')}
        onChange={(event) => setDollars(event.target.value)}
      />
      <Button type="submit" busy={save.isPending} disabled={!write}>
        Save limits
      </Button>
      {save.error && save.error.errors.length === 0 ? <ProblemNotice error={save.error} /> : null}
    </form>
  );
}
