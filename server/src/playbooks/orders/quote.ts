/** What an order costs, and who buys: read fresh, computed in code. */
import { type Money, money, parseMoney, sumMoney } from '@purser/money';
import type Stripe from 'stripe';
import { fromStripe } from '../../connections/stripe/amounts.ts';
import { ToolError } from '../../tools/tool.ts';
import { languagesOf } from '../mail-texts.ts';
import type { Surroundings } from '../playbook.ts';
import type { OrderInput } from './settings.ts';

export interface Line {
  readonly name: string;
  /** Absent for what has no price at Stripe. */
  readonly price?: string;
  readonly quantity: number;
  readonly unit: Money;
}

export interface Quote {
  readonly lines: readonly Line[];
  readonly total: Money;
}

type Reads = Pick<Surroundings, 'read'>;

/** Codes of what makes an order impossible, however often it is tried. */
export const impossible: ReadonlySet<string> = new Set([
  ...['two_currencies', 'price_not_active', 'price_recurring', 'price_without_amount'],
  ...['customer_deleted', 'ambiguous', 'not_found'],
]);

/**
 * What the items cost. `isBought`: a price that was archived since still says what was paid.
 * @throws ToolError for a price that cannot be bought, and for two currencies
 */
export async function quoteOf(
  { read }: Reads,
  { items }: Pick<OrderInput, 'items'>,
  { isBought = false }: { isBought?: boolean } = {},
): Promise<Quote> {
  const ids = [...new Set(items.flatMap(({ price }) => price ?? []))];
  const prices = new Map<string, Stripe.Price>();
  await read(async (api) => {
    for (const id of ids) prices.set(id, await api.prices.retrieve(id, { expand: ['product'] }));
  });
  const lines = items.map((item) => lineOf(item, prices, isBought));
  const [total, other] = sumMoney(
    lines.map(({ unit, quantity }) => money(unit.minor * BigInt(quantity), unit.currency)),
  );
  if (!total || other)
    throw new ToolError('two_currencies', 'An order is paid in one currency, and its items have several.', {
      next: 'Choose prices of one currency.',
    });
  return { lines, total };
}

function lineOf(
  item: OrderInput['items'][number],
  prices: ReadonlyMap<string, Stripe.Price>,
  isBought: boolean,
): Line {
  const { quantity, name = '', amount = '', currency = '' } = item;
  const price = item.price === undefined ? undefined : prices.get(item.price);
  if (!price) return { name, quantity, unit: parseMoney(amount, currency) };
  const { id, product, unit_amount: unit } = price;
  const next = 'Choose another price.';
  if (!price.active && !isBought)
    throw new ToolError('price_not_active', `The price ${id} is archived.`, { next });
  if (price.type === 'recurring')
    throw new ToolError('price_recurring', `The price ${id} is for a subscription, not for an order.`, {
      next,
    });
  if (unit === null)
    throw new ToolError('price_without_amount', `The price ${id} has no fixed whole amount.`, { next });
  const named = typeof product === 'object' && !product.deleted ? product.name : id;
  return { name: named, price: id, quantity, unit: fromStripe(unit, price.currency) };
}

/** Who buys, as they stand at Stripe; without id they are not known there yet. */
export interface Buyer {
  readonly id: string | null;
  readonly name: string | null;
  readonly email: string | null;
  readonly languages: readonly string[];
}

/** @throws ToolError for a customer who was deleted, and where several have the address */
export async function buyerOf({ read }: Reads, given: OrderInput['customer']): Promise<Buyer> {
  const wanted =
    typeof given === 'string' ? (given.startsWith('cus_') ? { id: given } : { email: given }) : given;
  if ('id' in wanted) {
    const customer = await read((api) => api.customers.retrieve(wanted.id));
    if (!customer.deleted) return known(customer);
    throw new ToolError('customer_deleted', `The customer ${wanted.id} was deleted.`, {
      next: 'Name another, or an e-mail address.',
    });
  }
  const { email } = wanted;
  const name = 'name' in wanted ? (wanted.name ?? null) : null;
  const { data } = await read((api) => api.customers.list({ email, limit: 10 }));
  const [one, ...others] = data;
  if (!one) return { id: null, name, email, languages: [] };
  if (others.length === 0) return known(one);
  throw new ToolError(
    'ambiguous',
    `Several customers have the address ${email}: ${data.map(({ id }) => id).join(', ')}.`,
    { next: 'Give the id of one of them.' },
  );
}

const known = ({ id, name, email, preferred_locales: locales }: Stripe.Customer): Buyer => ({
  ...{ id, name: name ?? null, email, languages: languagesOf(locales) },
});
