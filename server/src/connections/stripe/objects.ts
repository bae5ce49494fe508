/** Objects by the prefix of their ids: where each is read, how a model sees it. */
import type Stripe from 'stripe';
import { type Json, ToolError } from '../../tools/tool.ts';
import { approvalsVersion } from './approval-request.ts';
import { balanceTransactionRow, payoutView } from './views/balance.ts';
import { invoiceView, subscriptionView } from './views/billing.ts';
import { paymentLinkView, priceView, productView, promotionCodeRow, taxRateRow } from './views/catalogue.ts';
import { checkoutView } from './views/checkout.ts';
import { customerView, paymentMethodView } from './views/customers.ts';
import { creditNoteView, quoteView } from './views/documents.ts';
import { eventView } from './views/event.ts';
import { asObject, factsView } from './views/facts.ts';
import { chargeView, disputeView, paymentIntentView, refundView } from './views/payments.ts';
import { creditGrantView, meterRow } from './views/usage.ts';

/** An object as it was read, and as a model sees it. */
export interface Looked {
  readonly record: unknown;
  readonly view: { [key: string]: Json };
}

export interface Kind {
  /** Stripe's name for it: `payment_intent`. */
  readonly type: string;
  look(api: Stripe, id: string): Promise<Looked>;
}

function kind<T>(
  type: string,
  retrieve: (api: Stripe, id: string) => Promise<T>,
  view: (object: T) => Json,
): Kind {
  return {
    type,
    async look(api, id) {
      const record = await retrieve(api, id);
      return { record, view: { object: type, ...asObject(view(record)) } };
    },
  };
}

const jsonOf = (object: unknown): Json => JSON.parse(JSON.stringify(object)) as Json;

/** An object that has no view of its own. */
function plain(type: string, path: string, apiVersion?: string): Kind {
  const retrieve = (api: Stripe, id: string) =>
    api.rawRequest('GET', `${path}/${encodeURIComponent(id)}`, undefined, apiVersion ? { apiVersion } : {});
  return kind(type, retrieve, (object) => factsView(asObject(jsonOf(object))));
}

const customer = kind(
  'customer',
  (api, id) => api.customers.retrieve(id),
  (found) => (found.deleted ? { id: found.id, deleted: true } : customerView(found)),
);
const charge = kind('charge', (api, id) => api.charges.retrieve(id), chargeView);
const refund = kind('refund', (api, id) => api.refunds.retrieve(id), refundView);
const dispute = kind('dispute', (api, id) => api.disputes.retrieve(id), disputeView);
const paymentMethod = kind(
  'payment_method',
  (api, id) => api.paymentMethods.retrieve(id),
  (found) => paymentMethodView(found),
);
const approval = plain('approval_request', '/v2/core/approval_requests', approvalsVersion);

const kinds: Readonly<Record<string, Kind>> = {
  acct: plain('account', '/v1/accounts'),
  apreq: approval,
  areq: approval,
  bpc: plain('billing_portal.configuration', '/v1/billing_portal/configurations'),
  card: paymentMethod,
  ch: charge,
  clock: plain('test_helpers.test_clock', '/v1/test_helpers/test_clocks'),
  cn: kind('credit_note', (api, id) => api.creditNotes.retrieve(id), creditNoteView),
  credgr: kind('billing.credit_grant', (api, id) => api.billing.creditGrants.retrieve(id), creditGrantView),
  cs: kind(
    'checkout.session',
    (api, id) => api.checkout.sessions.retrieve(id),
    (found) => checkoutView(found),
  ),
  cus: customer,
  dp: dispute,
  du: dispute,
  evt: kind(
    'event',
    (api, id) => api.events.retrieve(id),
    (event) => eventView(jsonOf(event)),
  ),
  feat: plain('entitlements.feature', '/v1/entitlements/features'),
  file: plain('file', '/v1/files'),
  frr: plain('reporting.report_run', '/v1/reporting/report_runs'),
  ii: plain('invoiceitem', '/v1/invoiceitems'),
  in: kind('invoice', (api, id) => api.invoices.retrieve(id), invoiceView),
  issfr: plain('radar.early_fraud_warning', '/v1/radar/early_fraud_warnings'),
  mtr: kind('billing.meter', (api, id) => api.billing.meters.retrieve(id), meterRow),
  pi: kind('payment_intent', (api, id) => api.paymentIntents.retrieve(id), paymentIntentView),
  plan: plain('plan', '/v1/plans'),
  plink: kind('payment_link', (api, id) => api.paymentLinks.retrieve(id), paymentLinkView),
  pm: paymentMethod,
  po: kind('payout', (api, id) => api.payouts.retrieve(id), payoutView),
  price: kind('price', (api, id) => api.prices.retrieve(id), priceView),
  prod: kind('product', (api, id) => api.products.retrieve(id), productView),
  promo: kind('promotion_code', (api, id) => api.promotionCodes.retrieve(id), promotionCodeRow),
  prv: plain('review', '/v1/reviews'),
  py: charge,
  pyr: refund,
  qt: kind('quote', (api, id) => api.quotes.retrieve(id), quoteView),
  re: refund,
  seti: plain('setup_intent', '/v1/setup_intents'),
  si: plain('subscription_item', '/v1/subscription_items'),
  sub: kind(
    'subscription',
    (api, id) => api.subscriptions.retrieve(id),
    (found) => subscriptionView(found, new Map()),
  ),
  sub_sched: plain('subscription_schedule', '/v1/subscription_schedules'),
  tr: plain('transfer', '/v1/transfers'),
  tu: plain('topup', '/v1/topups'),
  txn: kind('balance_transaction', (api, id) => api.balanceTransactions.retrieve(id), balanceTransactionRow),
  txr: kind('tax_rate', (api, id) => api.taxRates.retrieve(id), taxRateRow),
  we: plain('webhook_endpoint', '/v1/webhook_endpoints'),
};

/** The kind of an id, told by its prefix. @throws ToolError `unknown_kind` */
export function kindOf(id: string): Kind {
  const [, prefix] = /^(sub_sched|[a-z]+)_[A-Za-z0-9_]+$/.exec(id) ?? [];
  const found = prefix !== undefined && Object.hasOwn(kinds, prefix) ? kinds[prefix] : undefined;
  if (found) return found;
  throw new ToolError('unknown_kind', `"${id}" begins like no id of Stripe's that can be read by itself.`, {
    next: `Give an id such as "cus_…", "in_…", "pi_…" or "sub_…"; coupons and products with ids of their own are found by listing them.`,
  });
}
