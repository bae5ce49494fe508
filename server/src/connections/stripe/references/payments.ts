import type Stripe from 'stripe';
import { type Json, ToolError } from '../../../tools/tool.ts';
import { follow, idOf } from '../pages.ts';
import { expandedIfPermitted } from '../stripe-tool.ts';
import { invoiceRow, subscriptionRow } from '../views/billing.ts';
import { customerNamed } from '../views/customers.ts';
import { paymentIntentRow } from '../views/payments.ts';
import { resolveCustomer } from './customers.ts';
import { ambiguous } from './problems.ts';

/** A thing by its own id, or through the customer whose it is. */
export interface ThroughCustomer {
  readonly id?: string | undefined;
  readonly customer?: string | undefined;
}

function missing(what: string): ToolError {
  return new ToolError('missing_input', `Neither a ${what} nor a customer was given.`, {
    next: `Ask which ${what} is meant.`,
  });
}

function none(what: string, customer: Stripe.Customer, next: string): ToolError {
  return new ToolError('not_found', `${customerNamed(customer)} has no ${what}.`, {
    next,
    details: { customer: customer.id },
  });
}

function only<T>(what: string, asked: string, items: readonly T[], row: (item: T) => Json): T | undefined {
  if (items.length > 1) throw ambiguous(what, asked, items.map(row));
  return items[0];
}

const goneStatuses = new Set(['canceled', 'incomplete_expired']);

/**
 * A subscription by id, or a customer's only one that has not ended.
 * @throws ToolError `not_found`, `ambiguous`, `missing_input`
 */
export async function resolveSubscription(api: Stripe, wish: ThroughCustomer): Promise<Stripe.Subscription> {
  const retrieve = (id: string): Promise<Stripe.Subscription> =>
    expandedIfPermitted(['customer', 'latest_invoice'], (expand) => api.subscriptions.retrieve(id, expand));
  if (wish.id && /^sub_\w+$/.test(wish.id.trim())) return retrieve(wish.id.trim());
  const reference = wish.customer ?? wish.id;
  if (!reference) throw missing('subscription');
  const customer = await resolveCustomer(api, reference);
  const all = await follow(
    (page) => api.subscriptions.list({ ...page, customer: customer.id, status: 'all' }),
    {
      fits: (subscription) => !goneStatuses.has(subscription.status),
    },
  );
  const found = only('subscription', customerNamed(customer), all.items, (subscription) =>
    subscriptionRow(subscription, new Map()),
  );
  if (!found)
    throw none('current subscription', customer, 'Create one with create_subscription if that is meant.');
  return retrieve(found.id);
}

/** A charge by its id or its payment intent's. */
async function chargeById(api: Stripe, id: string): Promise<Stripe.Charge> {
  const retrieve = (charge: string): Promise<Stripe.Charge> =>
    expandedIfPermitted(['customer'], (expand) => api.charges.retrieve(charge, expand));
  if (!id.startsWith('pi_')) return retrieve(id);
  const intent = await api.paymentIntents.retrieve(id);
  const charge = idOf(intent.latest_charge);
  if (charge) return retrieve(charge);
  throw new ToolError(
    'not_found',
    `The payment intent ${id} has no charge: its status is ${intent.status}.`,
    {
      next: 'Nothing was taken from the customer with it.',
      details: { payment_intent: id, status: intent.status },
    },
  );
}

/**
 * A charge by id or payment intent, or a customer's newest succeeded one.
 * @throws ToolError `not_found`, `ambiguous` (the customer), `missing_input`
 */
export async function resolveCharge(api: Stripe, wish: ThroughCustomer): Promise<Stripe.Charge> {
  const id = wish.id?.trim();
  if (id && /^(ch|py|pi)_\w+$/.test(id)) return chargeById(api, id);
  const reference = wish.customer ?? id;
  if (!reference) throw missing('charge');
  const customer = await resolveCustomer(api, reference);
  const newest = await follow(
    (page) => api.charges.list({ ...page, customer: customer.id, expand: ['data.customer'] }),
    {
      fits: (charge) => charge.status === 'succeeded',
      enough: 1,
    },
  );
  const [charge] = newest.items;
  if (!charge) throw none('succeeded payment', customer, 'Check whether another customer is meant.');
  return charge;
}

/**
 * A payment intent by id, or a customer's only one in one of the statuses.
 * @throws ToolError `not_found`, `ambiguous`, `missing_input`
 */
export async function resolvePaymentIntent(
  api: Stripe,
  wish: ThroughCustomer,
  statuses: readonly Stripe.PaymentIntent.Status[],
): Promise<Stripe.PaymentIntent> {
  const id = wish.id?.trim();
  if (id && /^pi_\w+$/.test(id)) {
    return expandedIfPermitted(['customer'], (expand) => api.paymentIntents.retrieve(id, expand));
  }
  const reference = wish.customer ?? id;
  if (!reference) throw missing('payment intent');
  const customer = await resolveCustomer(api, reference);
  const open = await follow(
    (page) => api.paymentIntents.list({ ...page, customer: customer.id, expand: ['data.customer'] }),
    {
      fits: (intent) => statuses.includes(intent.status),
    },
  );
  const found = only('payment intent', customerNamed(customer), open.items, paymentIntentRow);
  if (found) return found;
  throw none('payment intent that waits for this', customer, 'Create one with create_payment_intent first.');
}

/**
 * An invoice by id or number, or a customer's only one in one of the statuses.
 * @throws ToolError `not_found`, `ambiguous`, `missing_input`
 */
export async function resolveInvoice(
  api: Stripe,
  wish: ThroughCustomer,
  statuses: readonly Stripe.Invoice.Status[],
): Promise<Stripe.Invoice> {
  const id = wish.id?.trim();
  if (id && /^in_\w+$/.test(id)) return api.invoices.retrieve(id);
  if (id && /^[A-Z0-9]+-(DRAFT-)?\d+$/i.test(id)) return invoiceByNumber(api, id);
  const reference = wish.customer ?? id;
  if (!reference) throw missing('invoice');
  const customer = await resolveCustomer(api, reference);
  const fitting = await follow((page) => api.invoices.list({ ...page, customer: customer.id }), {
    fits: (invoice) => statuses.includes(invoice.status ?? 'draft'),
  });
  const found = only('invoice', customerNamed(customer), fitting.items, invoiceRow);
  if (found) return found;
  throw none(
    `invoice that is ${statuses.join(' or ')}`,
    customer,
    'List the invoices of the customer to see what there is.',
  );
}

async function invoiceByNumber(api: Stripe, number: string): Promise<Stripe.Invoice> {
  const found = await follow((page) => api.invoices.list(page), {
    fits: (invoice) => invoice.number?.toLowerCase() === number.toLowerCase(),
    enough: 1,
  });
  const [invoice] = found.items;
  if (invoice) return invoice;
  throw new ToolError('not_found', `There is no invoice with the number ${number}.`, {
    next: 'Check the number.',
  });
}
