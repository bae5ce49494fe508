import type { Account } from '../account.ts';
import { createCustomer } from '../customers/create.ts';
import { discounts } from '../discounts.ts';
import { attemptPayment } from '../invoices/collect.ts';
import { currentInvoice, type Invoice } from '../invoices/invoice.ts';
import { intentOf } from '../invoices/payments.ts';
import { type PaymentMethod, paymentMethods } from '../payment-methods/payment-method.ts';
import type { CreateInput } from '../subscriptions/compose.ts';
import { createSubscription, draftStart } from '../subscriptions/create.ts';
import { endSubscription } from '../subscriptions/end.ts';
import { type Subscription, saveSubscription, subscriptions } from '../subscriptions/subscription.ts';
import type { StripeFault } from '../wire/errors.ts';
import { type Attempt, acceptance, attempts } from './attempt.ts';
import { completeSession } from './complete.ts';
import { itemsOf, priceOf } from './items.ts';
import { returnUrlOf, type Session, termsOf } from './session.ts';
import { trialEndOf } from './totals.ts';

/** Starts the subscription, incomplete, and collects its first invoice. Answers the refusal, if any. */
export function paySubscription(
  account: Account,
  session: Session,
  attempt: Attempt,
  method: PaymentMethod,
): StripeFault | null {
  const order = orderOf(account, session);
  const subscription = sameOrder(account, attempt, order) ?? start(account, session, attempt);
  const invoice = firstInvoice(account, subscription);
  account.of(attempts).put({
    ...attempt,
    order,
    subscription: subscription.id,
    paymentIntent: intentOf(account, invoice)?.id ?? null,
  });
  const returnUrl = returnUrlOf(account, session.id);
  return attemptPayment(account, invoice, { method, offSession: false, returnUrl, acceptance }).fault;
}

/** Throws what Stripe refuses about the subscription of a session; nothing comes of trying. */
export function tryStarting(account: Account, session: Session): void {
  account.imagine(() => {
    const customer = session.customer ?? createCustomer(account, {}).id;
    draftStart(account, inputOf(account, session, customer));
  });
}

/**
 * Whether the first invoice asks for a payment. It does not where it comes to less than can be charged, which is carried
 * over, or where the customer's credit covers it. Nothing comes of asking.
 */
export function asksForPayment(account: Account, session: Session, attempt: Attempt): boolean {
  // One that was begun in an earlier try asked for it.
  if (attempt.subscription !== null) return true;
  return account.imagine(() => firstInvoice(account, start(account, session, attempt)).status !== 'paid');
}

/** Starts a subscription of which nothing is due yet, with what was saved for it so far. */
export function startFreeSubscription(account: Account, session: Session, attempt: Attempt): Session {
  const method = attempt.method === null ? undefined : account.of(paymentMethods).get(attempt.method);
  const subscription = start(account, session, attempt, method?.customer ? method : undefined);
  return completeSession(account, session, attempt, 'no_payment_required', {
    subscription: subscription.id,
    invoice: subscription.latest_invoice,
  });
}

/** The first invoice was paid: the session is done, and the card stays the subscription's. */
export function completeSubscription(
  account: Account,
  session: Session,
  attempt: Attempt,
  paymentStatus: Session['payment_status'],
): Session {
  const subscription =
    attempt.subscription === null ? undefined : account.of(subscriptions).get(attempt.subscription);
  if (!subscription) throw new Error(`The subscription of ${session.id} is gone`);
  saveSubscription(account, { ...subscription, default_payment_method: attempt.method });
  return completeSession(account, session, attempt, paymentStatus, {
    subscription: subscription.id,
    invoice: subscription.latest_invoice,
  });
}

/** What was still to be proved of a bank account is proved: the subscription that began without it has it now. */
export function keepMethod(account: Account, session: Session, { method }: Attempt): void {
  const { subscription: id } = session;
  const subscription = id === null ? undefined : account.of(subscriptions).get(id);
  if (subscription && subscription.default_payment_method === null)
    saveSubscription(account, { ...subscription, default_payment_method: method });
}

/** Ends what an abandoned session had begun. */
export function abandonSubscription(account: Account, id: string): void {
  const subscription = account.of(subscriptions).get(id);
  if (subscription?.status === 'incomplete') endSubscription(account, subscription);
}

/** The subscription of an earlier try, if it is still about the same things; one about others ends. */
function sameOrder(account: Account, attempt: Attempt, order: string): Subscription | undefined {
  if (attempt.subscription === null) return undefined;
  const known = account.of(subscriptions).get(attempt.subscription);
  if (known?.status === 'incomplete' && attempt.order === order) return known;
  abandonSubscription(account, attempt.subscription);
  return undefined;
}

function orderOf(account: Account, session: Session): string {
  const items = itemsOf(account, session.id).map(({ price, quantity }) => [price, quantity]);
  return JSON.stringify([items, session.discounts, session.amount_total]);
}

function firstInvoice(account: Account, subscription: Subscription): Invoice {
  const { latest_invoice: id } = subscription;
  const invoice = id === null ? undefined : currentInvoice(account, id);
  if (!invoice) throw new Error(`${subscription.id} has no first invoice`);
  return invoice;
}

function start(
  account: Account,
  session: Session,
  attempt: Attempt,
  defaultMethod?: PaymentMethod,
): Subscription {
  const subscription = createSubscription(account, {
    ...inputOf(account, session, attempt.customer),
    default_payment_method: defaultMethod?.id,
    // The page has asked for a method, if one is needed.
    off_session: true,
  });
  for (const id of subscription.discounts) {
    const discount = account.of(discounts).get(id);
    if (discount) account.of(discounts).put({ ...discount, checkout_session: session.id });
  }
  return subscription;
}

function inputOf(account: Account, session: Session, customer: string | null): CreateInput {
  const { params } = termsOf(account, session.id);
  const data = params.subscription_data ?? {};
  const items = itemsOf(account, session.id).map((item) => ({ item, price: priceOf(account, item) }));
  if (customer === null) throw new Error(`${session.id} starts a subscription without a customer`);
  return {
    customer,
    currency: session.currency ?? undefined,
    items: items
      .filter(({ price }) => price.recurring)
      .map(({ item, price }) => ({
        chosen: price,
        quantity: item.quantity ?? undefined,
        metadata: item.metadata ?? {},
        tax_rates: [...item.tax_rates],
      })),
    add_invoice_items: items
      .filter(({ price }) => !price.recurring)
      .map(({ item, price }) => ({
        chosen: price,
        quantity: item.quantity ?? 1,
        tax_rates: [...item.tax_rates],
      })),
    application_fee_percent: data.application_fee_percent,
    billing_cycle_anchor: data.billing_cycle_anchor,
    billing_cycle_anchor_config: data.billing_cycle_anchor_config,
    billing_mode: data.billing_mode,
    default_tax_rates: data.default_tax_rates,
    description: data.description,
    discounts: session.discounts.map(({ coupon, promotion_code: code }) =>
      code === null ? { coupon: coupon ?? undefined } : { promotion_code: code },
    ),
    invoice_settings: data.invoice_settings,
    metadata: data.metadata,
    on_behalf_of: data.on_behalf_of,
    transfer_data: data.transfer_data,
    trial_settings: data.trial_settings,
    payment_behavior: 'default_incomplete',
    pending_invoice_item_interval: data.pending_invoice_item_interval,
    proration_behavior: data.proration_behavior,
    trial_end: trialEndOf(account, params),
  };
}
