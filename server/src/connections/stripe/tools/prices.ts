import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { priceField, productField } from '../fields.ts';
import { markedWrite, once, standing } from '../marked-write.ts';
import { mark } from '../marks.ts';
import { idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveProduct } from '../references/catalogue.ts';
import { listFields, stripeList } from '../stripe-list.ts';
import { type Desk, expandedIfPermitted, stripeRead } from '../stripe-tool.ts';
import { priceLabel, priceRef, priceRow, priceView } from '../views/catalogue.ts';
import { createPrice } from './create-price.ts';

function listPrices(desk: Desk): Tool {
  return stripeList(desk, {
    name: 'list_prices',
    title: 'List prices',
    description:
      'Prices, newest first: amount, currency, how often they bill, and the product they belong to. Give product for the prices of one product.',
    input: z.strictObject({
      product: productField.optional(),
      active: z.boolean().optional().describe('true: only active ones; false: only archived ones.'),
      ...listFields,
    }),
    permissions: needs('plan:read', 'product:read'),
    words: { action: 'list', object: 'price', synonyms: ['cost', 'rate', 'fee', 'plan', 'pricing'] },
    of: 'price',
    async list({ product: named, active }, api) {
      const product = named ? await resolveProduct(api, named) : undefined;
      return {
        pages: (page) =>
          expandedIfPermitted(['data.product'], (expand) =>
            api.prices.list({
              ...page,
              ...(product && { product: product.id }),
              ...(active !== undefined && { active }),
              ...expand,
            }),
          ),
        row: priceRow,
        ref: priceRef,
      };
    },
  });
}

function getPrice(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'get_price',
    title: 'Get price',
    description:
      'One price by id, with its tiers: what it costs, how often it bills, whether it counts usage, and the product it belongs to.',
    input: z.strictObject({ price: priceField }),
    permissions: needs('plan:read', 'product:read'),
    words: { action: 'get', object: 'price', synonyms: ['cost', 'rate', 'tiers', 'pricing'] },
    async read(input, api) {
      const price = await api.prices.retrieve(input.price.trim(), { expand: ['product', 'tiers'] });
      return {
        view: priceView(price),
        record: price,
        summary: `Read the price ${priceLabel(price)}`,
        objects: [priceRef(price)],
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
  return markedWrite(desk, {
    name: 'update_price',
    title: 'Update price',
    description:
      'Archives a price (active false), brings it back (active true), or changes its nickname. The amount cannot be changed: create a new price with create_price instead. The default price of a product cannot be archived before another is made the default.',
    effect: 'write',
    canUndo: 'yes',
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
    send: ({ id, change }, api, context) =>
      api.prices.update(id, { ...change, ...mark(context) }, once(context)),
    trace: ({ id }, api) => api.prices.retrieve(id),
    was: (object, sealed) => standing(object, sealed),
    tell(price, { change, before }) {
      const verb = change.active === undefined ? 'Changed' : change.active ? 'Activated' : 'Archived';
      return {
        view: priceView(price),
        record: price,
        summary: `${verb} the price ${priceLabel(price)}`,
        objects: [priceRef(price)],
        undo: {
          tool: 'update_price',
          input: { price: price.id, ...before },
          label: 'Set the price back to what it was',
        },
      };
    },
  });
}

/** Tools about what things cost. */
export function priceTools(desk: Desk): Tool[] {
  return [listPrices(desk), getPrice(desk), createPrice(desk), updatePrice(desk)];
}
