import type { Account } from '../account.ts';
import { dueJobs } from '../due.ts';
import { emit, events } from '../events.ts';
import { randomText } from '../ids.ts';
import { draftInvoice } from '../invoices/draft.ts';
import type { Invoice } from '../invoices/invoice.ts';
import { invoiceItems, pendingItems, takeItems } from '../invoices/items.ts';
import { allLines, lineList } from '../invoices/line-list.ts';
import { existingTaxRates } from '../tax-rates.ts';
import { invalidRequest, type StripeFault } from '../wire/errors.ts';
import { applyMetadata } from '../wire/params.ts';
import { draftChange, planChange, type TermsChange } from './change.ts';
import { draftFinal } from './end.ts';
import { draftPause, draftResumption } from './pause.ts';
import type { PreviewDetails } from './preview-params.ts';
import { draftRenewal } from './renew.ts';
import { phaseJobs, renewalNotice } from './schedule.ts';
import { hasEnded, periodOf, type Subscription, saveSubscription, subscriptions } from './subscription.ts';
import { cancellationOf } from './update.ts';

/** Which invoice of a subscription a preview is of: what a change costs at once if anything, or only what recurs. */
export type PreviewMode = 'next' | 'recurring';

/**
 * Does to a subscription what a preview is asked about and drafts the next invoice that follows. To be called while the
 * account imagines. Throws Stripe's 400 when there is none.
 */
export function draftUpcoming(
  account: Account,
  subscription: Subscription,
  details: PreviewDetails,
  mode: PreviewMode,
): Invoice {
  const { pause, proration_behavior: behavior, proration_date: date } = details;
  if (hasEnded(subscription)) throw noneUpcoming(subscription.customer);
  if (details.cancel_now) {
    const input = { invoiceNow: true, prorate: behavior !== 'none', prorateFrom: date };
    return orNone(draftFinal(account, subscription, input), subscription);
  }
  if (pause) return orNone(draftPause(account, subscription, pause), subscription);
  if (details.resume_at) {
    const anchor = changeOf(details).anchor;
    const { next, draft } = draftResumption(account, subscription, {
      billing_cycle_anchor: anchor,
      proration_behavior: behavior,
      proration_date: date,
    });
    return draft ?? renewal(account, saveSubscription(account, next), mode);
  }
  const plan = planChange(
    account,
    subscription,
    described(account, subscription, details),
    changeOf(details),
  );
  if (mode === 'recurring') return renewal(account, saveSubscription(account, plan.next), mode);
  const { next, draft } = draftChange(account, plan, changeOf(details));
  return draft ?? renewal(account, saveSubscription(account, next), mode);
}

/** The next renewal of a subscription as it stands, to be called while the account imagines. Throws Stripe's 400 when there is none. */
export function renewal(account: Account, subscription: Subscription, mode: PreviewMode): Invoice {
  return orNone(nextInvoice(account, subscription, mode), subscription);
}

/** The next renewal, or the last invoice of a subscription that ends instead; null for none. */
function nextInvoice(account: Account, before: Subscription, mode: PreviewMode): Invoice | null {
  const { draft, subscription } = throughPhases(account, before);
  if (draft && mode === 'next') return draft;
  const { cancel_at: cancelAt, currency, customer, id, status } = subscription;
  const { end } = periodOf(subscription);
  if (status === 'paused') return null;
  if (mode === 'recurring')
    for (const item of pendingItems(account, customer, { currency, subscription: id }))
      account.of(invoiceItems).delete(item.id);
  const ends = cancelAt !== null && cancelAt <= end;
  return account.within(account.timeline(), ends ? cancelAt : end, () =>
    ends
      ? draftFinal(account, subscription, { billsPending: true })
      : draftRenewal(account, subscription).draft,
  );
}

/** A subscription after what its schedule does before the next renewal, and the first invoice that this makes, if any. */
function throughPhases(account: Account, before: Subscription) {
  let subscription = before;
  for (;;) {
    const [job] = phaseJobs(account, subscription, periodOf(subscription).end);
    if (!job) return { draft: null, subscription };
    account.of(dueJobs).delete(job.id);
    const run = account.registry.jobs.get(job.kind);
    account.within(account.timeline(), Math.max(job.at, account.now()), () => run?.(account, job.payload));
    const { latest_invoice: latest } = subscription;
    subscription = account.of(subscriptions).get(before.id) ?? subscription;
    if (subscription.latest_invoice !== null && subscription.latest_invoice !== latest)
      return { draft: asDrafted(account, subscription.latest_invoice), subscription };
  }
}

/** An invoice as it was before it was finalized. */
export function asDrafted(account: Account, id: string): Invoice | null {
  for (const event of account.of(events).newestFirst({ index: 'type', key: 'invoice.created' })) {
    if (event.object !== 'event') continue;
    const invoice = event.data.object as Invoice;
    if (invoice.id === id) return invoice;
  }
  return null;
}

/** Tells of a renewal some days before. Runs as a due job; of another period than it was asked for it says nothing. */
export function announceRenewal(account: Account, id: string): void {
  const subscription = account.of(subscriptions).get(id);
  if (!subscription || !renews(subscription)) return;
  if (renewalNotice(account, subscription) !== account.now()) return;
  const upcoming = account.imagine(() => {
    const draft = nextInvoice(account, subscription, 'next');
    return draft && asUpcoming(account, draft);
  });
  if (upcoming) emit(account, 'invoice.upcoming', upcoming);
}

/** Whether another period follows the one that a subscription is in. */
function renews(subscription: Subscription): boolean {
  const { cancel_at: cancelAt, status } = subscription;
  if (hasEnded(subscription) || status === 'incomplete' || status === 'paused') return false;
  return cancelAt === null || cancelAt > periodOf(subscription).end;
}

/** What waits for a customer's next invoice, as an invoice of its own. Throws Stripe's 400 when nothing does. */
export function draftPending(
  account: Account,
  customer: Parameters<typeof draftInvoice>[1]['customer'],
  { currency, discounts }: { readonly currency: string; readonly discounts: readonly string[] },
): Invoice {
  const waiting = pendingItems(account, customer.id, { currency });
  if (waiting.length === 0) throw noneUpcoming(customer.id);
  return draftInvoice(account, {
    customer,
    currency,
    lines: takeItems(account, waiting, ''),
    billingReason: 'manual',
    collectionMethod: 'charge_automatically',
    autoAdvance: false,
    discounts,
  });
}

function changeOf(details: PreviewDetails): TermsChange {
  const { billing_cycle_anchor: anchor } = details;
  if (typeof anchor === 'number')
    throw invalidRequest(
      'The billing cycle anchor of a subscription can only be set to `now` or `unchanged`.',
      {
        param: 'subscription_details[billing_cycle_anchor]',
      },
    );
  return {
    items: details.items,
    trialEnd: details.trial_end,
    anchor: typeof anchor === 'object' ? anchor.type : anchor,
    prorationBehavior: details.proration_behavior,
    prorationDate: details.proration_date,
  };
}

function described(account: Account, before: Subscription, details: PreviewDetails): Subscription {
  const { default_tax_rates: rates, metadata } = details;
  return {
    ...before,
    ...cancellationOf(account, before, details),
    default_tax_rates:
      rates === undefined
        ? before.default_tax_rates
        : existingTaxRates(account, rates ?? [], 'subscription_details[default_tax_rates]'),
    metadata: applyMetadata(before.metadata, metadata),
  };
}

function orNone(draft: Invoice | null, { customer }: Subscription): Invoice {
  if (draft) return draft;
  throw noneUpcoming(customer);
}

/** Stripe's 400 for a customer who is not going to be billed. */
export function noneUpcoming(customer: string): StripeFault {
  return invalidRequest(`No upcoming invoices for customer: ${customer}`, { code: 'invoice_upcoming_none' });
}

/** A draft as previews show it: with ids that lead nowhere, and all its lines. */
export function asUpcoming(account: Account, draft: Invoice, prorationDate?: number): Invoice {
  const id = `upcoming_in_1${randomText(23)}`;
  const lines = allLines(account, draft).map((line) => ({ ...line, id: `il_tmp_${randomText(24)}` }));
  const { subscription_details: details } = draft.parent ?? {};
  return {
    ...draft,
    id,
    auto_advance: false,
    automatically_finalizes_at: null,
    billing_reason: 'upcoming',
    lines: lineList(id, lines),
    parent:
      draft.parent && details && prorationDate !== undefined
        ? {
            ...draft.parent,
            subscription_details: { ...details, subscription_proration_date: prorationDate },
          }
        : draft.parent,
  };
}
