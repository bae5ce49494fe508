import { type Money, parseMoney, scale, sumMoney } from '@purser/money';
import { decimalOf, readAmount } from '../../../answers/money.ts';
import type { Amount, Period } from '../../../entities/entity.ts';
import { isJsonObject, type Json, type JsonObject, rowsAt, textAt } from '../../../json.ts';
import type { Kind, Query } from '../../../meaning/query.ts';
import type { Request } from '../../../meaning/request.ts';
import type { ToolSpec } from '../../../toolbox.ts';
import { type Act, declined, lookAside, type Outcome, type World } from '../../act.ts';
import { customerRef, failed } from '../../references.ts';

const lists: Readonly<Partial<Record<Kind, string>>> = {
  charge: 'list_charges',
  invoice: 'list_invoices',
  subscription: 'list_subscriptions',
  refund: 'list_refunds',
  dispute: 'list_disputes',
  payout: 'list_payouts',
  customer: 'list_customers',
  hold: 'list_payment_intents',
  fee: 'list_balance_transactions',
};

/** As many as a tool shows; what has more than that is not reckoned with. */
const mostRows = 1000;

/** What a question is about, and whether that is all of it. */
export interface Rows {
  readonly rows: readonly JsonObject[];
  readonly complete: boolean;
}

/** Every row that a question means, in a time. Only totals of complete rows may be told. */
export function* rowsOf(
  query: Query,
  request: Request,
  world: World,
  period: Period | undefined = request.slots.period,
): Act<Rows | Outcome> {
  const tool = world.toolbox.named(lists[query.of] ?? '');
  if (!tool) return declined('I have no tool here that lists those.');
  const customer = whose(request, world);
  const listed = yield* lookAside(tool.name, inputFor(tool, query, customer, period), world);
  if (listed.status !== 'ok') return failed(listed, request);
  const all = rowsAt(listed.value, 'data');
  const seen = typeof listed.value.seen === 'number' ? listed.value.seen : all.length;
  const theirs =
    customer && !tool.properties.has('customer') ? all.filter((row) => isOf(row, customer)) : all;
  const named = query.of === 'refund' ? yield* withPayers(theirs, world) : theirs;
  const meant = ofSpoken(named, query, request, world);
  const inTime =
    period && !tool.properties.has('created') ? meant.filter((row) => isIn(row, period, world)) : meant;
  return {
    rows: inTime.filter((row) => fits(row, query, request, world)),
    complete: listed.value.complete !== false && seen <= all.length,
  };
}

/** Whom a question is about: as named, or spoken of where a pronoun says so. */
export function whose(request: Request, world: World): string | undefined {
  return (
    customerRef(request, world) ?? (request.slots.pronoun === 'person' ? world.focus.customer() : undefined)
  );
}

function inputFor(
  tool: ToolSpec,
  { of, states = [] }: Query,
  customer: string | undefined,
  period: Period | undefined,
): Record<string, Json | undefined> {
  const takes = (name: string) => tool.properties.has(name);
  const options = tool.properties.get('status')?.enum;
  const allowed = (state: string | undefined) =>
    state !== undefined && Array.isArray(options) && options.includes(state);
  const [only] = states;
  const wanted = of === 'hold' ? 'requires_capture' : states.length === 1 ? only : undefined;
  const status = allowed(wanted) ? wanted : of === 'subscription' && allowed('all') ? 'all' : undefined;
  return {
    customer: takes('customer') ? customer : undefined,
    status: takes('status') ? status : undefined,
    open: takes('open') && only === 'open' ? true : undefined,
    overdue: takes('overdue') && only === 'overdue' ? true : undefined,
    created:
      takes('created') && period
        ? { ...(period.from && { from: period.from }), ...(period.to && { to: period.to }) }
        : undefined,
    limit: takes('limit') ? mostRows : undefined,
    count_all: takes('count_all') ? true : undefined,
  };
}

/** "Has it been refunded?": only what was done to the payment that was spoken of. */
function ofSpoken(
  rows: readonly JsonObject[],
  { of, measure }: Query,
  { slots }: Request,
  world: World,
): readonly JsonObject[] {
  const payment = world.focus.payment()?.value;
  const pointed = measure === 'check' && slots.pronoun === 'thing' && (of === 'refund' || of === 'dispute');
  if (!pointed || !payment) return rows;
  const ids = ['id', 'payment_intent', 'latest_charge'].map((field) => textAt(payment, field));
  return rows.filter((row) =>
    ['charge', 'payment_intent'].some((field) => ids.includes(textAt(row, field)) && row[field]),
  );
}

/** A refund says which payment it gave back; whose that was stands with the payment. */
function* withPayers(rows: readonly JsonObject[], world: World): Act<readonly JsonObject[]> {
  if (rows.length === 0 || !world.toolbox.named('list_charges')) return rows;
  const listed = yield* lookAside('list_charges', { limit: mostRows, count_all: true }, world);
  const charges = listed.status === 'ok' ? rowsAt(listed.value, 'data') : [];
  const byId = new Map(charges.map((charge) => [textAt(charge, 'id'), charge]));
  return rows.map((row) => {
    const charge = byId.get(textAt(row, 'charge'));
    if (!charge) return row;
    const { customer = null, customer_name = null, customer_email = null, description = null } = charge;
    return { ...row, customer, customer_name, customer_email, description };
  });
}

function isOf(row: JsonObject, customer: string): boolean {
  const wanted = customer.toLowerCase();
  const known = ['customer', 'customer_email', 'customer_name', 'name', 'email', 'id'].map((field) =>
    (textAt(row, field) ?? '').toLowerCase(),
  );
  return known.some((value) => value === wanted || ` ${value} `.includes(` ${wanted} `));
}

/** The day something was made, in the account's time zone. */
export function dayOf(row: JsonObject, { setting }: World): string {
  const created = textAt(row, 'created');
  return created
    ? new Intl.DateTimeFormat('en-CA', { timeZone: setting.zone }).format(new Date(created))
    : '';
}

function isIn(row: JsonObject, { from, to }: Period, world: World): boolean {
  const created = textAt(row, 'created') ?? '';
  const at = (limit: string) => (limit.includes('T') ? created : dayOf(row, world));
  return created !== '' && (from === undefined || at(from) >= from) && (to === undefined || at(to) < to);
}

function fits(row: JsonObject, query: Query, { slots }: Request, world: World): boolean {
  const { states, currency, brand, country, about, strict, of } = query;
  if (of === 'subscription' && !states && textAt(row, 'status') === 'canceled') return false;
  if (states && !states.some((state) => isInState(row, state, world))) return false;
  const amount = amountOf(row, query);
  if (currency && !(amount?.currency === currency || of === 'customer')) return false;
  if (brand && textAt(row, 'card_brand')?.toLowerCase() !== brand) return false;
  if (country && textAt(row, 'card_country') !== country) return false;
  if (about && !(textAt(row, 'description') ?? '').toLowerCase().includes(about)) return false;
  if (slots.product && of === 'subscription' && !isTo(row, slots.product.text)) return false;
  return between(amount, slots.atLeast, slots.atMost, strict === true);
}

function isInState(row: JsonObject, state: string, { setting }: World): boolean {
  const status = textAt(row, 'status');
  switch (state) {
    case 'overdue':
      return status === 'open' && (textAt(row, 'due_date') ?? '9') < setting.now.toISOString();
    case 'open':
      return /^(?:open|(?:warning_)?(?:needs_response|under_review))$/.test(status ?? '');
    case 'inactive':
      return !/^(?:active|trialing)$/.test(status ?? '');
    case 'running':
      return /^(?:active|trialing|past_due)$/.test(status ?? '');
    case 'in_trouble':
      return /^(?:past_due|incomplete|unpaid)$/.test(status ?? '');
    case 'ending':
      return row.cancel_at_period_end === true && status !== 'canceled';
    case 'paused':
      return textAt(row, 'collection_paused') !== undefined || status === 'paused';
    default:
      return status === state;
  }
}

function isTo(subscription: JsonObject, product: string): boolean {
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replace(/ (?:plan|product|subscription|membership|tier|package)s?$/, '')
      .replace(/s$/, '');
  return rowsAt(subscription, 'items').some((item) => {
    const name = plain(textAt(item, 'product_name') ?? '');
    return (
      textAt(item, 'product') === product ||
      name === plain(product) ||
      ` ${name} `.includes(` ${plain(product)} `)
    );
  });
}

function between(
  amount: Money | undefined,
  atLeast: Amount | undefined,
  atMost: Amount | undefined,
  strict: boolean,
): boolean {
  const within = (limit: Amount | undefined, sign: 1n | -1n) => {
    if (!limit) return true;
    if (!amount || (limit.currency && limit.currency !== amount.currency)) return false;
    const distance = (amount.minor - parseMoney(limit.decimal, amount.currency).minor) * sign;
    return strict ? distance > 0n : distance >= 0n;
  };
  return within(atLeast, 1n) && within(atMost, -1n);
}

/** What a row is over, as its kind has it: what is left of an open invoice, what a subscription costs a time. */
export function amountOf(row: JsonObject, { of, states = [] }: Query): Money | undefined {
  if (of === 'subscription') {
    const sums = rowsAt(row, 'items').flatMap((item) => {
      const one = exact(textAt(item, 'amount'));
      const quantity = typeof item.quantity === 'number' ? BigInt(item.quantity) : 1n;
      return one ? [scale(one, quantity, 1n)] : [];
    });
    return sumMoney(sums)[0];
  }
  if (of === 'fee') return exact(textAt(row, 'fee'));
  const owed = of === 'invoice' && states.some((state) => state === 'open' || state === 'overdue');
  const field = owed ? 'amount_remaining' : of === 'invoice' ? 'total' : 'amount';
  return exact(textAt(row, field) ?? textAt(row, 'amount'));
}

function exact(text: string | undefined): Money | undefined {
  const amount = readAmount(text);
  return amount && parseMoney(decimalOf(amount), amount.currency);
}

/** The value a row is told from others by: whose, of which product, in which month. */
export function groupsOf(row: JsonObject, by: Query['by'], world: World): string[] {
  switch (by) {
    case 'product':
      return rowsAt(row, 'items').flatMap((item) => textAt(item, 'product_name') ?? []);
    case 'month':
      return [dayOf(row, world).slice(0, 7)];
    case 'currency':
      return [readAmount(textAt(row, 'amount'))?.currency.toUpperCase() ?? ''];
    case 'brand':
      return [textAt(row, 'card_brand') ?? ''];
    case 'country':
      return [textAt(row, 'card_country') ?? ''];
    default: {
      const name = textAt(row, 'customer_name');
      const email = textAt(row, 'customer_email');
      const label = name && email ? `${name} (${email})` : (name ?? email ?? textAt(row, 'customer'));
      return label ? [label] : [];
    }
  }
}

export const isOutcome = (found: Rows | Outcome): found is Outcome =>
  isJsonObject(found) && 'status' in found;
