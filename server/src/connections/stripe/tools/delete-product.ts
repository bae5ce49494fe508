import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { productField } from '../fields.ts';
import { stripeRemoval } from '../marked-write.ts';
import { needs } from '../permissions.ts';
import { resolveProduct } from '../references/catalogue.ts';
import { type Desk, permitted } from '../stripe-tool.ts';
import { productRef } from '../views/catalogue.ts';

/** Removes a product that was never priced; all others can only be archived. */
export function deleteProduct(desk: Desk): Tool {
  return stripeRemoval(desk, {
    name: 'delete_product',
    title: 'Delete product',
    description:
      'Deletes a product that has no prices, for good. One that has, or ever had, a price cannot be deleted: archive it with update_product (active false) instead.',
    input: z.strictObject({ product: productField }),
    sealed: z.object({ id: z.string(), label: z.string() }),
    permissions: needs('product:write', 'plan:read'),
    words: { action: 'delete', object: 'product', synonyms: ['remove', 'erase', 'plan', 'item'] },
    of: 'product',
    async plan(input, api) {
      const product = await resolveProduct(api, input.product);
      const prices = await permitted(api.prices.list({ product: product.id, limit: 100 }));
      if (prices && prices.data.length > 0) {
        const more = prices.has_more ? ' or more' : '';
        throw new ToolError(
          'product_has_prices',
          `${product.name} has ${prices.data.length}${more} prices, so Stripe does not delete it.`,
          {
            next: 'Archive it with update_product, active false.',
            details: { product: product.id },
          },
        );
      }
      return {
        preview: {
          summary: `Delete the product ${product.name} for good`,
          facts: [
            { label: 'Prices', value: prices ? 'none' : 'unknown: the key may not read them' },
            { label: 'Can be undone', value: 'no' },
          ],
          objects: [productRef(product)],
        },
        sealed: { id: product.id, label: product.name },
      };
    },
    remove: (id, api) => api.products.del(id),
    retrieve: (id, api) => api.products.retrieve(id),
  });
}
