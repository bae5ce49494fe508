import type { Account } from '../account.ts';
import { emit } from '../events.ts';
import { abandonInvoice } from '../invoices/end.ts';
import { currentInvoice, type Invoice, subscriptionOf } from '../invoices/invoice.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { scheduleSubscription } from './schedule.ts';
import {
  hasEnded,
  keepItemOwners,
  type PendingUpdate,
  type Subscription,
  saveSubscription,
  subscriptions,
} from './subscription.ts';

export const heldJob = 'subscription.held_update';

/** A change of a subscription that is made once its invoice is paid. */
export interface HeldUpdate {
  /** The subscription. */
  readonly id: string;
  readonly invoice: string;
  /** When it is given up, in seconds. */
  readonly expires: number;
  /** What becomes of the subscription. */
  readonly next: Partial<Subscription>;
  /** A resumption is not given up on but made when its payment fails, in arrears; null when it stays paused then. */
  readonly onFailure: 'past_due' | null;
}
export const heldUpdates: CollectionSpec<HeldUpdate> = { name: 'held_updates', indexes: {} };

/** Keeps a change until its invoice is paid. The subscription shows it once `showHeld` was told to. */
export function hold(account: Account, update: HeldUpdate): void {
  dropOf(account, update.id);
  account.of(heldUpdates).put(update);
  account.schedule(update.expires, heldJob, update.id);
}

/** Lets a subscription show the change that it waits for. */
export function showHeld(account: Account, subscription: Subscription, shown: PendingUpdate): Subscription {
  return saveSubscription(account, { ...subscription, pending_update: shown });
}

/** Whether an invoice is for a change that has not been made. */
export function isHeld(account: Account, invoice: Invoice): boolean {
  return heldFor(account, invoice) !== undefined;
}

function heldFor(account: Account, invoice: Invoice): HeldUpdate | undefined {
  const held = account.of(heldUpdates).get(subscriptionOf(invoice) ?? '');
  return held?.invoice === invoice.id ? held : undefined;
}

/** Makes the change that waited for this invoice. Answers whether there is one. */
export function applyHeld(account: Account, invoice: Invoice): boolean {
  const held = heldFor(account, invoice);
  const before = held && account.of(subscriptions).get(held.id);
  if (!held || !before) return false;
  account.of(heldUpdates).delete(held.id);
  make(account, before, held.next);
  return true;
}

function make(account: Account, before: Subscription, change: Partial<Subscription>): void {
  const { discounts: kept = before.discounts } = change;
  const saved = saveSubscription(account, {
    ...before,
    ...change,
    // Others may have been taken away meanwhile.
    discounts: before.discounts.filter((id) => kept.includes(id)),
    pending_update: null,
  });
  if (before.status === 'paused') emit(account, 'customer.subscription.resumed', saved);
  else if (before.pending_update) emit(account, 'customer.subscription.pending_update_applied', saved);
  keepItemOwners(account, saved);
  scheduleSubscription(account, saved, before);
}

/** Hears that the invoice of a change could not be collected. Answers whether there is such a change. */
export function failHeld(account: Account, invoice: Invoice): boolean {
  const held = heldFor(account, invoice);
  const before = held && account.of(subscriptions).get(held.id);
  if (!held || !before) return false;
  if (held.onFailure === null) return true;
  account.of(heldUpdates).delete(held.id);
  make(account, before, { ...held.next, status: held.onFailure });
  return true;
}

/** Forgets the change that waited for this invoice, which was voided. Answers whether there is one. */
export function dropHeld(account: Account, invoice: Invoice): boolean {
  const held = heldFor(account, invoice);
  if (held) forget(account, held.id);
  return held !== undefined;
}

function forget(account: Account, id: string): void {
  account.of(heldUpdates).delete(id);
  const subscription = account.of(subscriptions).get(id);
  if (subscription && !hasEnded(subscription) && subscription.pending_update)
    saveSubscription(account, { ...subscription, pending_update: null });
}

/** Gives up the change that a subscription waits for, and its invoice with it. */
export function dropOf(account: Account, subscription: string): void {
  const held = account.of(heldUpdates).get(subscription);
  const invoice = held && currentInvoice(account, held.invoice);
  if (invoice?.status === 'open') abandonInvoice(account, invoice);
  if (held) forget(account, subscription);
}

/** Nobody paid for a change in time. Runs as a due job. */
export function expireHeld(account: Account, id: string): void {
  const held = account.of(heldUpdates).get(id);
  if (!held || held.expires > account.now()) return;
  const before = account.of(subscriptions).get(id);
  dropOf(account, id);
  const after = account.of(subscriptions).get(id);
  if (before?.pending_update && after && before.status !== 'paused')
    emit(account, 'customer.subscription.pending_update_expired', after);
}
