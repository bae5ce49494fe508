import type Stripe from 'stripe';
import { z } from 'zod';
import { type ActContext, type Tool, ToolError } from '../../../tools/tool.ts';
import {
  amountField,
  currencyField,
  intervalCountField,
  intervalField,
  metadataField,
  productField,
  textField,
} from '../fields.ts';
import { markedWrite, once } from '../marked-write.ts';
import { madeSince, mark } from '../marks.ts';
import { expanded, follow } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveProduct } from '../references/catalogue.ts';
import { plain } from '../references/matching.ts';
import { listFields, stripeList } from '../stripe-list.ts';
import { type Desk, expandedIfPermitted, permitted, type Said, stripeRead } from '../stripe-tool.ts';
import { priceLabel, priceRef, productRef, productRow, productView } from '../views/catalogue.ts';
import { deleteProduct } from './delete-product.ts';
import { priceParams, priceWords, sdkPrice, sealedPrice } from './price-params.ts';
import { updateProduct } from './update-product.ts';

function listProducts(desk: Desk): Tool {
  return stripeList(desk, {
    name: 'list_products',
    title: 'List products',
    description:
      'Products of the catalogue, newest first, with their default price. Both active and archived unless active is given. For all prices of a product use get_product or list_prices.',
    input: z.strictObject({
      active: z.boolean().optional().describe('true: only active ones; false: only archived ones.'),
      query: textField('A part of the name.', 200).optional(),
      ...listFields,
    }),
    permissions: needs('product:read'),
    words: {
      action: 'list',
      object: 'product',
      synonyms: ['plan', 'catalogue', 'catalog', 'item', 'offer', 'service'],
    },
    of: 'product',
    list: ({ active, query }, api) => ({
      pages: (page) =>
        expandedIfPermitted(['data.default_price'], (expand) =>
          api.products.list({ ...page, ...(active !== undefined && { active }), ...expand }),
        ),
      ...(query && { fits: (product: Stripe.Product) => plain(product.name).includes(plain(query)) }),
      row: productRow,
      ref: productRef,
    }),
  });
}

function getProduct(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'get_product',
    title: 'Get product',
    description: 'One product by id or name, with its active prices.',
    input: z.strictObject({ product: productField }),
    permissions: needs('product:read', 'plan:read'),
    words: { action: 'get', object: 'product', synonyms: ['plan', 'item', 'offer', 'service'] },
    async read(input, api) {
      const product = await resolveProduct(api, input.product);
      const prices = await permitted(
        follow((page) => api.prices.list({ ...page, product: product.id, active: true })),
      );
      return {
        view: productView(product, prices?.items),
        record: { product, prices: prices?.items },
        summary: `Read product ${product.name}`,
        objects: [productRef(product)],
      };
    },
  });
}

async function refuseTwin(api: Stripe, name: string): Promise<void> {
  const same = await follow((page) => api.products.list({ ...page, active: true }), {
    fits: (product) => plain(product.name) === plain(name),
  });
  if (same.items.length === 0) return;
  throw new ToolError('already_exists', `There is already an active product called "${name}".`, {
    next: 'Use that one, add a price to it, or say that you want a second one of that name.',
    details: { existing: same.items.map(productRow), second_one_with: { allow_duplicate: true } },
  });
}

const sealedProduct = z.object({
  name: z.string(),
  description: z.string().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  price: sealedPrice.optional(),
});

/** Product first, price second, default last: a resumed act meets the same objects under the same keys. */
async function makeProduct(
  api: Stripe,
  { price, metadata, ...fields }: z.infer<typeof sealedProduct>,
  context: ActContext,
): Promise<Stripe.Product> {
  const op = mark(context).metadata;
  const made = await api.products.create({ ...fields, metadata: { ...metadata, ...op } }, once(context));
  if (!price) return made;
  const priced = await api.prices.create(
    { ...sdkPrice(price), product: made.id, metadata: op },
    once(context, 1),
  );
  return api.products.update(
    made.id,
    { default_price: priced.id, expand: ['default_price'] },
    once(context, 2),
  );
}

function made(product: Stripe.Product): Said {
  const price = expanded<Stripe.Price>(product.default_price as string | Stripe.Price | null);
  return {
    view: productView(product, price && [price]),
    record: product,
    summary: `Created product ${product.name}${price ? ` at ${priceLabel(price)}` : ''}`,
    objects: [productRef(product), ...(price ? [priceRef(price)] : [])],
    // One with a price cannot be deleted, only archived.
    undo: price
      ? {
          tool: 'update_product',
          input: { product: product.id, active: false },
          label: `Archive product ${product.name}`,
        }
      : {
          tool: 'delete_product',
          input: { product: product.id },
          label: `Delete product ${product.name} again`,
        },
  };
}

function createProduct(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'create_product',
    title: 'Create product',
    description:
      'Creates a product and, when amount is given, its price in the same step: amount "29.99", currency "usd", interval "month" for $29.99 a month; without interval the price is one-time. To add a price to an existing product use create_price.',
    effect: 'write',
    canUndo: 'it can be archived',
    input: z
      .strictObject({
        name: textField('The name, exactly as the person wrote it.', 250),
        description: textField('What it is, for customers to read.').optional(),
        amount: amountField.optional(),
        currency: currencyField
          .optional()
          .describe('ISO code in lower case; the default currency of the account when left out.'),
        interval: intervalField.optional(),
        interval_count: intervalCountField.optional(),
        metadata: metadataField.optional(),
        allow_duplicate: z
          .boolean()
          .optional()
          .describe('true only when the person wants a second product of the same name.'),
      })
      .refine((input) => input.amount || !input.interval, 'An interval needs an amount.'),
    sealed: sealedProduct,
    permissions: needs('product:write', 'plan:write'),
    words: {
      action: 'create',
      object: 'product',
      synonyms: ['plan', 'item', 'offer', 'service', 'tier', 'package', 'add product'],
    },
    async plan(input, api) {
      if (!input.allow_duplicate) await refuseTwin(api, input.name);
      const currency = input.currency ?? desk.account.defaultCurrency ?? 'usd';
      const price = input.amount ? priceParams({ ...input, amount: input.amount, currency }) : undefined;
      const facts = [
        { label: 'Name', value: input.name },
        ...(input.description ? [{ label: 'Description', value: input.description }] : []),
        { label: 'Price', value: price ? priceWords(price) : 'none yet' },
      ];
      const summary = `Create product ${input.name}${price ? ` at ${priceWords(price)}` : ''}`;
      const { name, description, metadata } = input;
      return { preview: { summary, facts, objects: [] }, sealed: { name, description, metadata, price } };
    },
    send: (sealed, api, context) => makeProduct(api, sealed, context),
    trace: (_, api, look) =>
      api.products.list({ limit: 100, expand: ['data.default_price'], ...madeSince(look) }),
    isDone: (product, { price }) => price === undefined || product.default_price !== null,
    tell: made,
  });
}

/** Tools about what is sold. */
export function productTools(desk: Desk): Tool[] {
  return [
    listProducts(desk),
    getProduct(desk),
    createProduct(desk),
    updateProduct(desk),
    deleteProduct(desk),
  ];
}
