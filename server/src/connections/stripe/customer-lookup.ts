import type Stripe from 'stripe';
import { cleanForeignStrings } from '../../secrets/clean.ts';
import type { Json } from '../../tools/tool.ts';
import type { CustomerLookup, CustomerStory } from '../customers.ts';
import { createDesk } from './desk.ts';
import { follow, idOf, type Listed, listView } from './pages.ts';
import { productNames } from './references/catalogue.ts';
import { customerById, customersLike } from './references/customers.ts';
import { permitted, readStripe } from './stripe-tool.ts';
import { invoiceRow, subscriptionRow } from './views/billing.ts';
import { customerRow, customerView, paymentMethodView } from './views/customers.ts';
import { chargeRow, disputeRow } from './views/payments.ts';

/** So many of each kind tell the story; the newest. */
const most = 50;
/** Disputes have no customer at Stripe: they are read payment by payment. */
const mostDisputed = 10;

function view<T>(of: string, listed: Listed<T> | undefined, row: (item: T) => Json): Json | null {
  return listed ? listView(of, listed, row, { limit: most }) : null;
}

async function disputesOf(
  api: Stripe,
  charges: Listed<Stripe.Charge> | undefined,
): Promise<Listed<Stripe.Dispute> | undefined> {
  if (!charges) return undefined;
  const disputed = charges.items.filter((charge) => charge.disputed);
  const pages = await Promise.all(
    disputed
      .slice(0, mostDisputed)
      .map((charge) => permitted(api.disputes.list({ charge: charge.id, limit: 10 }))),
  );
  if (pages.includes(undefined)) return undefined;
  const items = pages.flatMap((page) => page?.data ?? []);
  return { items, complete: charges.complete && disputed.length <= mostDisputed };
}

/** What they subscribe to, by name; ids where the key may not read products. */
function planNames(
  api: Stripe,
  subscriptions: Listed<Stripe.Subscription> | undefined,
): Promise<ReadonlyMap<string, string>> {
  const products = (subscriptions?.items ?? []).flatMap(({ items }) =>
    items.data.flatMap(({ price }) => idOf(price.product) ?? []),
  );
  return productNames(api, products);
}

async function storyOf(api: Stripe, id: string): Promise<CustomerStory> {
  const customer = await customerById(api, id);
  const some = { enough: most };
  const [subscriptions, invoices, charges, methods] = await Promise.all([
    permitted(follow((page) => api.subscriptions.list({ ...page, customer: id, status: 'all' }), some)),
    permitted(follow((page) => api.invoices.list({ ...page, customer: id }), some)),
    permitted(follow((page) => api.charges.list({ ...page, customer: id }), some)),
    permitted(follow((page) => api.customers.listPaymentMethods(id, page), some)),
  ]);
  const [disputes, names] = await Promise.all([disputesOf(api, charges), planNames(api, subscriptions)]);
  return {
    customer: customerView(customer),
    subscriptions: view('subscription', subscriptions, (row) => subscriptionRow(row, names)),
    invoices: view('invoice', invoices, invoiceRow),
    payments: view('charge', charges, chargeRow),
    disputes: view('dispute', disputes, disputeRow),
    paymentMethods: view('payment_method', methods, (row) => paymentMethodView(row)),
  };
}

/** Who an account's customers are, for people who look: read live, and cleaned as what tools show is. */
export const customerLookup: CustomerLookup = {
  find: (target, { query, limit }) =>
    readStripe(createDesk(target), async (api) => {
      const listed: Listed<Stripe.Customer> = query
        ? { items: await customersLike(api, query), complete: true }
        : await follow((page) => api.customers.list(page), { enough: limit });
      return cleanForeignStrings(listView('customer', listed, customerRow, { limit }));
    }),
  story: (target, id) =>
    readStripe(createDesk(target), async (api) => cleanForeignStrings(await storyOf(api, id))),
};
