import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import {
  amountField,
  countAllField,
  currencyField,
  intervalCountField,
  intervalField,
  limitField,
  priceField,
  productField,
  textField,
} from '../fields.ts';
import { mark } from '../marks.ts';
import { follow, idOf, listSummary, listView } from '../pages.ts';
import { needs } from '../permissions.ts';
import { productNames, resolveProduct } from '../references/catalogue.ts';
import { type Desk, stripeRead, stripeWrite } from '../stripe-tool.ts';
import { priceLabel, priceRef, priceRow, priceView, productRef } from '../views/catalogue.ts';
import { priceParams, priceWords, sealedPrice } from './price-params.ts';

function listPrices(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'list_prices',
    title: 'List prices',
    description:
      'Prices, newest first: amount, currency, how often they bill, and the product they belong to. Give product for the prices of one product.',
    input: z.strictObject({
      product: productField.optional(),
      active: z.boolean().optional().describe('true: only active ones; false: only archived ones.'),
      limit: limitField.optional(),
      count_all: countAllField.optional(),
    }),
    permissions: needs('plan:read', 'product:read'),
    words: { action: 'list', object: 'price', synonyms: ['cost', 'rate', 'fee', 'plan', 'pricing'] },
    async read(input, api) {
      const product = input.product ? await resolveProduct(api, input.product) : undefined;
      const filter = {
        ...(product && { product: product.id }),
        ...(input.active !== undefined && { active: input.active }),
      };
      const listed = await follow((page) => api.prices.list({ ...page, ...filter }), {
        enough: input.count_all ? undefined : (input.limit ?? 10),
      });
      const shownPrices = listed.items.slice(0, input.limit ?? 10);
      const names = await productNames(
        api,
        shownPrices.map((price) => idOf(price.product) ?? ''),
      );
      const row = (price: (typeof shownPrices)[number]) => {
        const name = names.get(idOf(price.product) ?? '');
        return { ...priceRow(price), ...(name && { product_name: name }) };
      };
      return {
        view: listView('price', listed, row, { limit: input.limit }),
        record: shownPrices,
        summary: listSummary(listed, 'price'),
        objects: shownPrices.map(priceRef),
      };
    },
  });
}

/** Whether a new price succeeds the default one, so that the product's name alone no longer means the old amount. */
async function succeedsDefault(
  api: Stripe,
  product: Stripe.Product,
  price: z.infer<typeof sealedPrice>,
): Promise<boolean> {
  const id = idOf(product.default_price);
  if (!id) return true;
  const { currency, recurring } = await api.prices.retrieve(id);
  return (
    currency === price.currency &&
    recurring?.interval === price.recurring?.interval &&
    recurring?.interval_count === price.recurring?.interval_count
  );
}

const newPriceInput = z.strictObject({
  product: productField,
  amount: amountField,
  currency: currencyField,
  interval: intervalField.optional(),
  interval_count: intervalCountField.optional(),
  nickname: textField('A short note about the price, hidden from customers.', 250).optional(),
  make_default: z
    .boolean()
    .optional()
    .describe(
      'Whether it becomes the default price of the product. Left out: yes when it succeeds a default that bills as often in the same currency, or when there is none.',
    ),
});

const sealedNewPrice = z.object({
  product: z.string(),
  productName: z.string(),
  price: sealedPrice,
  nickname: z.string().optional(),
  makeDefault: z.boolean(),
});

function createPrice(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'create_price',
    title: 'Create price',
    description:
      'Adds a price to an existing product: amount "12.00", currency "usd", interval "month" for a monthly price, no interval for a one-time one. Amounts of existing prices never change: to change what a product costs, create the new price. It succeeds the default price when that one bills as often in the same currency; the old one stays for those who have it, until update_price archives it.',
    effect: 'write',
    input: newPriceInput,
    sealed: sealedNewPrice,
    permissions: needs('plan:write', 'product:read'),
    words: {
      action: 'create',
      object: 'price',
      synonyms: ['cost', 'rate', 'change the price', 'new price', 'add a price'],
    },
    async plan(input, api) {
      const product = await resolveProduct(api, input.product);
      const price = priceParams(input);
      const makeDefault = input.make_default ?? (await succeedsDefault(api, product, price));
      const facts = [
        { label: 'Product', value: `${product.name} (${product.id})` },
        { label: 'Price', value: priceWords(price) },
        { label: 'Becomes the default price', value: makeDefault ? 'yes' : 'no' },
      ];
      return {
        preview: {
          summary: `Add the price ${priceWords(price)} to ${product.name}`,
          facts,
          objects: [productRef(product)],
        },
        sealed: {
          product: product.id,
          productName: product.name,
          price,
          nickname: input.nickname,
          makeDefault,
        },
      };
    },
    async act(sealed, api, context) {
      const { product, price: priced, nickname } = sealed;
      const price = await api.prices.create(
        { ...priced, product, ...(nickname && { nickname }), ...mark(context) },
        { idempotencyKey: context.idempotencyKey(0) },
      );
      if (sealed.makeDefault) {
        await api.products.update(
          product,
          { default_price: price.id },
          { idempotencyKey: context.idempotencyKey(1) },
        );
      }
      return {
        view: { ...priceView(price), product_name: sealed.productName },
        record: price,
        summary: `Created the price ${priceLabel(price)} of ${sealed.productName}`,
        objects: [priceRef(price), { type: 'product', id: product, label: sealed.productName }],
        // A default price cannot be archived: there is nothing simple to offer then.
        ...(!sealed.makeDefault && {
          undo: {
            tool: 'update_price',
            input: { price: price.id, active: false },
            label: 'Archive the price again',
          },
        }),
      };
    },
  });
}

const changes = z.object({ active: z.boolean().optional(), nickname: z.string().optional() });

const priceChangeInput = z
  .strictObject({
    price: priceField,
    active: z.boolean().optional().describe('false archives the price, true brings it back.'),
    nickname: z.string().max(250).optional().describe('The new note. An empty text removes it.'),
  })
  .refine(
    (input) => input.active !== undefined || input.nickname !== undefined,
    'Nothing to change was given.',
  );

function updatePrice(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'update_price',
    title: 'Update price',
    description:
      'Archives a price (active false), brings it back (active true), or changes its nickname. The amount cannot be changed: create a new price with create_price instead. The default price of a product cannot be archived before another is made the default.',
    effect: 'write',
    input: priceChangeInput,
    sealed: z.object({ id: z.string(), change: changes, before: changes }),
    permissions: needs('plan:write'),
    words: { action: 'update', object: 'price', synonyms: ['archive', 'deactivate', 'activate', 'retire'] },
    async plan({ price: id, ...change }, api) {
      const price = await api.prices.retrieve(id.trim(), { expand: ['product'] });
      const product = price.product;
      if (
        change.active === false &&
        typeof product === 'object' &&
        !product.deleted &&
        idOf(product.default_price) === price.id
      ) {
        throw new ToolError(
          'default_price',
          `${priceLabel(price)} is the default price of ${product.name}.`,
          {
            next: 'Make another price the default first: create_price with make_default true.',
            details: { price: price.id, product: product.id },
          },
        );
      }
      const before = {
        ...(change.active !== undefined && { active: price.active }),
        ...(change.nickname !== undefined && { nickname: price.nickname ?? '' }),
      };
      const verb =
        change.active === undefined ? 'Change the note of' : change.active ? 'Activate' : 'Archive';
      return {
        preview: {
          summary: `${verb} the price ${priceLabel(price)}`,
          facts: [{ label: 'Price', value: price.id }],
          objects: [priceRef(price)],
        },
        sealed: { id: price.id, change, before },
      };
    },
    async act({ id, change, before }, api, context) {
      const price = await api.prices.update(
        id,
        { ...change, ...mark(context) },
        { idempotencyKey: context.idempotencyKey(0) },
      );
      const verb = change.active === undefined ? 'Changed' : change.active ? 'Activated' : 'Archived';
      return {
        view: priceView(price),
        record: price,
        summary: `${verb} the price ${priceLabel(price)}`,
        objects: [priceRef(price)],
        undo: {
          tool: 'update_price',
          input: { price: id, ...before },
          label: 'Set the price back to what it was',
        },
      };
    },
  });
}

/** Tools about what things cost. */
export function priceTools(desk: Desk): Tool[] {
  return [listPrices(desk), createPrice(desk), updatePrice(desk)];
}
