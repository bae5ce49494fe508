import { resolveMethod } from '../payment-methods/payment-method.ts';
import { type Call, declare, found, listed, type Resource, refused, route } from '../resource.ts';
import { type PageFilter, pageParams } from '../wire/pages.ts';
import { integer, type Parsed, required, text } from '../wire/params.ts';
import { attempts, nothingCollected } from './attempt.ts';
import { createSession } from './create.ts';
import { expireSession, expireWhenDue, expiryJob } from './expire.ts';
import { onAsked, onDelayed, onFailed, onHeld, onPaid, onSaved, onSetupAsked } from './follow.ts';
import { expandedItems, itemExpansions, itemPage, lineItems, storedItems } from './items.ts';
import { createParams, listParams, updateParams } from './params.ts';
import { paySession } from './pay.ts';
import { type Session, sessions, sessionTerms } from './session.ts';
import { breakdownOf } from './totals.ts';
import { updateSession } from './update.ts';

const permission = 'checkout_session';
/** What `POST /v1/payment_pages/:session/confirm` takes: the official CLI pays with it as the page would. */
const confirmParams = { payment_method: required(text()), expected_amount: integer(0) } as const;

function existing(call: Call<unknown>): Session {
  return found(call, sessions, 'checkout.session', 'session');
}

function listFrom(call: Call<Parsed<typeof listParams>>) {
  const {
    customer,
    customer_details: details,
    payment_intent,
    payment_link,
    status,
    subscription,
  } = call.params;
  return listed(call, sessions, {
    ...indexFor({ payment_intent, subscription, payment_link, customer }),
    where: (session) =>
      (customer === undefined || session.customer === customer) &&
      (details === undefined || session.customer_details?.email === details.email) &&
      (payment_intent === undefined || session.payment_intent === payment_intent) &&
      (payment_link === undefined || session.payment_link === payment_link) &&
      (status === undefined || session.status === status) &&
      (subscription === undefined || session.subscription === subscription),
  });
}

/** The narrowest index among the filters that were given. */
function indexFor(wanted: Readonly<Record<string, string | undefined>>): PageFilter<Session> {
  for (const [index, key] of Object.entries(wanted)) if (key !== undefined) return { index, key };
  return {};
}

function confirmFrom(call: Call<Parsed<typeof confirmParams>>): Session {
  const { account, params } = call;
  const session = existing(call);
  if (params.expected_amount !== undefined && params.expected_amount !== (session.amount_total ?? 0))
    throw refused(
      'expected_amount',
      `The expected amount (${params.expected_amount}) does not match the amount of the Checkout Session (${session.amount_total ?? 0}).`,
    );
  const method = resolveMethod(account, params.payment_method, 'payment_method');
  const { email, name, phone, address } = method.billing_details;
  const { fault, session: after } = paySession(account, session, {
    method,
    collected: { ...nothingCollected, email, name, phone, address },
  });
  if (fault) throw fault;
  return after;
}

/** `/v1/checkout/sessions`. */
export const checkoutResource: Resource = {
  collections: [declare(sessions), declare(sessionTerms), declare(lineItems), declare(attempts)],
  expand: {
    ...itemExpansions,
    'checkout.session': {
      'invoice_creation.invoice_data.account_tax_ids': ['tax_ids'],
      customer: ['customers'],
      'discounts.coupon': ['coupons'],
      'discounts.promotion_code': ['promotion_codes'],
      invoice: ['invoices'],
      line_items: (lookup, session) =>
        expandedItems(lookup, session.id, `/v1/checkout/sessions/${session.id}/line_items`),
      payment_intent: ['payment_intents'],
      payment_link: ['payment_links'],
      setup_intent: ['setup_intents'],
      'shipping_cost.shipping_rate': ['shipping_rates'],
      'shipping_options.shipping_rate': ['shipping_rates'],
      subscription: ['subscriptions'],
      'total_details.breakdown': (lookup, session) => breakdownOf(storedItems(lookup, session.id)),
    },
  },
  jobs: { [expiryJob]: expireWhenDue },
  listeners: {
    'payment_intent.amount_capturable_updated': onHeld,
    'payment_intent.payment_failed': onFailed,
    'payment_intent.processing': onDelayed,
    'payment_intent.requires_action': onAsked,
    'payment_intent.succeeded': onPaid,
    'setup_intent.requires_action': onSetupAsked,
    'setup_intent.succeeded': onSaved,
  },
  routes: [
    route('POST', '/v1/checkout/sessions', { permission, params: createParams }, ({ account, params }) =>
      createSession(account, params),
    ),
    route('GET', '/v1/checkout/sessions/:session', { permission }, existing),
    route('POST', '/v1/checkout/sessions/:session', { permission, params: updateParams }, updateSession),
    route('POST', '/v1/checkout/sessions/:session/expire', { permission }, (call) =>
      expireSession(call.account, existing(call)),
    ),
    route('GET', '/v1/checkout/sessions/:session/line_items', { permission, params: pageParams }, (call) =>
      itemPage(call.account, existing(call).id, call.url, call.params),
    ),
    route('GET', '/v1/checkout/sessions', { permission, params: listParams }, listFrom),
    // Not in Stripe's reference: what its own pages, and its CLI in their stead, call.
    route('GET', '/v1/payment_pages/:session', { permission }, existing),
    route('POST', '/v1/payment_pages/:session/confirm', { permission, params: confirmParams }, confirmFrom),
  ],
};
