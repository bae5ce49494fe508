import type Stripe from 'stripe';
import { type Json, ToolError } from '../../../tools/tool.ts';
import { isStripeError } from '../client.ts';
import { follow, idOf } from '../pages.ts';
import { priceLabel, priceRow } from '../views/catalogue.ts';
import { compact } from '../views/shape.ts';
import { bestMatches, nearMatches } from './matching.ts';
import { ambiguous, notFound } from './problems.ts';

function candidate(product: Stripe.Product): Json {
  return compact({
    id: product.id,
    name: product.name,
    active: product.active,
    description: product.description,
  });
}

async function productById(api: Stripe, id: string): Promise<Stripe.Product | undefined> {
  try {
    return await api.products.retrieve(id);
  } catch (error) {
    if (isStripeError(error) && error.code === 'resource_missing') return undefined;
    throw error;
  }
}

/**
 * The one product meant by an id or a name. Active ones go before archived ones of the same name.
 * @throws ToolError `not_found` with near names, or `ambiguous` with candidates.
 */
export async function resolveProduct(api: Stripe, reference: string): Promise<Stripe.Product> {
  const asked = reference.trim();
  if (/^prod_\w+$/.test(asked)) return api.products.retrieve(asked);
  const all = await follow((page) => api.products.list(page));
  const matches = bestMatches(asked, all.items, (product) => product.name);
  const active = matches.filter((product) => product.active);
  const found = active.length > 0 ? active : matches;
  if (found.length > 1) throw ambiguous('product', asked, found.map(candidate));
  if (found[0] && all.complete) return found[0];
  // A shop may give products ids of its own, which look like any word.
  const byId = /^[\w-]+$/.test(asked) ? await productById(api, asked) : undefined;
  if (byId) return byId;
  throw notFound('product', asked, nearMatches(asked, all.items, (product) => product.name).map(candidate));
}

/** What is known of the price that is meant. */
export interface PriceWish {
  readonly price?: string | undefined;
  readonly product?: string | undefined;
  readonly interval?: Stripe.Price.Recurring.Interval | undefined;
  readonly intervalCount?: number | undefined;
  /** Decides between prices that differ in their currency alone; no wish that only this currency will do. */
  readonly preferredCurrency?: string | null | undefined;
  /** `recurring` where it is for a subscription, `any` for a link or an invoice. */
  readonly type: 'recurring' | 'any';
}

export interface PricedProduct {
  readonly price: Stripe.Price;
  readonly product: Stripe.Product;
}

function fits(price: Stripe.Price, wish: PriceWish): boolean {
  if (wish.type === 'recurring' && price.type !== 'recurring') return false;
  if (wish.interval && price.recurring?.interval !== wish.interval) return false;
  const count = wish.intervalCount ?? (wish.interval ? 1 : undefined);
  return count === undefined || price.recurring?.interval_count === count;
}

function wished(wish: PriceWish): string {
  const count = wish.intervalCount ?? 1;
  if (wish.interval)
    return `active price per ${count === 1 ? '' : `${count} `}${wish.interval}${count === 1 ? '' : 's'}`;
  return wish.type === 'recurring' ? 'active recurring price' : 'active price';
}

function inPreferredCurrency(prices: readonly Stripe.Price[], wish: PriceWish): readonly Stripe.Price[] {
  const preferred = prices.filter((price) => price.currency === wish.preferredCurrency);
  return preferred.length > 0 ? preferred : prices;
}

/** Chooses among a product's active prices: the only one that fits, or the product's default among several. */
function choosePrice(
  product: Stripe.Product,
  prices: readonly Stripe.Price[],
  wish: PriceWish,
): Stripe.Price {
  const fitting = inPreferredCurrency(
    prices.filter((price) => fits(price, wish)),
    wish,
  );
  const [only] = fitting;
  if (only && fitting.length === 1) return only;
  const standard = fitting.find((price) => price.id === idOf(product.default_price));
  if (standard) return standard;
  if (fitting.length > 1) throw ambiguous('price', product.name, fitting.map(priceRow));
  const has = prices.map(priceLabel).join(', ') || 'none';
  throw new ToolError('not_found', `${product.name} has no ${wished(wish)}; its active prices: ${has}.`, {
    next: 'Ask which price to use, or create one with create_price first.',
    details: { product: product.id, prices: prices.map(priceRow) },
  });
}

/**
 * The price meant by its id, or by a product and how often it bills. Only active prices of active products.
 * @throws ToolError `not_found`, `ambiguous`, `inactive`, or `missing_input` when neither is given.
 */
export async function resolvePrice(api: Stripe, wish: PriceWish): Promise<PricedProduct> {
  if (wish.price && /^(price|plan)_\w+$/.test(wish.price.trim()))
    return priceById(api, wish.price.trim(), wish);
  const named = wish.product ?? wish.price;
  if (!named) {
    throw new ToolError('missing_input', 'Neither a product nor a price was given.', {
      next: 'Ask which product it is for.',
    });
  }
  const product = await resolveProduct(api, named);
  if (!product.active) throw inactive(`The product ${product.name} is archived.`);
  const prices = await follow((page) => api.prices.list({ ...page, product: product.id, active: true }));
  return { product, price: choosePrice(product, prices.items, wish) };
}

async function priceById(api: Stripe, id: string, wish: PriceWish): Promise<PricedProduct> {
  const price = await api.prices.retrieve(id);
  if (!price.active) throw inactive(`The price ${id} is archived.`);
  if (wish.type === 'recurring' && price.type !== 'recurring') {
    throw new ToolError('invalid_price', `The price ${id} (${priceLabel(price)}) is not recurring.`, {
      next: 'Use a recurring price of the product.',
    });
  }
  return { price, product: await api.products.retrieve(idOf(price.product) ?? '') };
}

/**
 * How many of a price: one where nothing was said; undefined where a meter counts, since Stripe takes no quantity then.
 * @throws ToolError `metered_price` when one was given nevertheless
 */
export function quantityOf(price: Stripe.Price, asked: number | undefined): number | undefined {
  if (price.recurring?.usage_type !== 'metered') return asked ?? 1;
  if (asked === undefined) return undefined;
  throw new ToolError('metered_price', `${priceLabel(price)}: a meter counts it, so it has no quantity.`, {
    next: 'Leave the quantity out; usage is recorded with record_meter_event.',
    details: { price: price.id },
  });
}

function inactive(message: string): ToolError {
  return new ToolError('inactive', message, { next: 'Use an active one, or activate it again first.' });
}

/** Names by id, for lists that cannot expand that deep. What the key may not read is left out. */
export async function productNames(api: Stripe, ids: Iterable<string>): Promise<Map<string, string>> {
  const wanted = [...new Set(ids)].filter((id) => id !== '').slice(0, 100);
  if (wanted.length === 0) return new Map();
  try {
    const { data } = await api.products.list({ ids: wanted, limit: 100 });
    return new Map(data.map((product) => [product.id, product.name]));
  } catch (error) {
    if (isStripeError(error)) return new Map();
    throw error;
  }
}
