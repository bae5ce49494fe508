import type { AccountRole } from '@purser/server/api';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type ApiProblem, api, type ChartOfAccounts as Chart } from '../api.ts';
import { chartQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { Card, Section } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { toast } from '../ui/toast.tsx';

/** Which accounts of one's books the journal is written to. */
export function ChartOfAccounts({ connectionId }: { connectionId: string }) {
  const query = useQuery(chartQuery(connectionId));
  return (
    <div className="mt-8 print:hidden">
      <Section title="Accounts in your books">
        <Card className="px-4 py-4">
          {query.isPending ? <SkeletonRows label="Loading the accounts" count={5} /> : null}
          {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
          {query.data ? (
            <ChartForm key={JSON.stringify(query.data)} connectionId={connectionId} chart={query.data} />
          ) : null}
        </Card>
      </Section>
    </div>
  );
}

function ChartForm({ connectionId, chart }: { connectionId: string; chart: Chart }) {
  const cache = useQueryClient();
  const { own: mayAdminister } = usePermissions();
  const [typed, setTyped] = useState(chart);
  const done = async (words: string) => {
    await cache.invalidateQueries({ queryKey: ['chart-of-accounts', connectionId] });
    await cache.invalidateQueries({ queryKey: ['reports', 'journal'] });
    toast(words);
  };
  const save = useMutation<unknown, ApiProblem>({
    mutationFn: () =>
      api.setChartOfAccounts(connectionId, {
        accounts: Object.fromEntries(
          typed.accounts.map(({ role, code, name }) => [role, { code, name }]),
        ) as Record<AccountRole, { code: string; name: string }>,
        xeroTaxRate: typed.xeroTaxRate,
      }),
    onSuccess: () => done('Saved'),
  });
  const reset = useMutation<unknown, ApiProblem>({
    mutationFn: () => api.resetChartOfAccounts(connectionId),
    onSuccess: () => done('The usual accounts are back'),
  });
  const change = (role: AccountRole, to: { code?: string; name?: string }) =>
    setTyped({
      ...typed,
      accounts: typed.accounts.map((account) => (account.role === role ? { ...account, ...to } : account)),
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <p className="mb-3 text-muted">
        Xero goes by the code, QuickBooks by the name. Choose accounts that take manual journals: no bank
        account in Xero, no receivables or payables ledger in either.
      </p>
      <ul className="space-y-3">
        {typed.accounts.map(({ role, meaning, code, name }) => (
          <li key={role} className="grid gap-2 sm:grid-cols-[1fr_6rem_16rem] sm:items-center">
            <span>{meaning}</span>
            <TextField
              label={`Code: ${meaning}`}
              hideLabel
              value={code}
              maxLength={10}
              disabled={!mayAdminister}
              onChange={(event) => change(role, { code: event.target.value })}
            />
            <TextField
              label={`Name: ${meaning}`}
              hideLabel
              value={name}
              maxLength={100}
              disabled={!mayAdminister}
              onChange={(event) => change(role, { name: event.target.value })}
            />
          </li>
        ))}
      </ul>
      <div className="mt-4 max-w-72">
        <TextField
          label="Xero’s rate without tax"
          hint="Its name in your Xero, such as Tax Exempt or No VAT"
          value={typed.xeroTaxRate}
          maxLength={50}
          disabled={!mayAdminister}
          onChange={(event) => setTyped({ ...typed, xeroTaxRate: event.target.value })}
        />
      </div>
      {mayAdminister ? (
        <div className="mt-4 flex flex-wrap gap-2">
          <Button type="submit" tone="primary" busy={save.isPending}>
            Save
          </Button>
          <Button type="button" busy={reset.isPending} onClick={() => reset.mutate()}>
            Back to the usual accounts
          </Button>
        </div>
      ) : null}
      {save.error ? <ProblemNotice error={save.error} /> : null}
      {reset.error ? <ProblemNotice error={reset.error} /> : null}
    </form>
  );
}
