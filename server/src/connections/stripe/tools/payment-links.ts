import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { countAllField, idField, limitField, priceField, productField } from '../fields.ts';
import { findMade, mark, wasChanged } from '../marks.ts';
import { follow, listSummary, listView } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolvePrice } from '../references/catalogue.ts';
import { type Desk, permitted, type Said, stripeRead, stripeWrite } from '../stripe-tool.ts';
import { paymentLinkRef, paymentLinkView, priceLabel, priceRef, productRef } from '../views/catalogue.ts';

const linkField = idField('payment link', 'plink_');

function listLinks(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'list_payment_links',
    title: 'List payment links',
    description:
      'Links to Stripe pages where anybody can pay, newest first, with their URL and whether they still work. Set active true for those that do.',
    input: z.strictObject({
      active: z.boolean().optional().describe('true: only links that work; false: only those switched off.'),
      limit: limitField.optional(),
      count_all: countAllField.optional(),
    }),
    permissions: needs('payment_link:read'),
    words: {
      action: 'list',
      object: 'payment_link',
      synonyms: ['checkout link', 'buy link', 'payment page', 'link to pay'],
    },
    async read({ active, limit, count_all: countAll }, api) {
      const listed = await follow(
        (page) => api.paymentLinks.list({ ...page, ...(active !== undefined && { active }) }),
        { enough: countAll ? undefined : (limit ?? 10) },
      );
      const shownLinks = listed.items.slice(0, limit ?? 10);
      return {
        view: listView('payment_link', listed, paymentLinkView, { limit }),
        record: shownLinks,
        summary: listSummary(listed, 'payment link'),
        objects: shownLinks.map(({ id }) => ({ type: 'payment_link', id })),
      };
    },
  });
}

function created(link: Stripe.PaymentLink, words: string): Said {
  return {
    view: { ...paymentLinkView(link), for: words },
    record: link,
    summary: `Created a payment link for ${words}: ${link.url}`,
    objects: [paymentLinkRef(link, words)],
    undo: {
      tool: 'update_payment_link',
      input: { payment_link: link.id, active: false },
      label: 'Switch the payment link off',
    },
  };
}

function createLink(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'create_payment_link',
    title: 'Create payment link',
    description:
      'Creates a link to a Stripe page where anybody can buy a product: the way for customers to enter a card. Give the product, or the price when it has several. The answer holds the URL.',
    effect: 'money',
    canUndo: 'it can be switched off',
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
      return created(link, words);
    },
    async find({ words }, api, look) {
      const link = await findMade(api.paymentLinks.list({ limit: 100 }), look);
      return link && created(link, words);
    },
  });
}

function switched(link: Stripe.PaymentLink, words: string): Said {
  return {
    view: { ...paymentLinkView(link), for: words },
    record: link,
    summary: `Switched ${link.active ? 'on' : 'off'} the payment link for ${words}`,
    objects: [paymentLinkRef(link, words)],
    undo: {
      tool: 'update_payment_link',
      input: { payment_link: link.id, active: !link.active },
      label: `Switch the payment link ${link.active ? 'off' : 'on'} again`,
    },
  };
}

/** What is sold with a link: the descriptions of its lines. */
async function soldWith(api: Stripe, link: Stripe.PaymentLink): Promise<string> {
  const lines = await permitted(api.paymentLinks.listLineItems(link.id, { limit: 3 }));
  const names = lines?.data.map((line) => line.description).filter(Boolean) ?? [];
  return names.length > 0 ? `${names.join(', ')}${lines?.has_more ? ' and more' : ''}` : link.id;
}

function updateLink(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'update_payment_link',
    title: 'Switch payment link',
    description:
      'Switches a payment link off, so that nobody can pay with it any more, or on again. What was paid stays. Find the link with list_payment_links.',
    effect: 'write',
    canUndo: 'yes',
    input: z.strictObject({
      payment_link: linkField,
      active: z.boolean().describe('false: switch it off; true: switch it on again.'),
    }),
    sealed: z.object({ id: z.string(), active: z.boolean(), words: z.string() }),
    permissions: needs('payment_link:write'),
    words: {
      action: 'update',
      object: 'payment_link',
      synonyms: ['switch off', 'deactivate', 'disable', 'turn off', 'close the link'],
    },
    async plan(input, api) {
      const link = await api.paymentLinks.retrieve(input.payment_link.trim());
      if (link.active === input.active) {
        const message = `The payment link ${link.id} is ${link.active ? 'on' : 'off'} already.`;
        throw new ToolError('nothing_to_change', message, { next: 'Nothing needs to be done.' });
      }
      const words = await soldWith(api, link);
      return {
        preview: {
          summary: `Switch ${input.active ? 'on' : 'off'} the payment link for ${words}`,
          facts: [
            { label: 'Link', value: link.url },
            {
              label: 'Afterwards',
              value: input.active ? 'anybody who has it can pay' : 'nobody can pay with it',
            },
          ],
          objects: [paymentLinkRef(link, words)],
        },
        sealed: { id: link.id, active: input.active, words },
      };
    },
    async act({ id, active, words }, api, context) {
      const options = { idempotencyKey: context.idempotencyKey(0) };
      return switched(await api.paymentLinks.update(id, { active, ...mark(context) }, options), words);
    },
    async find({ id, active, words }, api, look) {
      const link = await api.paymentLinks.retrieve(id);
      const is = { asWanted: link.active === active, asBefore: link.active !== active };
      return wasChanged(link, look, is) ? switched({ ...link, active }, words) : null;
    },
  });
}

/** Tools about pages where customers pay by themselves, as often as they like. */
export function paymentLinkTools(desk: Desk): Tool[] {
  return [createLink(desk), listLinks(desk), updateLink(desk)];
}
