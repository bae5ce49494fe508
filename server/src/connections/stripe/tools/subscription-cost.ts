import type Stripe from 'stripe';
import type { Json } from '../../../tools/tool.ts';
import { shown, spoken } from '../amounts.ts';
import { isStripeError } from '../client.ts';
import { dayStartFor } from '../desk.ts';
import { idOf } from '../pages.ts';
import { type Desk, permitted } from '../stripe-tool.ts';
import { compact, time } from '../views/shape.ts';

/** What becomes of the difference for the rest of the period. */
export const prorations = ['create_prorations', 'none', 'always_invoice'] as const;
export type Proration = (typeof prorations)[number];

export interface ItemChange {
  readonly id: string;
  readonly price?: string | undefined;
  readonly quantity?: number | undefined;
}

/** What a change of a subscription comes to, as Stripe itself computes it. Amounts in minor units. */
export interface ChangeCost {
  readonly currency: string;
  /**
   * The difference for the rest of the period: negative where the customer gets something back. Undefined where the
   * bill has more lines than a preview shows.
   */
  readonly difference: number | undefined;
  /** Each line of that difference. */
  readonly lines: readonly { readonly description: string; readonly amount: number }[];
  /** What is billed at once; undefined where nothing is. */
  readonly dueNow: number | undefined;
  /** The next regular bill, that difference on it where it is not billed at once. */
  readonly next: { readonly total: number; readonly at: number } | undefined;
}

/** What time it is for a subscription: one on a test clock lives at the clock's. */
export async function nowOf(desk: Desk, api: Stripe, subscription: Stripe.Subscription): Promise<Date> {
  const clock = idOf(subscription.test_clock);
  const frozen = clock && (await permitted(api.testHelpers.testClocks.retrieve(clock)));
  return frozen ? new Date(frozen.frozen_time * 1000) : desk.now();
}

/**
 * From when on a difference is counted: the beginning of today, so that what is shown is what will be billed though
 * the approval takes an hour. Never outside of the item's period. In Unix seconds.
 */
export async function countedFrom(
  desk: Desk,
  api: Stripe,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
): Promise<number> {
  const today = await dayStartFor(desk, api, await nowOf(desk, api, subscription));
  return Math.min(Math.max(today, item.current_period_start), item.current_period_end);
}

function isDifference(line: Stripe.InvoiceLineItem, from: number): boolean {
  const details = line.parent?.invoice_item_details ?? line.parent?.subscription_item_details;
  return details?.proration === true && line.period.start === from;
}

/** The next invoice of a subscription as it is, or as it would be; undefined when none comes or it may not be asked. */
export async function upcoming(
  api: Stripe,
  params: Stripe.InvoiceCreatePreviewParams,
): Promise<Stripe.Invoice | undefined> {
  try {
    return await permitted(api.invoices.createPreview(params));
  } catch (error) {
    if (isStripeError(error) && error.code === 'invoice_upcoming_none') return undefined;
    throw error;
  }
}

/**
 * Asks Stripe what a change costs.
 * @returns undefined where the key may not ask: it needs Invoices
 */
export async function changeCost(
  api: Stripe,
  subscription: Stripe.Subscription,
  change: { item: ItemChange; proration: Proration; from: number; atOnce: boolean },
): Promise<ChangeCost | undefined> {
  const details = {
    items: [change.item],
    proration_behavior: change.proration,
    ...(change.proration !== 'none' && { proration_date: change.from }),
  };
  const bill = await upcoming(api, { subscription: subscription.id, subscription_details: details });
  if (!bill) return undefined;
  const lines = bill.lines.data.filter((line) => isDifference(line, change.from));
  const next = change.atOnce
    ? await upcoming(api, {
        subscription: subscription.id,
        preview_mode: 'recurring',
        subscription_details: { ...details, proration_behavior: 'none' },
      })
    : bill;
  return {
    currency: bill.currency,
    difference: bill.lines.has_more ? undefined : lines.reduce((sum, line) => sum + line.amount, 0),
    lines: lines.map((line) => ({ description: line.description ?? '', amount: line.amount })),
    dueNow: change.atOnce ? bill.amount_due : undefined,
    next: next && { total: next.total, at: next.period_end },
  };
}

function differenceWords(difference: number | undefined, currency: string): string {
  if (difference === undefined) return 'a part of the bill, which has more lines than can be added up here';
  return difference < 0 ? `${spoken(-difference, currency)} back` : `${spoken(difference, currency)} more`;
}

/** The same for a person, in the order they ask. */
export function costFacts(cost: ChangeCost | undefined, from: number): { label: string; value: string }[] {
  if (!cost) return [{ label: 'Costs', value: 'unknown: the key may not preview invoices' }];
  const { currency, difference, dueNow, next } = cost;
  return [
    ...(cost.lines.length > 0
      ? [
          {
            label: 'For the rest of the period',
            value: `${differenceWords(difference, currency)}, counted from ${time(from)}`,
          },
        ]
      : []),
    { label: 'Billed now', value: dueNow === undefined ? 'nothing' : spoken(dueNow, currency) },
    ...(next ? [{ label: 'Next bill', value: `${spoken(next.total, currency)} on ${day(next.at)}` }] : []),
  ];
}

/** The same for a model. */
export function costView(cost: ChangeCost, from: number): { [key: string]: Json } {
  const { currency, next } = cost;
  return compact({
    difference: cost.difference === undefined ? undefined : shown(cost.difference, currency),
    counted_from: time(from),
    lines: cost.lines.map((line) => ({ ...line, amount: shown(line.amount, currency) })),
    billed_now: shown(cost.dueNow ?? 0, currency),
    next_bill: next && shown(next.total, currency),
    next_bill_at: time(next?.at),
  });
}

/** `2026-12-24`, in UTC. */
export function day(seconds: number | null | undefined): string {
  return time(seconds)?.slice(0, 10) ?? 'the end of the period';
}
