import type { Connection, CustomerStory } from '@purser/server/api';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { ExternalLink, SquarePen } from 'lucide-react';
import { type CustomerWords, countOf, customerIn, waysToPay, withoutWhose } from '../cards/customer-words.ts';
import { AccountTag } from '../cards/mode-tag.tsx';
import { ObjectTable } from '../cards/object-card.tsx';
import { objectWords } from '../cards/object-words.ts';
import { stripeLink } from '../cards/stripe-link.ts';
import { connectionsQuery, customerQuery } from '../queries.ts';
import { usePermissions } from '../session.ts';
import { buttonClass } from '../ui/button.tsx';
import { CopyId } from '../ui/copy-button.tsx';
import { Name } from '../ui/name.tsx';
import { Card, Facts, Page, Section } from '../ui/page.tsx';
import { ProblemScreen } from '../ui/problem-notice.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import { Time } from '../ui/time.tsx';
import { AboutThem } from './about-them.tsx';

const back = { to: '/customers', label: 'Customers' };

/** A person's whole story, looked up as it is now. */
export function CustomerScreen() {
  const { connectionId, customerId } = useParams({ from: '/signed-in/customers/$connectionId/$customerId' });
  const query = useQuery(customerQuery(connectionId, customerId));
  const connection = useQuery(connectionsQuery()).data?.find(({ id }) => id === connectionId);
  if (query.error) return <ProblemScreen error={query.error} onRetry={() => void query.refetch()} />;
  const customer = query.data ? customerIn(query.data.customer) : null;
  if (!query.data || !customer)
    return (
      <Page title="Customer" heading={<span className="sr-only">Customer</span>} back={back}>
        <SkeletonRows label="Loading the customer" />
      </Page>
    );
  return (
    <CustomerPage
      story={query.data}
      customer={customer}
      connection={connection}
      connectionId={connectionId}
    />
  );
}

interface CustomerPageProps {
  story: CustomerStory;
  customer: CustomerWords;
  connection: Connection | undefined;
  connectionId: string;
}

function CustomerPage({ story, customer, connection, connectionId }: CustomerPageProps) {
  const { write, own } = usePermissions();
  const atStripe = stripeLink(connection, 'customer', customer.id);
  return (
    <Page
      title={customer.label}
      heading={<Name>{customer.label}</Name>}
      back={back}
      lead={
        connection ? (
          <AccountTag mode={connection.mode} account={connection.account} demo={connection.demo} />
        ) : null
      }
      actions={
        <>
          {atStripe ? (
            <a href={atStripe} target="_blank" rel="noreferrer noopener" className={buttonClass()}>
              Open in Stripe
              <ExternalLink size={13} aria-hidden="true" />
            </a>
          ) : null}
          {write ? (
            <Link
              to="/threads/new"
              search={{ connection: connectionId, ask: `About customer ${customer.id}: ` }}
              className={buttonClass('primary')}
            >
              <SquarePen size={14} aria-hidden="true" />
              Ask about them
            </Link>
          ) : null}
        </>
      }
    >
      <Card>
        <Facts rows={factsOf(story, customer)} />
      </Card>
      {/* What has a deadline comes first. */}
      {countOf(story.disputes) > 0 ? <List title="Disputes" of="disputes" list={story.disputes} /> : null}
      <List title="Subscriptions" of="subscriptions" list={story.subscriptions} />
      <List title="Payments" of="payments" list={story.payments} />
      <List title="Invoices" of="invoices" list={story.invoices} />
      <AboutThem customer={customer} />
      {own ? (
        <Section title="Their data">
          <p className="mb-3 text-muted">
            Whoever asks what you hold about them gets a copy; whoever asks to be forgotten is erased, here
            and at Stripe.
          </p>
          <Link
            to="/settings/{-$tab}"
            params={{ tab: 'privacy' }}
            search={{ customer: customer.id, connection: connectionId }}
            className={buttonClass()}
          >
            Copy or erase…
          </Link>
        </Section>
      ) : null}
    </Page>
  );
}

function factsOf(story: CustomerStory, customer: CustomerWords) {
  const words = objectWords(story.customer);
  const ways = waysToPay(story.paymentMethods);
  return [
    ...(words?.facts ?? []).map(({ label, value }) => ({ label, value: <Name>{value}</Name> })),
    ...(ways.length > 0
      ? [
          {
            label: 'Pays with',
            value: (
              <ul>
                {ways.map(({ id, text }) => (
                  <li key={id}>{text}</li>
                ))}
              </ul>
            ),
          },
        ]
      : []),
    ...(customer.created ? [{ label: 'Customer since', value: <Time at={customer.created} /> }] : []),
    { label: 'Id', value: <CopyId id={customer.id} /> },
  ];
}

function List({ title, of, list }: { title: string; of: string; list: CustomerStory['payments'] }) {
  return (
    <Section title={title}>
      {list === null ? (
        <p className="text-muted">
          This connection’s key may not read {of}. Its page says which permission is missing.
        </p>
      ) : countOf(list) === 0 ? (
        <p className="text-muted">None.</p>
      ) : (
        <ObjectTable output={withoutWhose(list) ?? undefined} />
      )}
    </Section>
  );
}
