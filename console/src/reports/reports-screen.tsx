import type { Connection, ReportName } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { ChartColumn, Printer } from 'lucide-react';
import { reportPath } from '../api.ts';
import { AccountTag } from '../cards/mode-tag.tsx';
import { ReportCard } from '../cards/report-card.tsx';
import { connectionsQuery, reportQuery } from '../queries.ts';
import { Button, buttonClass } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { SelectField, TextField } from '../ui/field.tsx';
import { Card, Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { Bone, Skeleton, SkeletonRows } from '../ui/skeleton.tsx';
import { TabLinks } from '../ui/tab-links.tsx';
import { ChartOfAccounts } from './chart-of-accounts.tsx';
import { ownPeriod, type PeriodSearch, periods, type Span, spanOf } from './report-periods.ts';

const reports: Record<ReportName, string> = {
  revenue: 'Revenue',
  mrr: 'Recurring revenue',
  'failed-payments': 'Failed payments',
  disputes: 'Disputes',
  tax: 'Tax',
  journal: 'Accounting',
};

/** Shown where the address names none. */
const first: ReportName = 'revenue';

const isReport = (name: string | undefined): name is ReportName => name !== undefined && name in reports;

/** Numbers people take to meetings. */
export function ReportsScreen() {
  const { report } = useParams({ from: '/signed-in/reports/{-$report}' });
  const search = useSearch({ from: '/signed-in/reports/{-$report}' });
  const query = useQuery(connectionsQuery());
  const accounts = query.data?.filter(({ type }) => type === 'stripe');
  const name = isReport(report) ? report : first;
  const account = accounts?.find(({ id }) => id === search.connection) ?? accounts?.[0];
  return (
    <Page
      title="Reports"
      lead="Made from the account’s own records, in exact cents, and set against its balance."
      actions={
        <Button className="print:hidden" onClick={() => window.print()}>
          <Printer size={14} aria-hidden="true" />
          Print
        </Button>
      }
    >
      <TabLinks
        label="Reports"
        keepSearch
        tabs={Object.entries(reports).map(([each, label]) => ({
          to: each === first ? '/reports' : `/reports/${each}`,
          label,
        }))}
      />
      {query.isPending ? <SkeletonRows label="Loading the accounts" count={3} /> : null}
      {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
      {accounts?.length === 0 ? <NoAccount /> : null}
      {account ? (
        <>
          <Choices name={name} account={account} accounts={accounts ?? []} search={search} />
          <ReportOf
            name={name}
            account={account}
            span={spanOf(search, new Date(), account.account.timeZone ?? 'UTC')}
          />
          {name === 'journal' ? <ChartOfAccounts key={account.id} connectionId={account.id} /> : null}
        </>
      ) : null}
    </Page>
  );
}

function NoAccount() {
  return (
    <Card>
      <EmptyState
        icon={<ChartColumn size={20} />}
        title="No account to report on"
        action={
          <Link to="/connections/new/$type" params={{ type: 'stripe' }} className={buttonClass('primary')}>
            Connect Stripe
          </Link>
        }
      >
        Connect a Stripe account, and its revenue, failed payments, disputes and taxes are here.
      </EmptyState>
    </Card>
  );
}

interface ChoicesProps {
  name: ReportName;
  account: Connection;
  accounts: readonly Connection[];
  search: PeriodSearch & { connection?: string | undefined };
}

function Choices({ name, account, accounts, search }: ChoicesProps) {
  const navigate = useNavigate();
  const set = (change: ChoicesProps['search']) =>
    void navigate({
      to: '/reports/{-$report}',
      params: { report: name === first ? undefined : name },
      search: { ...search, ...change },
      replace: true,
    });
  return (
    <div className="mb-4 flex flex-wrap items-end gap-2 print:hidden">
      <div className="w-64 max-sm:w-full">
        <SelectField
          label="Account"
          hideLabel
          value={account.id}
          onChange={(event) => set({ connection: event.target.value })}
        >
          {accounts.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name} ({each.mode})
            </option>
          ))}
        </SelectField>
      </div>
      <div className="w-44 max-sm:w-full">
        <SelectField
          label="Period"
          hideLabel
          value={search.period ?? ''}
          onChange={(event) => set({ period: event.target.value || undefined })}
        >
          <option value="">{ownPeriod(name)}</option>
          {Object.entries(periods).map(([period, label]) => (
            <option key={period} value={period}>
              {label}
            </option>
          ))}
        </SelectField>
      </div>
      {search.period === 'custom' ? (
        <>
          <TextField
            type="date"
            label="First day"
            hideLabel
            value={search.from ?? ''}
            onChange={(event) => set({ from: event.target.value || undefined })}
          />
          <TextField
            type="date"
            label="Last day"
            hideLabel
            value={search.to ?? ''}
            onChange={(event) => set({ to: event.target.value || undefined })}
          />
        </>
      ) : null}
    </div>
  );
}

function ReportOf({ name, account, span }: { name: ReportName; account: Connection; span: Span }) {
  const asked = { ...span, connectionId: account.id };
  const query = useQuery(reportQuery(name, asked));
  if (query.error) return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data)
    return (
      <>
        <Skeleton label="Making the report">
          <Bone className="h-96 w-full rounded-lg" />
        </Skeleton>
        <p className="mt-2 text-sm text-muted">
          The first report of an account reads all of its past; that can take a minute.
        </p>
      </>
    );
  return (
    <ReportCard
      // A new report begins with its own first table.
      key={`${name} ${account.id}`}
      report={query.data}
      currency={account.account.defaultCurrency}
      csvOf={(table) => `/api${reportPath(name, { ...asked, format: 'csv', table })}`}
      account={<AccountTag mode={account.mode} account={account.account} demo={account.demo} />}
    />
  );
}
