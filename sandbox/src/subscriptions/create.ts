import type { Account } from '../account.ts';
import { hour } from '../clock.ts';
import { type Customer, customers, existingCustomer, type StoredCustomer } from '../customers.ts';
import { create } from '../events.ts';
import type { Invoice } from '../invoices/invoice.ts';
import { paymentMethods } from '../payment-methods/payment-method.ts';
import { invalidRequest } from '../wire/errors.ts';
import { draftBill, remainingDiscounts } from './bill.ts';
import { collectNow, isPaid } from './collect.ts';
import { type CreateInput, composeSubscription } from './compose.ts';
import { keptMethod } from './dunning.ts';
import { askForMethod, requireMethod } from './method.ts';
import { addOneOffItems } from './one-off-items.ts';
import { schedulePendingItems } from './pending-items.ts';
import { scheduleSubscription } from './schedule.ts';
import { keepItemOwners, requireRoom, type Subscription, subscriptions } from './subscription.ts';

export const expiryJob = 'subscription.expire';
/** How long the first invoice may stay unpaid. */
const incompleteSeconds = 23 * hour;

/** A subscription that is about to start, and its first invoice, if it has one. */
export interface Started {
  readonly subscription: Subscription;
  readonly draft: Invoice | null;
}

/** Starts a subscription: its first invoice is made and, unless it waits for the customer, collected. */
export function createSubscription(account: Account, input: CreateInput): Subscription {
  requireRoom(account, existingCustomer(account, input.customer).id);
  if (input.payment_behavior === 'pending_if_incomplete')
    throw invalidRequest(
      '`payment_behavior` cannot be `pending_if_incomplete` when creating a subscription.',
      {
        param: 'payment_behavior',
      },
    );
  const { subscription, draft } = draftStart(account, input);
  const behavior = input.payment_behavior ?? 'allow_incomplete';
  const sends = subscription.collection_method === 'send_invoice';
  if (draft && draft.amount_due > 0 && !sends && behavior !== 'default_incomplete')
    requireMethod(account, subscription);
  const invoice =
    draft === null || sends
      ? draft
      : collectNow(account, draft, {
          behavior,
          method: account
            .of(paymentMethods)
            .get(subscription.default_payment_method ?? subscription.default_source ?? ''),
          offSession: input.off_session ?? false,
        });
  return begin(account, subscription, invoice, { asksForMethod: input.off_session !== true });
}

/** Starts what a schedule manages: it is active, and its first invoice waits for an hour as those of renewals do. */
export function startScheduled(account: Account, input: CreateInput, schedule: string): Subscription {
  requireRoom(account, existingCustomer(account, input.customer).id);
  const { subscription, draft } = draftStart(account, input, { waits: true });
  return begin(account, { ...subscription, schedule }, draft, { asksForMethod: false, waits: true });
}

/**
 * Composes a subscription and drafts its first invoice; what is free until its first renewal has none. An invoice that
 * waits finalizes itself.
 */
export function draftStart(
  account: Account,
  input: CreateInput,
  { waits }: { readonly waits?: boolean } = {},
): Started {
  const customer = existingCustomer(account, input.customer);
  const { subscription, lines } = composeSubscription(account, customer, input);
  const oneOff = input.add_invoice_items ?? [];
  addOneOffItems(account, subscription, oneOff);
  rememberCurrency(account, customer, subscription.currency);
  if (lines.length === 0 && oneOff.length === 0) return { subscription, draft: null };
  const draft = draftBill(account, subscription, {
    lines,
    reason: 'subscription_create',
    autoAdvance: waits === true || subscription.collection_method === 'send_invoice',
    period: { start: account.now(), end: account.now() },
  });
  return { subscription, draft };
}

function begin(
  account: Account,
  subscription: Subscription,
  invoice: Invoice | null,
  { asksForMethod, waits }: { readonly asksForMethod: boolean; readonly waits?: boolean },
): Subscription {
  const sends = subscription.collection_method === 'send_invoice';
  const paid = invoice === null || sends || waits === true || isPaid(account, invoice);
  const trials = subscription.status === 'trialing';
  const free = invoice === null || invoice.amount_due === 0;
  const started: Subscription = {
    ...subscription,
    status: !paid ? 'incomplete' : trials ? 'trialing' : 'active',
    latest_invoice: invoice?.id ?? null,
    default_payment_method:
      paid && invoice ? keptMethod(account, invoice, subscription) : subscription.default_payment_method,
    discounts: invoice ? remainingDiscounts(account, subscription, invoice) : subscription.discounts,
    pending_setup_intent: free && !sends && asksForMethod ? askForMethod(account, subscription) : null,
  };
  create(account, subscriptions, started, 'customer.subscription.created');
  keepItemOwners(account, started, started.start_date);
  scheduleSubscription(account, started);
  schedulePendingItems(account, started);
  if (!paid) account.schedule(account.now() + incompleteSeconds, expiryJob, started.id);
  return account.of(subscriptions).get(started.id) ?? started;
}

function rememberCurrency(account: Account, customer: Customer, currency: string): void {
  if (customer.currency) return;
  const next: StoredCustomer = { ...customer, currency };
  account.of(customers).put(next);
}
