import type Stripe from 'stripe';
import { z } from 'zod';
import { type ActContext, type Tool, ToolError } from '../../../tools/tool.ts';
import {
  amountField,
  currencyField,
  intervalCountField,
  intervalField,
  productField,
  textField,
} from '../fields.ts';
import { markedWrite, once } from '../marked-write.ts';
import { madeSince, mark } from '../marks.ts';
import { idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveProduct } from '../references/catalogue.ts';
import { resolveMeter } from '../references/meters.ts';
import type { Desk } from '../stripe-tool.ts';
import { priceLabel, priceRef, priceView, productRef } from '../views/catalogue.ts';
import {
  priceParams,
  priceWords,
  type SealedPrice,
  sdkPrice,
  sealedPrice,
  tierFacts,
  tierField,
} from './price-params.ts';

/** The default price, and whether a new price succeeds it: then the product's name alone means the new amount. */
async function defaultOf(
  api: Stripe,
  product: Stripe.Product,
  price: SealedPrice,
): Promise<{ former?: Stripe.Price; isSucceeded: boolean }> {
  const id = idOf(product.default_price);
  if (!id) return { isSucceeded: true };
  const former = await api.prices.retrieve(id);
  const { currency, recurring } = former;
  const isSucceeded =
    currency === price.currency &&
    recurring?.interval === price.recurring?.interval &&
    recurring?.interval_count === price.recurring?.interval_count &&
    (recurring?.usage_type === 'metered') === (price.recurring?.usage_type === 'metered');
  return { former, isSucceeded };
}

const newPriceInput = z
  .strictObject({
    product: productField,
    amount: amountField
      .optional()
      .describe('What it costs, or one unit of it, in major units: "12.00". Either this or tiers.'),
    currency: currencyField,
    interval: intervalField.optional().describe('How often it bills. Left out: a one-time price.'),
    interval_count: intervalCountField.optional(),
    tiers: z
      .array(tierField)
      .min(1)
      .max(100)
      .optional()
      .describe('Steps by quantity, in rising order, instead of amount.'),
    tiers_mode: z
      .enum(['graduated', 'volume'])
      .optional()
      .describe(
        'With tiers: "graduated" bills each unit at its own tier (default), "volume" bills all at the tier reached.',
      ),
    meter: textField(
      'For usage: the meter that counts it, by id ("mtr_…"), event name or display name. Bills what was used, at the end of the interval.',
      250,
    ).optional(),
    nickname: textField('A short note about the price, hidden from customers.', 250).optional(),
    make_default: z
      .boolean()
      .optional()
      .describe(
        'Whether it becomes the default price of the product. Left out: yes when it succeeds a default that bills as often in the same currency, or when there is none.',
      ),
  })
  .refine(
    ({ amount, tiers }) => (amount === undefined) !== (tiers === undefined),
    'Exactly one of amount and tiers is needed.',
  )
  .refine(({ tiers, tiers_mode: mode }) => !mode || tiers, 'tiers_mode needs tiers.')
  .refine(({ interval, meter }) => interval || !meter, 'A metered price needs an interval.')
  .refine(({ interval, tiers }) => interval || !tiers, 'A tiered price needs an interval.');

const sealedNewPrice = z.object({
  product: z.string(),
  productName: z.string(),
  price: sealedPrice,
  nickname: z.string().optional(),
  makeDefault: z.boolean(),
  formerDefault: z.object({ id: z.string(), label: z.string() }).optional(),
});

type Sealed = z.infer<typeof sealedNewPrice>;

/** A price first, the default second: a resumed act meets the same objects under the same keys. */
async function makePrice(api: Stripe, sealed: Sealed, context: ActContext): Promise<Stripe.Price> {
  const { product, price: priced, nickname } = sealed;
  const price = await api.prices.create(
    { ...sdkPrice(priced), product, ...(nickname && { nickname }), expand: ['tiers'], ...mark(context) },
    once(context),
  );
  if (sealed.makeDefault) await api.products.update(product, { default_price: price.id }, once(context, 1));
  return price;
}

function undoOf(price: Stripe.Price, { product, makeDefault, formerDefault }: Sealed) {
  if (!makeDefault) {
    const input = { price: price.id, active: false };
    return { undo: { tool: 'update_price', input, label: 'Archive the price again' } };
  }
  // A default price cannot be archived; which one counts can be set back.
  if (!formerDefault) return {};
  const input = { product, default_price: formerDefault.id };
  const label = `Make ${formerDefault.label} the default price again; the new price stays`;
  return { undo: { tool: 'update_product', input, label } };
}

/** Adds a price: one-time, recurring, by tiers, or by what a meter counts. */
export function createPrice(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'create_price',
    title: 'Create price',
    description:
      'Adds a price to an existing product: amount "12.00", currency "usd", interval "month" for a monthly price, no interval for a one-time one; tiers for steps by quantity; meter for usage. Amounts of existing prices never change: to change what a product costs, create the new price. It succeeds the default price when that one bills as often in the same currency; the old one stays for those who have it, until update_price archives it.',
    effect: 'write',
    canUndo: 'it can be archived, not deleted',
    input: newPriceInput,
    sealed: sealedNewPrice,
    permissions: needs('plan:write', 'product:read'),
    words: {
      action: 'create',
      object: 'price',
      synonyms: ['cost', 'rate', 'change the price', 'new price', 'add a price', 'tiers', 'metered'],
    },
    async plan(input, api) {
      const product = await resolveProduct(api, input.product);
      const meter = input.meter ? await resolveMeter(api, input.meter) : undefined;
      if (meter && meter.status !== 'active') {
        throw new ToolError('inactive', `The meter ${meter.display_name} is not active.`, {
          next: 'Use an active meter: list_meters shows them.',
        });
      }
      const price = priceParams({ ...input, meter: meter?.id });
      const { former, isSucceeded } = await defaultOf(api, product, price);
      const makeDefault = input.make_default ?? isSucceeded;
      return {
        preview: {
          summary: `Add the price ${priceWords(price)} to ${product.name}`,
          facts: [
            { label: 'Product', value: `${product.name} (${product.id})` },
            { label: 'Price', value: priceWords(price) },
            ...tierFacts(price),
            ...(price.tiers_mode ? [{ label: 'Tiers', value: price.tiers_mode }] : []),
            ...(meter ? [{ label: 'Counts', value: `${meter.display_name} (${meter.event_name})` }] : []),
            { label: 'Becomes the default price', value: makeDefault ? 'yes' : 'no' },
          ],
          objects: [productRef(product)],
        },
        sealed: {
          product: product.id,
          productName: product.name,
          price,
          nickname: input.nickname,
          makeDefault,
          formerDefault: former && { id: former.id, label: priceLabel(former) },
        },
      };
    },
    send: (sealed, api, context) => makePrice(api, sealed, context),
    trace: ({ product }, api, look) =>
      api.prices.list({ product, limit: 100, expand: ['data.tiers'], ...madeSince(look) }),
    isDone: async (price, { product, makeDefault }, api) =>
      !makeDefault || idOf((await api.products.retrieve(product)).default_price) === price.id,
    tell: (price, sealed) => ({
      view: { ...priceView(price), product_name: sealed.productName },
      record: price,
      summary: `Created the price ${priceLabel(price)} of ${sealed.productName}`,
      objects: [priceRef(price), { type: 'product', id: sealed.product, label: sealed.productName }],
      ...undoOf(price, sealed),
    }),
  });
}
