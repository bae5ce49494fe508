import { money, toDecimal } from '@purser/money';
import type Stripe from 'stripe';
import type { Payout } from '../payouts/payout.ts';
import type { Wire } from '../wire/shapes.ts';
import { type Facts, factsOf } from './facts.ts';
import type { Line } from './lines.ts';
import type { LocalTime } from './local-time.ts';

/** The times of a report: in the time zone it was asked in, and in UTC. */
export interface Times {
  readonly local: LocalTime;
  readonly utc: LocalTime;
}

/** What one column says of a line; nothing where it does not apply. */
type Column = (line: Line, facts: Facts, times: Times) => string | null | undefined;

/** Amounts are decimals in major units of the line's currency. */
function decimal(minor: number, { entry: { currency } }: Line): string {
  return toDecimal(money(minor, currency));
}

const transaction: Readonly<Record<string, Column>> = {
  balance_transaction_id: ({ entry }) => entry.id,
  created_utc: ({ entry }, _, { utc }) => utc.moment(entry.created),
  created: ({ entry }, _, { local }) => local.moment(entry.created),
  available_on_utc: ({ entry }, _, { utc }) => utc.moment(entry.available_on),
  available_on: ({ entry }, _, { local }) => local.moment(entry.available_on),
  currency: ({ entry }) => entry.currency,
  gross: (line) => decimal(line.entry.amount, line),
  fee: (line) => decimal(line.entry.fee, line),
  net: (line) => decimal(line.entry.net, line),
  reporting_category: ({ entry }) => entry.reporting_category,
  source_id: ({ entry }) => entry.source,
  description: ({ entry }) => entry.description,
  // Brazilian accounts alone have one.
  regulatory_tag: () => null,
  connected_account: ({ account }) => account.id,
};

const paidOut: Readonly<Record<string, Column>> = {
  automatic_payout_id: ({ payout }) => payout?.id,
  automatic_payout_effective_at_utc: ({ payout }, _, { utc }) => payout && utc.moment(payout.created),
  automatic_payout_effective_at: ({ payout }, _, { local }) => payout && local.moment(payout.created),
  trace_id: ({ payout }) => payout?.trace_id?.value,
  trace_id_status: ({ payout }) => payout?.trace_id?.status,
};

/** The columns of an address, by what they are called after. */
function addressColumns(
  prefix: string,
  of: (facts: Facts) => Partial<Wire<Stripe.Address>> | null | undefined,
): Record<string, Column> {
  const parts = ['line1', 'line2', 'city', 'state', 'postal_code', 'country'] as const;
  return Object.fromEntries(
    parts.map((part): [string, Column] => [`${prefix}_${part}`, (_, facts) => of(facts)?.[part]]),
  );
}

/** Whether a customer saw the money move; in the currency of the balance, as nothing is converted here. */
function customerSaw({ entry: { reporting_category: category } }: Line): boolean {
  return /^(charge|refund|dispute)(_|$)/.test(category);
}

const customer: Readonly<Record<string, Column>> = {
  customer_facing_amount: (line) => (customerSaw(line) ? decimal(line.entry.amount, line) : null),
  customer_facing_currency: (line) => (customerSaw(line) ? line.entry.currency : null),
  customer_id: (_, { charge }) => charge?.customer,
  customer_email: (_, facts) => facts.customer?.email,
  customer_name: (_, facts) => facts.customer?.name,
  customer_description: (_, facts) => facts.customer?.description,
  ...addressColumns('customer_shipping_address', (facts) => facts.customer?.shipping?.address),
  ...addressColumns('customer_address', (facts) => facts.customer?.address),
  ...addressColumns('shipping_address', (facts) => facts.charge?.shipping?.address),
  ...addressColumns('card_address', ({ charge }) =>
    charge?.payment_method_details?.card ? charge.billing_details.address : null,
  ),
};

const payment: Readonly<Record<string, Column>> = {
  charge_id: (_, { charge }) => charge?.id,
  payment_intent_id: (_, { charge }) => charge?.payment_intent,
  charge_created_utc: (_, { charge }, { utc }) => charge && utc.moment(charge.created),
  charge_created: (_, { charge }, { local }) => charge && local.moment(charge.created),
  invoice_id: (_, { invoice }) => invoice?.id,
  invoice_number: (_, { invoice }) => invoice?.number,
  subscription_id: (_, { invoice }) => invoice?.parent?.subscription_details?.subscription,
  // Of Stripe's orders, which are no more.
  order_id: () => null,
  payment_method_type: (_, { charge }) => charge?.payment_method_details?.type,
  is_link: (_, { charge }) => charge && String(charge.payment_method_details?.type === 'link'),
  card_brand: (_, { charge }) => charge?.payment_method_details?.card?.brand,
  card_funding: (_, { charge }) => charge?.payment_method_details?.card?.funding,
  card_country: (_, { charge }) => charge?.payment_method_details?.card?.country,
  statement_descriptor: (_, { charge }) => charge?.calculated_statement_descriptor,
  dispute_reason: (_, { dispute }) => dispute?.reason,
};

/** What a platform's line has to do with a connected account. */
const partner: Readonly<Record<string, Column>> = {
  connected_account_id: (_, { connected }) => connected?.id,
  connected_account_name: (_, { connected }) => connected?.business_profile?.name ?? connected?.company?.name,
  connected_account_country: (_, { connected }) => connected?.country,
  connected_account_direct_charge_id: (_, { fee }) => (fee?.originating_transaction ? null : fee?.charge),
  destination_payment_id: (_, { transfer }) => transfer?.destination_payment,
};

/** How a payout that did not stay ended: when its money came back. */
function cameBackAt({ account }: Line, payout: Payout | null): number | null {
  if (!payout) return null;
  const back = payout.reversed_by ?? payout.failure_balance_transaction;
  if (back === null) return null;
  const found = account.byName('payouts')?.get(back) ?? account.byName('balance_transactions')?.get(back);
  return found && 'created' in found && typeof found.created === 'number' ? found.created : null;
}

const payoutOnly: Readonly<Record<string, Column>> = {
  payout_id: (_, { payout }) => payout?.id,
  effective_at_utc: ({ entry }, _, { utc }) => utc.moment(entry.created),
  effective_at: ({ entry }, _, { local }) => local.moment(entry.created),
  // Payouts arrive at the start of a day, which is one of UTC.
  payout_expected_arrival_date: (_, { payout }, { utc }) => payout && utc.moment(payout.arrival_date),
  payout_status: (_, { payout }) => payout?.status,
  payout_reversed_at_utc: (line, { payout }, { utc }) => optionalMoment(utc, cameBackAt(line, payout)),
  payout_reversed_at: (line, { payout }, { local }) => optionalMoment(local, cameBackAt(line, payout)),
  payout_type: (_, { payout }) => payout?.type,
  payout_description: (_, { payout }) => payout?.description,
  payout_destination_id: (_, { payout }) => payout?.destination,
};

function optionalMoment(time: LocalTime, at: number | null): string | null {
  return at === null ? null : time.moment(at);
}

const itemized: Readonly<Record<string, Column>> = {
  ...transaction,
  ...paidOut,
  ...customer,
  ...payment,
  ...partner,
};
const itemizedPayouts: Readonly<Record<string, Column>> = { ...transaction, ...payoutOnly };

const metadataColumn = /^(payment|refund|transfer)_metadata\[(.{1,40})\]$/s;

/** Whether a report of single transactions has a column of this name. */
export function hasColumn(name: string, ofPayouts: boolean): boolean {
  if (ofPayouts) return Object.hasOwn(itemizedPayouts, name);
  return Object.hasOwn(itemized, name) || metadataColumn.test(name);
}

/** A line's values in the columns asked for. */
export function cellsOf(line: Line, columns: readonly string[], times: Times): string[] {
  const facts = factsOf(line);
  return columns.map((name) => {
    const column = itemized[name] ?? itemizedPayouts[name];
    return (column ? column(line, facts, times) : metadataOf(name, facts)) ?? '';
  });
}

function metadataOf(column: string, { charge, refund, transfer }: Facts): string | undefined {
  const [, kind, key = ''] = metadataColumn.exec(column) ?? [];
  const source = kind === 'payment' ? charge : kind === 'refund' ? refund : transfer;
  return source?.metadata?.[key];
}
