import type { Account } from '../account.ts';
import { applyDiscounts, type DiscountInput } from '../discounts.ts';
import { planOf } from '../prices/plan.ts';
import type { Price } from '../prices/price.ts';
import { refused } from '../resource.ts';
import { checkTogether, itemPrice, newItem, shortestRecurrence } from '../subscriptions/items.ts';
import { oneOffPrice } from '../subscriptions/one-off-items.ts';
import { intervalsOn, type Recurrence } from '../subscriptions/periods.ts';
import { ownMethod } from '../subscriptions/terms.ts';
import { existingTaxRates } from '../tax-rates.ts';
import { applyMetadata } from '../wire/params.ts';
import { named } from './named.ts';
import { type AddedItemInput, maxPhases, type PhaseInput } from './params.ts';
import type { Phase, PhaseDiscount, PhaseItem } from './schedule.ts';
import { phaseInvoiceSettings, shownShares, thresholdsOf } from './settings.ts';

/** Whose phases they are. */
export interface PhaseOwner {
  readonly customer: string;
  readonly flexible: boolean;
}

/**
 * The phases that a request describes, one beginning where the one before ends. `start` is when the first begins, in
 * seconds. Throws Stripe's refusals.
 */
export function phasesFrom(
  account: Account,
  inputs: readonly PhaseInput[],
  start: number,
  owner: PhaseOwner,
): Phase[] {
  const phases: Phase[] = [];
  for (const [at, input] of inputs.entries()) {
    const from = phases.at(-1)?.end_date ?? start;
    const next = inputs[at + 1]?.start_date;
    phases.push(phaseFrom(account, input, { path: `phases[${at}]`, start: from, next }, owner));
  }
  const currencies = new Set(phases.map(({ currency }) => currency));
  if (currencies.size > 1)
    throw refused('phases', 'All phases of a subscription schedule must have the same currency.');
  if (phases.filter((phase) => phase.end_date > account.now()).length > maxPhases)
    throw refused(
      'phases',
      `A subscription schedule can have at most ${maxPhases} phases that have not ended yet.`,
    );
  return phases;
}

interface Place {
  /** How errors name the phase: `phases[0]`. */
  readonly path: string;
  readonly start: number;
  /** When the next phase is said to begin. */
  readonly next: PhaseInput['start_date'];
}

function phaseFrom(account: Account, input: PhaseInput, place: Place, owner: PhaseOwner): Phase {
  const { path, start } = place;
  const wantedStart = timeOf(account, input.start_date);
  if (wantedStart !== undefined && wantedStart !== start)
    throw refused(
      `${path}[start_date]`,
      `The start date of a phase must be the end date of the phase before it: ${start}.`,
    );
  const { items, currency, shortest } = itemsFrom(account, input, path, owner);
  const end = phaseEnd(account, input, place, shortest);
  const { customer } = owner;
  return {
    add_invoice_items: (input.add_invoice_items ?? []).map((item, at) =>
      addedItem(account, item, `${path}[add_invoice_items][${at}]`),
    ),
    application_fee_percent: null,
    billing_cycle_anchor: anchorOf(input, path),
    billing_thresholds: thresholdsOf(input.billing_thresholds),
    collection_method: input.collection_method ?? null,
    currency,
    default_payment_method: named(
      path,
      () => ownMethod(account, customer, input.default_payment_method)?.id ?? null,
    ),
    default_tax_rates: existingTaxRates(account, input.default_tax_rates ?? [], `${path}[default_tax_rates]`),
    description: input.description ?? null,
    discounts: discountsFrom(account, input.discounts ?? [], path, customer),
    end_date: end,
    invoice_settings: phaseInvoiceSettings(account, input.invoice_settings),
    items,
    metadata: applyMetadata({}, input.metadata),
    on_behalf_of: null,
    proration_behavior: input.proration_behavior ?? 'create_prorations',
    start_date: start,
    transfer_data: null,
    trial_end: trialEnd(account, input, { path, start, end }),
    ...shownShares(input),
  };
}

function timeOf(account: Account, time: PhaseInput['start_date']): number | undefined {
  return time === 'now' ? account.now() : time;
}

function itemsFrom(account: Account, input: PhaseInput, path: string, owner: PhaseOwner) {
  const priced = input.items.map((item, at) => ({
    item,
    price: itemPrice(account, item, `${path}[items][${at}]`),
  }));
  const currency = input.currency?.toLowerCase() ?? priced[0]?.price.currency ?? 'usd';
  const shortest = named(path, () =>
    account.imagine(() => {
      const draft = priced.map(({ item, price }) =>
        newItem(account, item, price, { customer: owner.customer, subscription: '' }),
      );
      checkTogether(account, draft, { currency, flexible: owner.flexible });
      return shortestRecurrence(draft);
    }),
  );
  const items = priced.map(({ item, price }, at): PhaseItem => {
    const rates = `${path}[items][${at}][tax_rates]`;
    return {
      billing_thresholds: item.billing_thresholds ?? null,
      discounts: (item.discounts ?? []).map(shownDiscount),
      metadata: applyMetadata({}, item.metadata),
      plan: planOf(price).id,
      price: price.id,
      ...(price.recurring?.usage_type === 'metered' ? {} : { quantity: item.quantity ?? 1 }),
      tax_rates: existingTaxRates(account, item.tax_rates ?? [], rates),
    };
  });
  return { items, currency, shortest };
}

function shownDiscount({ coupon, discount, promotion_code: code }: DiscountInput): PhaseDiscount {
  return { coupon: coupon ?? null, discount: discount ?? null, promotion_code: code ?? null };
}

/** Discounts are redeemed when their phase begins; here it is only seen that they could be. */
function discountsFrom(
  account: Account,
  wanted: readonly DiscountInput[],
  path: string,
  customer: string,
): PhaseDiscount[] {
  named(path, () => account.imagine(() => applyDiscounts(account, wanted, { customer, subscription: '' })));
  return wanted.map(shownDiscount);
}

function addedItem(account: Account, item: AddedItemInput, path: string): Phase['add_invoice_items'][number] {
  const { start, end } = item.period ?? {};
  const price: Price = oneOffPrice(account, item, path);
  return {
    discountable: item.discountable ?? null,
    discounts: (item.discounts ?? []).map(shownDiscount),
    metadata: applyMetadata({}, item.metadata),
    period: {
      end: { type: 'min_item_period_end', ...end },
      start: { type: 'max_item_period_start', ...start },
    },
    price: price.id,
    quantity: item.quantity ?? 1,
    tax_rates: existingTaxRates(account, item.tax_rates ?? [], `${path}[tax_rates]`),
  };
}

/** When a phase ends, in seconds: as said, after a duration, where the next begins, else after one interval of its prices. */
function phaseEnd(account: Account, input: PhaseInput, place: Place, shortest: Recurrence): number {
  const { path, start } = place;
  const lengths = ['duration', 'end_date', 'iterations'] as const;
  const [first, second] = lengths.filter((name) => input[name] !== undefined);
  if (first && second)
    throw refused(`${path}[${second}]`, `You may only specify one of these parameters: ${first}, ${second}.`);
  const { duration, iterations = 1 } = input;
  const lasts = duration
    ? intervalsOn(start, { ...duration, interval_count: duration.interval_count ?? 1 }, 1)
    : first === 'iterations' || place.next === undefined
      ? intervalsOn(start, shortest, iterations)
      : timeOf(account, place.next);
  const end = timeOf(account, input.end_date) ?? lasts ?? start;
  if (end > start) return end;
  throw refused(
    `${path}[end_date]`,
    `The end date of a phase must be after its start date: ${end} is not after ${start}.`,
  );
}

function trialEnd(
  account: Account,
  input: PhaseInput,
  { path, start, end }: { readonly path: string; readonly start: number; readonly end: number },
): number | null {
  const wanted = timeOf(account, input.trial_end);
  if (input.trial) {
    if (wanted === undefined || wanted === end) return end;
    throw refused(
      `${path}[trial_end]`,
      'When `trial` is set to true, `trial_end` must be the end date of the phase.',
    );
  }
  if (wanted === undefined) return null;
  if (wanted >= start && wanted <= end) return wanted;
  throw refused(`${path}[trial_end]`, '`trial_end` must be within the phase.');
}

function anchorOf(input: PhaseInput, path: string): Phase['billing_cycle_anchor'] {
  const { billing_cycle_anchor: anchor, trial, trial_end: end } = input;
  if (anchor === 'phase_start' && (trial || end !== undefined))
    throw refused(
      `${path}[billing_cycle_anchor]`,
      '`billing_cycle_anchor` cannot be set to `phase_start` if the phase has a trial.',
    );
  return anchor ?? null;
}
