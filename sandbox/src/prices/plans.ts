import type Stripe from 'stripe';
import { emit, update } from '../events.ts';
import { newId } from '../ids.ts';
import { productDataParam, productFor, products } from '../product-store.ts';
import { type Call, listed, type Route, referred, refused, route } from '../resource.ts';
import { missingParam, noSuch } from '../wire/errors.ts';
import { datedPageParams } from '../wire/pages.ts';
import {
  applyMetadata,
  boolean,
  decimal,
  either,
  integer,
  metadata,
  object,
  oneOf,
  type Parsed,
  required,
  text,
  unsettableText,
} from '../wire/params.ts';
import { amountFields, onlyOne, unitAmountParam } from './amounts.ts';
import { createPrice, recurringFields } from './create.ts';
import { type Plan, planOf } from './plan.ts';
import { deletedPrices, type Price, priceCurrency, prices } from './price.ts';

const createParams = {
  ...recurringFields,
  active: boolean(),
  amount: unitAmountParam,
  amount_decimal: decimal(),
  billing_scheme: oneOf('per_unit', 'tiered'),
  currency: required(priceCurrency),
  id: text(255),
  metadata: metadata(),
  nickname: text(5000),
  product: either((value) => typeof value === 'string', text(), productDataParam),
  tiers: amountFields.tiers,
  tiers_mode: oneOf('graduated', 'volume'),
  transform_usage: object({ divide_by: required(integer(1)), round: required(oneOf('down', 'up')) }),
} as const;
const updateParams = {
  active: boolean(),
  metadata: metadata(),
  nickname: unsettableText(),
  product: text(),
  trial_period_days: integer(0, 730),
} as const;

function create({ account, params }: Call<Parsed<typeof createParams>>): Plan {
  const { amount, amount_decimal, product, transform_usage, id } = params;
  const { interval, interval_count, meter, trial_period_days, usage_type, ...rest } = params;
  if (product === undefined) throw missingParam('product');
  if (id !== undefined && account.of(prices).get(id))
    throw refused('id', 'Plan already exists.', 'resource_already_exists');
  onlyOne(params, ['amount', 'amount_decimal']);
  const { currency, active, billing_scheme, nickname, tiers, tiers_mode } = rest;
  return planOf(
    createPrice(account, {
      id: id ?? newId('plan'),
      active,
      billing_scheme,
      currency,
      metadata: params.metadata,
      nickname,
      product: productFor(account, typeof product === 'string' ? { product } : { product_data: product }),
      recurring: { interval, interval_count, meter, trial_period_days, usage_type },
      tiers,
      tiers_mode,
      transform_quantity: transform_usage,
      unit_amount: amount,
      unit_amount_decimal: amount_decimal,
    }),
  );
}

function existing(call: Call<unknown>): Price {
  const price = call.account.of(prices).get(call.id('plan'));
  if (!price?.recurring) throw noSuch('plan', call.id('plan'), 'plan', 404);
  return price;
}

function change(call: Call<Parsed<typeof updateParams>>): Plan {
  const { account, params } = call;
  const before = existing(call);
  const { active = before.active, nickname = before.nickname, product = before.product } = params;
  referred(account, products, 'product', product, 'product');
  const next: Price = {
    ...before,
    active,
    nickname,
    product,
    metadata: applyMetadata(before.metadata, params.metadata),
    recurring: before.recurring && {
      ...before.recurring,
      trial_period_days: params.trial_period_days ?? before.recurring.trial_period_days,
    },
  };
  const after = update(account, prices, next, 'price.updated');
  if (after !== before) emit(account, 'plan.updated', planOf(after));
  return planOf(after);
}

/** Takes a plan away; what was sold by it goes on, so its tiers and currencies stay. */
function remove(call: Call<unknown>): Stripe.DeletedPlan {
  const { account } = call;
  const price = existing(call);
  account.of(prices).delete(price.id);
  account.of(deletedPrices).put(price);
  emit(account, 'plan.deleted', planOf(price));
  emit(account, 'price.deleted', price);
  return { id: price.id, object: 'plan', deleted: true };
}

const permission = 'plan';
const listParams = { ...datedPageParams, active: boolean(), product: text() } as const;

/** `/v1/plans`: recurring prices in their older shape. */
export const planRoutes: readonly Route[] = [
  route('POST', '/v1/plans', { permission, params: createParams }, create),
  route('GET', '/v1/plans/:plan', { permission }, (call) => planOf(existing(call))),
  route('POST', '/v1/plans/:plan', { permission, params: updateParams }, change),
  route('DELETE', '/v1/plans/:plan', { permission }, remove),
  route('GET', '/v1/plans', { permission, params: listParams }, (call) => {
    const { active, product } = call.params;
    const page = listed(call, prices, {
      ...(product === undefined ? {} : { index: 'product', key: product }),
      where: (price) => price.recurring !== null && (active === undefined || price.active === active),
    });
    return { ...page, data: page.data.map(planOf) };
  }),
];
