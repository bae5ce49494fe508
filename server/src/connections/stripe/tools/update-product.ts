import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { priceField, productField, textField } from '../fields.ts';
import { markedWrite, once, standing } from '../marked-write.ts';
import { mark } from '../marks.ts';
import { idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveProduct } from '../references/catalogue.ts';
import { type Desk, permitted } from '../stripe-tool.ts';
import { priceLabel, priceRef, productRef, productView } from '../views/catalogue.ts';

const productChangeInput = z
  .strictObject({
    product: productField,
    name: textField('The new name.', 250).optional(),
    description: z.string().max(500).optional().describe('The new description. An empty text removes it.'),
    active: z.boolean().optional().describe('false archives the product, true brings it back.'),
    default_price: priceField
      .optional()
      .describe('The price of the product that counts where none is named ("price_…").'),
  })
  .refine(
    ({ product: _, ...change }) => Object.values(change).some((value) => value !== undefined),
    'Nothing to change was given.',
  );

const changed = z.object({
  name: z.string().optional(),
  description: z.string().optional(),
  active: z.boolean().optional(),
  default_price: z.string().optional(),
});

type Change = z.infer<typeof changed>;

/** What stood there before, of what is to change. */
function beforeOf(product: Stripe.Product, change: Change): Change {
  return {
    ...(change.name !== undefined && { name: product.name }),
    ...(change.description !== undefined && { description: product.description ?? '' }),
    ...(change.active !== undefined && { active: product.active }),
    ...(change.default_price !== undefined && { default_price: idOf(product.default_price) ?? '' }),
  };
}

/** The price that is to be the default: one of this product, and active. */
async function newDefault(api: Stripe, product: Stripe.Product, id: string): Promise<Stripe.Price> {
  const price = await api.prices.retrieve(id);
  const isIts = idOf(price.product) === product.id;
  if (isIts && price.active) return price;
  const why = isIts ? 'is archived' : `does not belong to ${product.name}`;
  throw new ToolError('invalid_price', `The price ${price.id} ${why}.`, {
    next: `Use an active price of ${product.name}: list_prices shows them.`,
    details: { product: product.id, price: price.id },
  });
}

async function labelOf(api: Stripe, id: string | undefined): Promise<string> {
  if (!id) return 'none';
  const price = await permitted(api.prices.retrieve(id));
  return price ? priceLabel(price) : id;
}

const titles: Readonly<Record<keyof Change, string>> = {
  name: 'Name',
  description: 'Description',
  active: 'Status',
  default_price: 'Default price',
};

const spokenValue = (value: string | boolean | undefined): string =>
  value === true ? 'active' : value === false ? 'archived' : value || 'none';

/** In the present; with a d in the past. */
const verbOf = ({ active }: Change): string =>
  active === undefined ? 'Change' : active ? 'Activate' : 'Archive';

/** Renames, describes, archives, brings back, or says which price counts. */
export function updateProduct(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'update_product',
    title: 'Update product',
    description:
      'Renames a product, changes its description or default price, archives it (active false) or brings it back (active true). Amounts cannot be changed here: make a new price with create_price and archive the old one with update_price.',
    effect: 'write',
    canUndo: 'yes',
    input: productChangeInput,
    sealed: z.object({ id: z.string(), change: changed, before: changed }),
    permissions: needs('product:write'),
    words: {
      action: 'update',
      object: 'product',
      synonyms: ['archive', 'deactivate', 'rename', 'activate', 'disable', 'retire', 'default price'],
    },
    async plan({ product: reference, ...given }, api) {
      const product = await resolveProduct(api, reference);
      const price =
        given.default_price === undefined
          ? undefined
          : await newDefault(api, product, given.default_price.trim());
      const change: Change = { ...given, ...(price && { default_price: price.id }) };
      const before = beforeOf(product, change);
      const facts = (['name', 'description', 'active'] as const).flatMap((field) =>
        change[field] === undefined
          ? []
          : [
              {
                label: titles[field],
                value: `${spokenValue(before[field])} → ${spokenValue(change[field])}`,
              },
            ],
      );
      if (price)
        facts.push({
          label: titles.default_price,
          value: `${await labelOf(api, before.default_price)} → ${priceLabel(price)}`,
        });
      return {
        preview: {
          summary: `${verbOf(change)} product ${product.name}`,
          facts,
          objects: [productRef(product), ...(price ? [priceRef(price)] : [])],
        },
        sealed: { id: product.id, change, before },
      };
    },
    send: ({ id, change }, api, context) =>
      api.products.update(id, { ...change, ...mark(context) }, once(context)),
    trace: ({ id }, api) => api.products.retrieve(id),
    was: (object, sealed) => standing(object, sealed),
    tell: (product, { change, before }) => ({
      view: productView(product),
      record: product,
      summary: `${verbOf(change)}d product ${product.name}`,
      objects: [productRef(product)],
      // That there was no default price cannot be had again.
      ...(before.default_price !== '' && {
        undo: {
          tool: 'update_product',
          input: { product: product.id, ...before },
          label: `Set product ${product.name} back to what it was`,
        },
      }),
    }),
  });
}
