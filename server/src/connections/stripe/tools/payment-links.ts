import { z } from 'zod';
import type { Tool } from '../../../tools/tool.ts';
import { priceField, productField } from '../fields.ts';
import { mark } from '../marks.ts';
import { needs } from '../permissions.ts';
import { resolvePrice } from '../references/catalogue.ts';
import { type Desk, stripeWrite } from '../stripe-tool.ts';
import { paymentLinkView, priceLabel, priceRef, productRef } from '../views/catalogue.ts';

/** Tools about pages where customers pay by themselves. */
export function paymentLinkTools(desk: Desk): Tool[] {
  return [
    stripeWrite(desk, {
      name: 'create_payment_link',
      title: 'Create payment link',
      description:
        'Creates a link to a Stripe page where anybody can buy a product: the way for customers to enter a card. Give the product, or the price when it has several. The answer holds the URL.',
      effect: 'money',
      repeatable: true,
      input: z
        .strictObject({
          product: productField.optional(),
          price: priceField.optional(),
          quantity: z.number().int().min(1).max(999_999).optional().describe('How many of it. Default 1.'),
        })
        .refine((input) => input.product || input.price, 'A product or a price is needed.'),
      sealed: z.object({ price: z.string(), quantity: z.number().int(), words: z.string() }),
      permissions: needs('payment_link:write', 'plan:read', 'product:read'),
      words: {
        action: 'create',
        object: 'payment_link',
        synonyms: ['checkout link', 'buy link', 'payment page', 'link to pay', 'link'],
      },
      async plan(input, api) {
        const { price, product } = await resolvePrice(api, {
          price: input.price,
          product: input.product,
          preferredCurrency: desk.account.defaultCurrency,
          type: 'any',
        });
        const quantity = input.quantity ?? 1;
        const words = `${quantity > 1 ? `${quantity} × ` : ''}${product.name}, ${priceLabel(price)}`;
        return {
          preview: {
            summary: `Create a payment link for ${words}`,
            facts: [{ label: 'Who can pay', value: 'anybody who has the link, as often as they like' }],
            objects: [productRef(product), priceRef(price)],
          },
          sealed: { price: price.id, quantity, words },
        };
      },
      async act({ price, quantity, words }, api, context) {
        const link = await api.paymentLinks.create(
          { line_items: [{ price, quantity }], ...mark(context) },
          { idempotencyKey: context.idempotencyKey(0) },
        );
        return {
          view: { ...paymentLinkView(link), for: words },
          record: link,
          summary: `Created a payment link for ${words}: ${link.url}`,
          objects: [{ type: 'payment_link', id: link.id, label: words }],
        };
      },
    }),
  ];
}
