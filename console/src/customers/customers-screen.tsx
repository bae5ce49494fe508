import type { Connection, Json } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Contact } from 'lucide-react';
import { type CustomerWords, customersIn } from '../cards/customer-words.ts';
import { AccountTag } from '../cards/mode-tag.tsx';
import { connectionsQuery, customersQuery } from '../queries.ts';
import { buttonClass } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { SelectField } from '../ui/field.tsx';
import { Address, Name } from '../ui/name.tsx';
import { Card, Page } from '../ui/page.tsx';
import { ProblemNotice } from '../ui/problem-notice.tsx';
import { RestedSearch } from '../ui/search-field.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Time } from '../ui/time.tsx';

/** The customers of an account, found by name or address. */
export function CustomersScreen() {
  const { connection: wanted } = useSearch({ from: '/signed-in/customers' });
  const connections = useQuery(connectionsQuery());
  const accounts = connections.data?.filter(({ type }) => type === 'stripe');
  const account = accounts?.find(({ id }) => id === wanted) ?? accounts?.[0];
  return (
    <Page title="Customers" lead="Looked up in the account as it is now: nothing is copied here.">
      {connections.error ? (
        <ProblemNotice error={connections.error} onRetry={() => void connections.refetch()} />
      ) : null}
      {connections.isPending ? <SkeletonRows label="Loading accounts" /> : null}
      {accounts && account ? <CustomersOf key={account.id} account={account} accounts={accounts} /> : null}
      {accounts?.length === 0 ? (
        <Card>
          <EmptyState
            icon={<Contact size={20} />}
            title="No account yet"
            action={
              <Link
                to="/connections/new/$type"
                params={{ type: 'stripe' }}
                className={buttonClass('primary')}
              >
                Connect Stripe
              </Link>
            }
          >
            Once a Stripe account is connected, its customers are found here by name or address.
          </EmptyState>
        </Card>
      ) : null}
    </Page>
  );
}

function CustomersOf({ account, accounts }: { account: Connection; accounts: Connection[] }) {
  const { q } = useSearch({ from: '/signed-in/customers' });
  const navigate = useNavigate();
  const query = useQuery(customersQuery(account.id, q ?? ''));
  const search = (text: string) =>
    void navigate({ to: '/customers', search: (now) => ({ ...now, q: text || undefined }), replace: true });
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center gap-2">
        <div className="min-w-56 flex-1 sm:max-w-96">
          <RestedSearch label="Name or address" value={q ?? ''} onChange={search} />
        </div>
        {accounts.length > 1 ? (
          <div className="w-56 max-sm:w-full">
            <SelectField
              label="Account"
              hideLabel
              value={account.id}
              onChange={({ target }) =>
                void navigate({ to: '/customers', search: { connection: target.value }, replace: true })
              }
            >
              {accounts.map(({ id, name, mode }) => (
                <option key={id} value={id}>
                  {name} ({mode})
                </option>
              ))}
            </SelectField>
          </div>
        ) : null}
        <span className="ms-auto max-sm:hidden">
          <AccountTag mode={account.mode} account={account.account} demo={account.demo} />
        </span>
      </div>
      {query.error ? <ProblemNotice error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.isPending ? <SkeletonRows label="Loading customers" /> : null}
      {query.data ? <Found list={query.data} q={q ?? ''} connectionId={account.id} /> : null}
    </>
  );
}

function Found({ list, q, connectionId }: { list: Json; q: string; connectionId: string }) {
  const { customers, complete } = customersIn(list);
  if (customers.length === 0)
    return (
      <Card>
        <EmptyState icon={<Contact size={20} />} title={q ? 'Nobody is called that' : 'No customers yet'}>
          {q
            ? 'Try a part of the name or of the address; spelling counts, accents and capitals do not.'
            : 'Whoever buys something, or is added by an agent, is found here.'}
        </EmptyState>
      </Card>
    );
  return (
    <>
      <Card>
        <ul className="divide-y divide-line">
          {customers.map((customer) => (
            <li
              key={customer.id}
              className="relative flex flex-wrap items-center gap-x-4 gap-y-0.5 px-4 py-2.5 hover:bg-hover/60"
            >
              <Row customer={customer} connectionId={connectionId} />
            </li>
          ))}
        </ul>
      </Card>
      <p className="mt-2 text-sm text-muted" aria-live="polite">
        {complete ? `${customers.length} in all.` : `The newest ${customers.length}. Search for the others.`}
      </p>
    </>
  );
}

function Row({ customer, connectionId }: { customer: CustomerWords; connectionId: string }) {
  return (
    <>
      <Link
        to="/customers/$connectionId/$customerId"
        params={{ connectionId, customerId: customer.id }}
        dir="auto"
        className="min-w-40 flex-1 truncate rounded font-medium after:absolute after:inset-0"
      >
        <Name>{customer.label}</Name>
      </Link>
      {customer.email && customer.email !== customer.label ? (
        <span className="min-w-0 flex-1 truncate text-muted max-sm:order-last max-sm:basis-full">
          <Address>{customer.email}</Address>
        </span>
      ) : null}
      {customer.created ? (
        <Time at={customer.created} className="min-w-20 text-end text-sm text-muted" />
      ) : null}
    </>
  );
}
