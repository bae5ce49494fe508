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
  metadataField,
  productField,
  textField,
} from '../fields.ts';
import { mark } from '../marks.ts';
import { follow, listSummary, listView } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveProduct } from '../references/catalogue.ts';
import { plain } from '../references/matching.ts';
import { type Desk, permitted, stripeRead, stripeWrite } from '../stripe-tool.ts';
import { priceLabel, priceRef, productRef, productRow, productView } from '../views/catalogue.ts';
import { priceParams, priceWords, sealedPrice } from './price-params.ts';

function listProducts(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'list_products',
    title: 'List products',
    description:
      'Products of the catalogue, newest first, with their default price. Both active and archived unless active is given. For all prices of a product use get_product or list_prices.',
    input: z.strictObject({
      active: z.boolean().optional().describe('true: only active ones; false: only archived ones.'),
      query: textField('A part of the name.', 200).optional(),
      limit: limitField.optional(),
      count_all: countAllField.optional(),
    }),
    permissions: needs('product:read'),
    words: {
      action: 'list',
      object: 'product',
      synonyms: ['plan', 'catalogue', 'catalog', 'item', 'offer', 'service'],
    },
    async read(input, api) {
      const wanted = plain(input.query ?? '');
      const listed = await follow(
        (page) =>
          api.products.list({
            ...page,
            ...(input.active !== undefined && { active: input.active }),
            expand: ['data.default_price'],
          }),
        {
          enough: input.count_all ? undefined : (input.limit ?? 10),
          ...(input.query && { fits: (product: Stripe.Product) => plain(product.name).includes(wanted) }),
        },
      );
      return {
        view: listView('product', listed, productRow, { limit: input.limit }),
        record: listed.items.slice(0, input.limit ?? 10),
        summary: listSummary(listed, 'product'),
        objects: listed.items.slice(0, input.limit ?? 10).map(productRef),
      };
    },
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
  sealed: z.infer<typeof sealedProduct>,
  keys: (part: number) => string,
  op: { purser_op: string },
) {
  const { price: priced, ...fields } = sealed;
  const made = await api.products.create(
    { ...fields, metadata: { ...fields.metadata, ...op } },
    { idempotencyKey: keys(0) },
  );
  if (!priced) return { product: made, price: undefined };
  const price = await api.prices.create(
    { ...priced, product: made.id, metadata: op },
    { idempotencyKey: keys(1) },
  );
  const product = await api.products.update(
    made.id,
    { default_price: price.id },
    { idempotencyKey: keys(2) },
  );
  return { product, price };
}

function createProduct(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'create_product',
    title: 'Create product',
    description:
      'Creates a product and, when amount is given, its price in the same step: amount "29.99", currency "usd", interval "month" for $29.99 a month; without interval the price is one-time. To add a price to an existing product use create_price.',
    effect: 'write',
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
    async act(sealed, api, context) {
      const { product, price } = await makeProduct(
        api,
        sealed,
        (part) => context.idempotencyKey(part),
        mark(context).metadata,
      );
      return {
        view: productView(product, price ? [price] : undefined),
        record: { product, price },
        summary: `Created product ${product.name}${price ? ` at ${priceLabel(price)}` : ''}`,
        objects: [productRef(product), ...(price ? [priceRef(price)] : [])],
        undo: {
          tool: 'update_product',
          input: { product: product.id, active: false },
          label: `Archive product ${product.name}`,
        },
      };
    },
  });
}

const productChangeInput = z
  .strictObject({
    product: productField,
    name: textField('The new name.', 250).optional(),
    description: z.string().max(500).optional().describe('The new description. An empty text removes it.'),
    active: z.boolean().optional().describe('false archives the product, true brings it back.'),
  })
  .refine(
    (input) => [input.name, input.description, input.active].some((value) => value !== undefined),
    'Nothing to change was given.',
  );

const sealedProductChange = z.object({
  id: z.string(),
  change: z.object({
    name: z.string().optional(),
    description: z.string().optional(),
    active: z.boolean().optional(),
  }),
  before: z.object({
    name: z.string().optional(),
    description: z.string().optional(),
    active: z.boolean().optional(),
  }),
});

function updateProduct(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'update_product',
    title: 'Update product',
    description:
      'Renames a product, changes its description, archives it (active false) or brings it back (active true). Amounts cannot be changed here: make a new price with create_price and archive the old one with update_price.',
    effect: 'write',
    input: productChangeInput,
    sealed: sealedProductChange,
    permissions: needs('product:write'),
    words: {
      action: 'update',
      object: 'product',
      synonyms: ['archive', 'deactivate', 'rename', 'activate', 'disable', 'retire'],
    },
    async plan({ product: reference, ...change }, api) {
      const product = await resolveProduct(api, reference);
      const before = {
        ...(change.name !== undefined && { name: product.name }),
        ...(change.description !== undefined && { description: product.description ?? '' }),
        ...(change.active !== undefined && { active: product.active }),
      };
      const said = (value: unknown): string =>
        value === true ? 'active' : value === false ? 'archived' : String(value || 'none');
      const facts = Object.entries(before).map(([field, value]) => ({
        label: field === 'active' ? 'Status' : `${field[0]?.toUpperCase()}${field.slice(1)}`,
        value: `${said(value)} → ${said(change[field as keyof typeof change])}`,
      }));
      const verb = change.active === undefined ? 'Change' : change.active ? 'Activate' : 'Archive';
      const summary = `${verb} product ${product.name}`;
      return {
        preview: { summary, facts, objects: [productRef(product)] },
        sealed: { id: product.id, change, before },
      };
    },
    async act({ id, change, before }, api, context) {
      const product = await api.products.update(
        id,
        { ...change, ...mark(context) },
        { idempotencyKey: context.idempotencyKey(0) },
      );
      const verb = change.active === undefined ? 'Changed' : change.active ? 'Activated' : 'Archived';
      return {
        view: productView(product),
        record: product,
        summary: `${verb} product ${product.name}`,
        objects: [productRef(product)],
        undo: {
          tool: 'update_product',
          input: { product: id, ...before },
          label: `Set product ${product.name} back to what it was`,
        },
      };
    },
  });
}

/** Tools about what is sold. */
export function productTools(desk: Desk): Tool[] {
  return [listProducts(desk), getProduct(desk), createProduct(desk), updateProduct(desk)];
}
