import type { Account } from '../account.ts';
import { existingCustomer } from '../customers.ts';
import { discountsParam } from '../discounts.ts';
import type { Invoice } from '../invoices/invoice.ts';
import { composeItem, type ItemInput, lineOf } from '../invoices/items.ts';
import { type Call, type Route, referred, route } from '../resource.ts';
import { invalidRequest, missingParam } from '../wire/errors.ts';
import { boolean, either, integer, list, object, oneOf, type Parsed, text } from '../wire/params.ts';
import { previewBill } from './bill.ts';
import { planChange } from './change.ts';
import { composeSubscription } from './create.ts';
import { changedItemFields } from './items.ts';
import { openingLines, periodLines } from './lines.ts';
import { nextBoundary } from './periods.ts';
import { unusedTime } from './proration.ts';
import { hasEnded, periodOf, type Subscription, subscriptions } from './subscription.ts';
import { keptItems, lastUsage, usageCharges } from './usage.ts';

const params = {
  currency: text(3),
  customer: text(),
  discounts: discountsParam,
  preview_mode: oneOf('next', 'recurring'),
  subscription: text(),
  subscription_details: object({
    cancel_at_period_end: boolean(),
    cancel_now: boolean(),
    items: list(object(changedItemFields), 20),
    proration_behavior: oneOf('always_invoice', 'create_prorations', 'none'),
    proration_date: integer(),
    trial_end: either((value) => value === 'now', oneOf('now'), integer()),
  }),
} as const;
type Params = Parsed<typeof params>;

/** The next invoice of a subscription, or the first of one that does not exist yet. Nothing is kept. */
function preview(call: Call<Params>): Invoice {
  const { account, params: given } = call;
  if (given.subscription !== undefined) {
    const subscription = referred(account, subscriptions, 'subscription', given.subscription, 'subscription');
    return upcoming(account, subscription, given.subscription_details ?? {});
  }
  if (given.customer === undefined) throw missingParam('customer');
  const customer = existingCustomer(account, given.customer);
  const items = given.subscription_details?.items;
  if (!items) {
    const running = account
      .of(subscriptions)
      .by('customer', customer.id)
      .find((one) => !hasEnded(one));
    if (!running) throw noneUpcoming(customer.id);
    return upcoming(account, running, {});
  }
  const wanted = given.subscription_details?.trial_end;
  const { subscription, period, trial } = composeSubscription(account, customer, {
    customer: customer.id,
    items,
    currency: given.currency,
    trialEnd: wanted === 'now' ? undefined : wanted,
  });
  return previewBill(account, subscription, {
    lines: openingLines(account, subscription, period, trial),
    reason: 'upcoming',
    autoAdvance: false,
    period,
    takePending: true,
  });
}

function upcoming(
  account: Account,
  subscription: Subscription,
  details: NonNullable<Params['subscription_details']>,
): Invoice {
  if (details.cancel_now) return finalBill(account, subscription, details.proration_date);
  if (hasEnded(subscription) || (subscription.cancel_at !== null && !details.items))
    throw noneUpcoming(subscription.customer);
  const { next, items, newPeriod, usage } = planChange(account, subscription, {
    items: details.items,
    trialEnd: details.trial_end,
    prorationBehavior: details.proration_behavior,
    prorationDate: details.proration_date,
  });
  const { start, end } = periodOf(next);
  const recurring = next.items.data[0]?.price.recurring;
  const following = {
    start: end,
    end: recurring ? nextBoundary(next.billing_cycle_anchor, recurring, end) : end,
  };
  const billsNow = newPeriod !== null || details.proration_behavior === 'always_invoice';
  const period = newPeriod ?? following;
  const regular = billsNow && !newPeriod ? [] : periodLines(account, next, period);
  return previewBill(account, next, {
    lines: [...linesOf(account, items), ...regular],
    usage: newPeriod
      ? usage
      : billsNow
        ? []
        : usageCharges(account, subscription, end, keptItems(subscription, next)),
    reason: 'upcoming',
    autoAdvance: false,
    period: newPeriod ?? { start, end },
    takePending: true,
  });
}

function finalBill(account: Account, subscription: Subscription, at = account.now()): Invoice {
  const credits = subscription.items.data.map((item) => unusedTime(account, subscription, item, at));
  return previewBill(account, subscription, {
    lines: linesOf(
      account,
      credits.filter((item) => item !== null),
    ),
    usage: lastUsage(account, subscription, at),
    reason: 'upcoming',
    autoAdvance: false,
    period: periodOf(subscription),
    takePending: true,
  });
}

function linesOf(account: Account, items: readonly ItemInput[]) {
  return items.map((item) => lineOf(account, composeItem(account, item)));
}

function noneUpcoming(customer: string) {
  return invalidRequest(`No upcoming invoices for customer: ${customer}`, { code: 'invoice_upcoming_none' });
}

/** `POST /v1/invoices/create_preview`. */
export const previewRoute: Route = route(
  'POST',
  '/v1/invoices/create_preview',
  { permission: 'invoice', params },
  preview,
);
