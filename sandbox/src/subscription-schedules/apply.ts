import type { Account } from '../account.ts';
import { applyDiscounts, type DiscountInput } from '../discounts.ts';
import type { Price } from '../prices/price.ts';
import { soldPrice } from '../prices/price.ts';
import { changeTerms, type TermsChange } from '../subscriptions/change.ts';
import type { CreateInput } from '../subscriptions/compose.ts';
import { applyDiscountsAnew, type ChangedItem } from '../subscriptions/items.ts';
import type { OneOffItem } from '../subscriptions/one-off-items.ts';
import type { Subscription } from '../subscriptions/subscription.ts';
import { withTerms } from '../subscriptions/terms.ts';
import { StripeFault } from '../wire/errors.ts';
import { endOf, type Phase, type PhaseDiscount, type PhaseItem, type Schedule } from './schedule.ts';
import { collectionOf, sharesOf } from './settings.ts';

/** What a phase says about a subscription, but for its items. */
export function termsOf(schedule: Schedule, phase: Phase) {
  const { default_settings: usual } = schedule;
  const { method, days, settings } = collectionOf(schedule, phase);
  const thresholds = phase.billing_thresholds ?? usual.billing_thresholds;
  return {
    ...sharesOf(schedule, phase),
    billing_thresholds: thresholds && {
      amount_gte: thresholds.amount_gte ?? undefined,
      reset_billing_cycle_anchor: thresholds.reset_billing_cycle_anchor ?? undefined,
    },
    collection_method: method,
    days_until_due: method === 'send_invoice' ? (days ?? undefined) : undefined,
    default_payment_method: phase.default_payment_method ?? usual.default_payment_method ?? undefined,
    default_tax_rates: (phase.default_tax_rates ?? []).map(({ id }) => id),
    description: phase.description ?? usual.description,
    invoice_settings: {
      account_tax_ids: settings.account_tax_ids,
      custom_fields: settings.custom_fields,
      description: settings.description,
      footer: settings.footer,
    },
    metadata: phase.metadata ?? {},
  };
}

/** What it takes to start the subscription of a schedule with one of its phases. */
export function startOf(account: Account, schedule: Schedule, phase: Phase): CreateInput {
  const { billing_mode: mode, customer } = schedule;
  const owner = { customer, subscription: '' };
  const isAnchored =
    (phase.billing_cycle_anchor ?? schedule.default_settings.billing_cycle_anchor) === 'phase_start';
  return {
    ...termsOf(schedule, phase),
    add_invoice_items: addedItems(account, phase, owner),
    backdate_start_date: phase.start_date < account.now() ? phase.start_date : undefined,
    billing_cycle_anchor: isAnchored && phase.start_date >= account.now() ? phase.start_date : undefined,
    billing_mode: { type: mode.type, ...(mode.flexible ? { flexible: mode.flexible } : {}) },
    cancel_at: endFor(schedule, phase) ?? undefined,
    currency: phase.currency,
    customer,
    discounts: redeemable(account, phase.discounts, owner),
    items: phase.items.map((item) => ({
      ...itemTerms(account, item, owner),
      chosen: priceOf(account, item.price),
    })),
    off_session: true,
    proration_behavior: phase.proration_behavior,
    trial_end: phase.trial_end !== null && phase.trial_end > account.now() ? phase.trial_end : undefined,
  };
}

/** All that a phase says about a subscription, for telling whether two say the same. */
export function effectOf(schedule: Schedule, phase: Phase): string {
  const { add_invoice_items: added, discounts, items, trial_end: trialEnd } = phase;
  return JSON.stringify([
    termsOf(schedule, phase),
    added,
    discounts,
    items,
    trialEnd,
    endFor(schedule, phase),
  ]);
}

/** When the subscription of a schedule is to end by itself, as of a phase, in seconds: only its last can say so. */
function endFor(schedule: Schedule, phase: Phase): number | null {
  const isLast = phase.end_date === endOf(schedule);
  return isLast && schedule.end_behavior === 'cancel' ? phase.end_date : null;
}

export interface ApplyInput {
  /** The phase as it was where it had begun before. */
  readonly was?: Phase;
  readonly prorationBehavior: Phase['proration_behavior'];
}

/** Makes a subscription what a phase says. What is new in a phase that had begun is done, what was done before is not done again. */
export function applyPhase(
  account: Account,
  before: Subscription,
  schedule: Schedule,
  phase: Phase,
  { was, prorationBehavior }: ApplyInput,
): Subscription {
  const { customer } = schedule;
  const owner = { customer, subscription: before.id };
  const isNew = <K extends 'add_invoice_items' | 'discounts'>(name: K) =>
    was === undefined || JSON.stringify(was[name]) !== JSON.stringify(phase[name]);
  const termed = withTerms(account, before, termsOf(schedule, phase));
  const discounts = redeemable(account, phase.discounts, owner);
  const end = endFor(schedule, phase);
  const described: Subscription = {
    ...termed,
    cancel_at: end,
    cancel_at_period_end: false,
    canceled_at: end === null ? null : (before.canceled_at ?? account.now()),
    discounts: isNew('discounts')
      ? applyDiscountsAnew(account, before.discounts, discounts.length === 0 ? null : discounts, owner)
      : before.discounts,
  };
  const anchor = phase.billing_cycle_anchor ?? schedule.default_settings.billing_cycle_anchor;
  const change: TermsChange = {
    items: itemChanges(account, before, phase, was),
    oneOffItems: isNew('add_invoice_items') ? addedItems(account, phase, owner) : [],
    trialEnd: trialChange(account, before, phase),
    anchor: was === undefined && anchor === 'phase_start' ? 'now' : undefined,
    prorationBehavior,
    paymentBehavior: 'allow_incomplete',
    offSession: true,
  };
  return changeTerms(account, before, described, change);
}

/** From the items of a subscription to those of a phase: the same price stays the same item, others take each other's place. */
function itemChanges(
  account: Account,
  before: Subscription,
  phase: Phase,
  was: Phase | undefined,
): ChangedItem[] {
  const left = [...before.items.data];
  const take = (at: number) => (at < 0 ? undefined : left.splice(at, 1)[0]);
  const same = phase.items.map(({ price }) => take(left.findIndex((item) => item.price.id === price)));
  const owner = { customer: before.customer, subscription: before.id };
  const changes = phase.items.map((wanted, at): ChangedItem => {
    const kept = same[at] ?? take(left.length === 0 ? -1 : 0);
    const { discounts, ...terms } = itemTerms(account, wanted, owner);
    const chosen = priceOf(account, wanted.price);
    if (!kept) return { ...terms, chosen, discounts };
    if (same[at] && was?.items.some((item) => isDiscountedAlike(item, wanted)))
      return { ...terms, chosen, id: kept.id };
    return { ...terms, chosen, discounts: discounts.length === 0 ? null : discounts, id: kept.id };
  });
  return [...changes, ...left.map(({ id }) => ({ id, deleted: true }))];
}

function isDiscountedAlike(one: PhaseItem, other: PhaseItem): boolean {
  return one.price === other.price && JSON.stringify(one.discounts) === JSON.stringify(other.discounts);
}

function itemTerms(account: Account, item: PhaseItem, owner: Owner) {
  const { usage_gte: usage } = item.billing_thresholds ?? { usage_gte: null };
  return {
    billing_thresholds: usage === null ? null : { usage_gte: usage },
    discounts: redeemable(account, item.discounts, owner),
    metadata: item.metadata ?? {},
    quantity: item.quantity,
    tax_rates: (item.tax_rates ?? []).map(({ id }) => id),
  };
}

/** What a phase does to the trial of a subscription: until another time, or its end. */
function trialChange(account: Account, before: Subscription, phase: Phase): TermsChange['trialEnd'] {
  const now = account.now();
  const trials = before.status === 'trialing';
  if (phase.trial_end !== null && phase.trial_end > now)
    return trials && before.trial_end === phase.trial_end ? undefined : phase.trial_end;
  return trials && (before.trial_end ?? 0) > now ? 'now' : undefined;
}

function addedItems(account: Account, phase: Phase, owner: Owner): OneOffItem[] {
  return phase.add_invoice_items.map((item) => {
    const { start, end } = item.period;
    return {
      chosen: priceOf(account, item.price),
      discountable: item.discountable ?? undefined,
      discounts: redeemable(account, item.discounts, owner),
      metadata: item.metadata ?? {},
      period: {
        start:
          start.type === 'phase_start'
            ? { type: 'timestamp', timestamp: phase.start_date }
            : { type: start.type, timestamp: start.timestamp },
        end:
          end.type === 'phase_end'
            ? { type: 'timestamp', timestamp: phase.end_date }
            : { type: end.type, timestamp: end.timestamp },
      },
      quantity: item.quantity ?? 1,
      tax_rates: (item.tax_rates ?? []).map(({ id }) => id),
    };
  });
}

interface Owner {
  readonly customer: string;
  readonly subscription: string;
}

/** The discounts of a phase that can still be redeemed when it begins. */
function redeemable(account: Account, wanted: readonly PhaseDiscount[], owner: Owner): DiscountInput[] {
  const inputs = wanted.map(({ coupon, discount, promotion_code: code }) => ({
    coupon: coupon ?? undefined,
    discount: discount ?? undefined,
    promotion_code: code ?? undefined,
  }));
  return inputs.filter((input) => {
    try {
      account.imagine(() => applyDiscounts(account, [input], owner));
      return true;
    } catch (error) {
      if (error instanceof StripeFault) return false;
      throw error;
    }
  });
}

function priceOf(account: Account, id: string): Price {
  const price = soldPrice(account, id);
  if (!price) throw new Error(`The price ${id} is gone`);
  return price;
}
