import type { Account } from '../account.ts';
import { itemsOf, type StoredItem } from '../checkout/items.ts';
import { day } from '../clock.ts';
import { actingApplication } from '../connect/application.ts';
import { couponAtWork } from '../coupons.ts';
import { type Discount, discounts, newDiscount } from '../discounts.ts';
import { create } from '../events.ts';
import { randomText } from '../ids.ts';
import { type Call, referred, refused } from '../resource.ts';
import { existingClock } from '../test-clocks/test-clock.ts';
import type { Parsed } from '../wire/params.ts';
import { expiryJob } from './expire.ts';
import type { createParams } from './params.ts';
import { withAmounts } from './pricing.ts';
import { type Quote, quotes } from './quote.ts';
import { expiryFor, withTerms } from './terms.ts';

type Params = Parsed<typeof createParams>;

/** How long a quote stands unless told otherwise. */
const standsFor = 30 * day;

/** `POST /v1/quotes`: a draft from the terms of the request, or a copy of another quote. */
export function createFrom({ account, params }: Call<Params>): Quote {
  const { from_quote: from, test_clock: clock, ...terms } = params;
  if (clock !== undefined) existingClock(account, clock);
  const quote = from ? copyOf(account, from, params) : withTerms(account, blankQuote(account), terms);
  account.schedule(quote.expires_at, expiryJob, quote.id);
  return create(account, quotes, quote, 'quote.created');
}

/** The same offer once more; a revision takes the place of the original when it is finalized. */
function copyOf(account: Account, from: NonNullable<Params['from_quote']>, params: Params): Quote {
  const alone = ['from_quote', 'expires_at', 'expand'];
  const other = Object.keys(params).find((name) => !alone.includes(name));
  if (other !== undefined)
    throw refused(other, `You may only specify one of these parameters: from_quote, ${other}.`);
  const original = referred(account, quotes, 'quote', from.quote, 'from_quote[quote]');
  const isRevision = from.is_revision ?? false;
  if (isRevision && original.status !== 'open')
    throw refused(
      'from_quote[is_revision]',
      `You cannot revise a quote that is in the \`${original.status}\` status. It must be in the \`open\` status to be revised.`,
    );
  const blank = blankQuote(account);
  const copied: Quote = {
    ...original,
    ...fresh(blank),
    discounts: again(account, original.discounts),
    expires_at: expiryFor(account, blank, params.expires_at),
    from_quote: { is_revision: isRevision, quote: original.id },
  };
  return withAmounts(account, copied, copiedItems(account, original.id, copied.id));
}

/** What a copy does not take over. */
function fresh(blank: Quote) {
  const { id, created, invoice, number, status, status_transitions, subscription } = blank;
  const { subscription_schedule, test_clock } = blank;
  return {
    id,
    created,
    invoice,
    number,
    status,
    status_transitions,
    subscription,
    subscription_schedule,
    test_clock,
  };
}

function copiedItems(account: Account, from: string, to: string): StoredItem[] {
  return itemsOf(account, from).map((item) => ({
    ...item,
    id: `li_1${randomText(23)}`,
    own_discounts: again(account, item.own_discounts ?? []),
    owner: to,
  }));
}

/** The same discounts once more; what was agreed on is not asked about again. */
function again(account: Account, ids: readonly string[]): string[] {
  return ids
    .map((id) => account.of(discounts).get(id))
    .filter((discount): discount is Discount => discount !== undefined)
    .flatMap(({ customer, promotion_code: code, source }) => {
      const coupon = couponAtWork(account, source.coupon);
      return coupon ? [newDiscount(account, coupon, { customer }, code).id] : [];
    });
}

function blankQuote(account: Account): Quote {
  const now = account.now();
  const nothing = { amount_discount: 0, amount_shipping: 0, amount_tax: 0 };
  return {
    id: `qt_1${randomText(23)}`,
    object: 'quote',
    amount_subtotal: 0,
    amount_total: 0,
    application: actingApplication(account),
    application_fee_amount: null,
    application_fee_percent: null,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    collection_method: 'charge_automatically',
    computed: {
      recurring: null,
      upfront: { amount_subtotal: 0, amount_total: 0, total_details: nothing },
    },
    created: now,
    currency: null,
    customer: null,
    customer_account: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    expires_at: now + standsFor,
    footer: null,
    from_quote: null,
    header: null,
    invoice: null,
    invoice_settings: {
      custom_fields: null,
      days_until_due: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    livemode: account.livemode,
    metadata: {},
    number: null,
    on_behalf_of: null,
    status: 'draft',
    status_transitions: { accepted_at: null, canceled_at: null, finalized_at: null },
    subscription: null,
    subscription_data: {
      billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
      description: null,
      effective_date: null,
      metadata: {},
      trial_period_days: null,
    },
    subscription_schedule: null,
    test_clock: account.timeline(),
    total_details: nothing,
    transfer_data: null,
  };
}
