import { parseMoney, sumMoney, toDecimal } from '@purser/money';
import type Stripe from 'stripe';
import { z } from 'zod';
import { type Preview, type Tool, ToolError } from '../../../tools/tool.ts';
import { amountFrom, moved, spoken, toStripe } from '../amounts.ts';
import { amountField, currencyField, customerField, priceField, productField, textField } from '../fields.ts';
import { findMade, madeSince, mark } from '../marks.ts';
import { needs } from '../permissions.ts';
import { resolvePrice } from '../references/catalogue.ts';
import { resolveCustomer } from '../references/customers.ts';
import { type Desk, type Said, stripeWrite } from '../stripe-tool.ts';
import { priceLabel, priceRef, productRef } from '../views/catalogue.ts';
import { checkoutRef, checkoutView } from '../views/checkout.ts';
import { customerNamed, customerRef, ownerRefs, sealedWho, whoIs } from '../views/customers.ts';

const checkoutInput = z
  .strictObject({
    customer: customerField.optional(),
    product: productField.optional(),
    price: priceField.optional(),
    quantity: z.number().int().min(1).max(999_999).optional().describe('How many of it. Default 1.'),
    amount: amountField
      .optional()
      .describe('Instead of a product: an amount in major units, such as "120.00".'),
    currency: currencyField.optional(),
    description: textField('With amount: what it is for, as the customer reads it.', 250).optional(),
    items: z
      .array(
        z.strictObject({
          price: z
            .string()
            .regex(/^price_\w+$/)
            .max(100)
            .optional()
            .describe('price_…'),
          amount: amountField.optional(),
          currency: currencyField.optional(),
          description: textField('With amount: what it is.', 250).optional(),
          quantity: z.number().int().min(1).max(999_999),
        }),
      )
      .min(1)
      .max(50)
      .optional()
      .describe('Instead of one thing: several, each a price, or an amount with currency and description.'),
    return_url: z
      .url({ protocol: /^https?$/ })
      .max(2_000)
      .optional()
      .describe('Where the customer comes back to. Default: the address of the business.'),
    purpose: z
      .enum(['pay', 'save_card'])
      .optional()
      .describe('"pay" (default), or "save_card": the customer enters a card for later and pays nothing.'),
  })
  .refine(
    (input) =>
      input.purpose === 'save_card'
        ? input.customer && !input.product && !input.price && !input.amount && !input.items
        : [input.product || input.price, input.amount, input.items].filter(Boolean).length === 1,
    'Exactly one is needed: a product or price, an amount, items, or purpose "save_card" with a customer.',
  )
  .refine(
    ({ items = [] }) =>
      items.every(({ price, ...own }) =>
        price ? !own.amount : own.amount && own.currency && own.description,
      ),
    'Each item needs a price, or an amount with its currency and a description.',
  )
  .refine(
    (input) => !input.amount || (input.currency && input.description),
    'An amount needs its currency and a description.',
  );

type Input = z.infer<typeof checkoutInput>;

const sealedItem = z.union([
  z.object({ price: z.string(), quantity: z.number().int() }),
  z.object({ amount: z.number().int(), currency: z.string(), name: z.string(), quantity: z.number().int() }),
]);

const sealedCheckout = z.object({
  mode: z.enum(['payment', 'subscription', 'setup']),
  item: sealedItem.optional(),
  items: z.array(sealedItem).optional(),
  /** For saving a card, which has no price that would say so. */
  currency: z.string().optional(),
  who: sealedWho.optional(),
  words: z.string(),
  returnUrl: z.string(),
});

/** What stands on the page. */
interface Offer {
  readonly mode: 'payment' | 'subscription' | 'setup';
  readonly items: readonly z.infer<typeof sealedItem>[];
  readonly words: string;
  readonly amount?: NonNullable<Preview['amount']>;
  readonly objects: Preview['objects'];
}

async function offerOf(api: Stripe, desk: Desk, input: Input): Promise<Offer> {
  if (input.purpose === 'save_card') return { mode: 'setup', items: [], words: 'saving a card', objects: [] };
  return input.items ? allOf(api, desk, input.items) : oneOf(api, desk, input);
}

/** Several things on one page. */
async function allOf(api: Stripe, desk: Desk, items: NonNullable<Input['items']>): Promise<Offer> {
  const offers = [];
  for (const item of items) offers.push(await oneOf(api, desk, item));
  const amounts = offers.flatMap(({ amount }) =>
    amount ? [parseMoney(amount.decimal, amount.currency)] : [],
  );
  const [total, other] = sumMoney(amounts);
  if (other)
    throw new ToolError('two_currencies', 'A page takes one currency, and these items have several.', {
      next: 'Make a page for each currency.',
    });
  return {
    mode: offers.some(({ mode }) => mode === 'subscription') ? 'subscription' : 'payment',
    items: offers.flatMap((offer) => offer.items),
    words: offers.map(({ words }) => words).join('; '),
    ...(total &&
      amounts.length === offers.length && {
        amount: { decimal: toDecimal(total), currency: total.currency },
      }),
    objects: offers.flatMap(({ objects }) => objects),
  };
}

async function oneOf(
  api: Stripe,
  desk: Desk,
  input: Pick<Input, 'product' | 'price' | 'amount' | 'currency' | 'description' | 'quantity'>,
): Promise<Offer> {
  const quantity = input.quantity ?? 1;
  if (input.amount !== undefined) {
    const { currency = '', description: name = '' } = input;
    const price = amountFrom(input.amount, currency);
    const one = toStripe(price);
    const words = `${quantity > 1 ? `${quantity} × ` : ''}${name}, ${spoken(one, price.currency)}`;
    const item = { amount: one, currency: price.currency, name, quantity };
    return {
      mode: 'payment',
      items: [item],
      words,
      amount: moved(one * quantity, price.currency),
      objects: [],
    };
  }
  const { price, product } = await resolvePrice(api, {
    ...{ price: input.price, product: input.product, type: 'any' },
    preferredCurrency: desk.account.defaultCurrency,
  });
  return {
    mode: price.type === 'recurring' ? 'subscription' : 'payment',
    items: [{ price: price.id, quantity }],
    words: `${quantity > 1 ? `${quantity} × ` : ''}${product.name}, ${priceLabel(price)}`,
    ...(price.unit_amount !== null && { amount: moved(price.unit_amount * quantity, price.currency) }),
    objects: [productRef(product), priceRef(price)],
  };
}

function linesOf(
  items: readonly z.infer<typeof sealedItem>[],
): Stripe.Checkout.SessionCreateParams.LineItem[] {
  return items.map((item) => {
    if ('price' in item) return item;
    const { amount, currency, name, quantity } = item;
    return { quantity, price_data: { currency, unit_amount: amount, product_data: { name } } };
  });
}

function created(session: Stripe.Checkout.Session, words: string): Said {
  return {
    view: { ...checkoutView(session), for: words },
    record: session,
    summary: `Created a checkout page for ${words}: ${session.url ?? session.id}`,
    objects: [checkoutRef(session), ...ownerRefs(session.customer)],
    undo: {
      tool: 'expire_checkout_session',
      input: { session: session.id },
      label: 'Close the checkout page',
    },
  };
}

/** A page for one payment, one subscription or one card. */
export function createCheckout(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'create_checkout_session',
    title: 'Create checkout page',
    description:
      'Creates a hosted Stripe page on which a customer pays once, subscribes, or saves a card; the answer holds the link, which works for 24 hours. Give a product or price, or an amount with currency and description, or purpose "save_card". Sends nothing. For a link that many may use use create_payment_link.',
    effect: 'money',
    canUndo: 'the page can be closed until it was paid',
    repeatable: true,
    input: checkoutInput,
    sealed: sealedCheckout,
    permissions: needs('checkout_session:write', 'customer:read', 'plan:read', 'product:read'),
    words: {
      action: 'create',
      object: 'checkout_session',
      synonyms: ['checkout page', 'payment page', 'hosted page', 'checkout link', 'checkout'],
    },
    async plan(input, api) {
      const customer = input.customer ? await resolveCustomer(api, input.customer) : undefined;
      const offer = await offerOf(api, desk, input);
      const currency = input.currency ?? customer?.currency ?? desk.account.defaultCurrency ?? undefined;
      if (offer.mode === 'setup' && !currency)
        throw new ToolError('missing_input', 'It is not known in which currency the card will be charged.', {
          next: 'Ask for the currency.',
        });
      const { mode, items, words, objects, amount } = offer;
      const whom = customer ? ` for ${customerNamed(customer)}` : '';
      return {
        preview: {
          summary: `Create a checkout page${whom}: ${words}`,
          facts: [
            { label: 'Takes money now', value: 'no, only when the customer pays on it' },
            {
              label: 'Who can pay',
              value: customer ? 'whoever has the link, as this customer' : 'whoever has the link',
            },
            { label: 'Works for', value: '24 hours, for one payment' },
          ],
          ...(amount && { amount }),
          objects: [...(customer ? [customerRef(customer)] : []), ...objects],
        },
        sealed: {
          ...{ mode, items: [...items], words },
          currency: mode === 'setup' ? currency : undefined,
          who: customer && whoIs(customer),
          returnUrl: input.return_url ?? (await desk.profile(api)).returnUrl,
        },
      };
    },
    // A product has its price: only an amount that was given can be another one.
    withAmount: (input, amount) => (input.amount === undefined ? input : { ...input, amount }),
    // What was sealed before pages took several things has one.
    async act({ mode, item, items = item ? [item] : [], currency, who, words, returnUrl }, api, context) {
      const lines = linesOf(items);
      const session = await api.checkout.sessions.create(
        {
          ...{ mode, success_url: returnUrl },
          ...(lines.length > 0 && { line_items: lines }),
          ...(currency && { currency }),
          ...(who && { customer: who.id }),
          ...mark(context),
        },
        { idempotencyKey: context.idempotencyKey(0) },
      );
      return created(session, words);
    },
    async find({ who, words }, api, look) {
      const among = who ? { customer: who.id } : madeSince(look);
      const session = await findMade(api.checkout.sessions.list({ limit: 100, ...among }), look);
      return session && created(session, words);
    },
  });
}
