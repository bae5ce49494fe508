import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Package } from 'lucide-react';
import { AutomationTabs } from '../cards/automation-tabs.tsx';
import { moneyText } from '../cards/money-text.ts';
import { ordersQuery } from '../queries.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { SelectField } from '../ui/field.tsx';
import { Name } from '../ui/name.tsx';
import { Page } from '../ui/page.tsx';
import { PagesList } from '../ui/pages-list.tsx';
import { Tag } from '../ui/tag.tsx';
import { Time } from '../ui/time.tsx';
import { buyerText, inWords, itemsText, orderTone } from './words.ts';

const statuses = [
  ...['awaiting_payment', 'paid', 'fulfilling', 'fulfilled', 'fulfilment_failed', 'partially_refunded'],
  ...['refunded', 'canceled', 'payment_failed', 'expired'],
];

/** Orders and where each stands, newest first. */
export function OrdersScreen() {
  const { status } = useSearch({ from: '/signed-in/orders' });
  const navigate = useNavigate();
  const query = useInfiniteQuery(ordersQuery(status));
  return (
    <Page
      title="Orders"
      lead="Placed by POST /api/orders: from payment to fulfilment, and what changed later. Set the endpoint in the playbook Order fulfilment."
    >
      <AutomationTabs />
      <div className="mb-4 max-w-60">
        <SelectField
          label="Status"
          value={status ?? ''}
          onChange={({ target }) =>
            void navigate({ to: '/orders', search: { status: target.value || undefined }, replace: true })
          }
        >
          <option value="">All</option>
          {statuses.map((each) => (
            <option key={each} value={each}>
              {inWords(each)}
            </option>
          ))}
        </SelectField>
      </div>
      <PagesList
        query={query}
        loading="Loading orders"
        more="Show older orders"
        keyOf={({ id }) => id}
        empty={
          <EmptyState icon={<Package size={20} />} title={status ? 'No order stands so' : 'No orders yet'}>
            Your shop places them with a token: a customer, what they buy, and perhaps how they pay.
          </EmptyState>
        }
        row={(order) => (
          <>
            <span className="min-w-48 flex-1">
              <Link
                to="/orders/$orderId"
                params={{ orderId: order.id }}
                dir="auto"
                className="rounded font-medium [overflow-wrap:anywhere] after:absolute after:inset-0"
              >
                <Name>{order.reference ?? itemsText(order)}</Name>
              </Link>
              <span dir="auto" className="block text-muted [overflow-wrap:anywhere]">
                <Name>{buyerText(order)}</Name>
              </span>
            </span>
            <span className="flex flex-wrap items-center gap-2 text-sm text-muted">
              {order.total ? (
                <span className="tabular-nums">{moneyText(order.total.decimal, order.total.currency)}</span>
              ) : null}
              {order.awaitingApproval ? <Tag tone="warn">Waiting for you</Tag> : null}
              <Tag tone={orderTone(order)}>{inWords(order.status)}</Tag>
              <Time at={order.createdAt} />
            </span>
          </>
        )}
      />
    </Page>
  );
}
