import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { spoken } from '../amounts.ts';
import { momentFor } from '../desk.ts';
import { customerField, intervalField, momentField, priceField, productField, textField } from '../fields.ts';
import { markedWrite, once } from '../marked-write.ts';
import { mark } from '../marks.ts';
import { needs } from '../permissions.ts';
import { type PricedProduct, quantityOf, resolvePrice } from '../references/catalogue.ts';
import { resolveCustomer } from '../references/customers.ts';
import { couponField, resolveCoupon } from '../references/discounts.ts';
import type { Desk } from '../stripe-tool.ts';
import { couponLabel, couponRef, priceLabel, productRef } from '../views/catalogue.ts';
import { customerNamed, customerRef, sealedWho, whoIs, withWho } from '../views/customers.ts';
import { quoteRef, quoteView } from '../views/documents.ts';
import { time } from '../views/shape.ts';

const quantityField = z.number().int().min(1).max(999_999).describe('How many. Default 1.');

const lineField = z
  .strictObject({
    product: productField.optional(),
    price: priceField.optional(),
    interval: intervalField.optional().describe('Which of the prices of the product.'),
    quantity: quantityField.optional(),
  })
  .refine(({ product, price }) => product || price, 'A line needs a product or a price.');

const quoteInput = z
  .strictObject({
    customer: customerField,
    product: productField.optional().describe('What is offered, by id or name. Either this, price or lines.'),
    price: priceField.optional(),
    interval: intervalField.optional().describe('Which of the prices of the product.'),
    quantity: quantityField.optional(),
    lines: z.array(lineField).min(1).max(20).optional().describe('For more than one thing: all of them.'),
    coupon: couponField.optional().describe('A discount on all of it: a coupon’s id or name.'),
    expires_at: momentField
      .optional()
      .describe('Until when it can be accepted: ISO date, or date and time with offset. Default 30 days.'),
    collection_method: z
      .enum(['send_invoice', 'charge_automatically'])
      .optional()
      .describe(
        'Once accepted: "send_invoice" mails invoices due in 30 days (default), "charge_automatically" charges the saved card.',
      ),
    description: textField('A text on the quote.', 500).optional(),
  })
  .refine(
    (input) => [input.product ?? input.price, input.lines].filter(Boolean).length === 1,
    'A product or price, or else lines, is needed.',
  );

const sealedQuote = z.object({
  who: sealedWho,
  lines: z.array(z.object({ price: z.string(), quantity: z.number().int().optional() })),
  coupon: z.string().optional(),
  expiresAt: z.number().int().optional(),
  isMailed: z.boolean(),
  description: z.string().optional(),
});

const standardDaysUntilDue = 30;

interface Line extends PricedProduct {
  readonly quantity: number | undefined;
}

/** Each line resolved; Stripe takes no two currencies or rhythms in one quote. */
async function linesOf(
  api: Stripe,
  { lines, product, price, interval, quantity }: z.infer<typeof quoteInput>,
  preferredCurrency: string | null | undefined,
): Promise<Line[]> {
  const found: Line[] = [];
  for (const line of lines ?? [{ product, price, interval, quantity }]) {
    const wish = { price: line.price, product: line.product, interval: line.interval };
    const priced = await resolvePrice(api, { ...wish, preferredCurrency, type: 'any' });
    found.push({ ...priced, quantity: quantityOf(priced.price, line.quantity) });
  }
  const kinds = (kind: (line: Line) => string | undefined) =>
    new Set(found.flatMap((line) => kind(line) ?? [])).size;
  const rhythms = kinds(({ price: { recurring } }) =>
    recurring ? `${recurring.interval} ${recurring.interval_count}` : undefined,
  );
  if (kinds(({ price: one }) => one.currency) > 1 || rhythms > 1) {
    throw new ToolError('lines_differ', 'The lines are in several currencies or bill in several rhythms.', {
      next: 'Make one quote for each, or choose other prices.',
      details: { prices: found.map(({ price: one, product: of }) => `${of.name}, ${priceLabel(one)}`) },
    });
  }
  return found;
}

/** `2 × `, where it is more than one. */
const times = (quantity: number | undefined): string => (quantity && quantity > 1 ? `${quantity} × ` : '');

/** What it comes to, before discounts and taxes, where no usage decides. */
function sumOf(lines: readonly Line[]): string {
  const currency = lines[0]?.price.currency ?? 'usd';
  return spoken(
    lines.reduce((sum, { price, quantity }) => sum + (price.unit_amount ?? 0) * (quantity ?? 0), 0),
    currency,
  );
}

/** What is offered, line by line. */
async function planQuote(api: Stripe, desk: Desk, input: z.infer<typeof quoteInput>) {
  const customer = await resolveCustomer(api, input.customer);
  const lines = await linesOf(api, input, customer.currency ?? desk.account.defaultCurrency);
  const coupon = input.coupon ? await resolveCoupon(api, input.coupon) : undefined;
  const expiresAt = input.expires_at ? await momentFor(desk, api, input.expires_at) : undefined;
  const isMailed = input.collection_method !== 'charge_automatically';
  return {
    preview: {
      summary: `Draft a quote for ${customerNamed(customer)}: ${lines.map(({ product, quantity }) => `${times(quantity)}${product.name}`).join(', ')}`,
      facts: [
        ...lines.map(({ product, price, quantity }) => ({
          label: product.name,
          value: `${times(quantity)}${priceLabel(price)}`,
        })),
        { label: 'Total', value: `${sumOf(lines)}, before discounts and taxes` },
        ...(coupon ? [{ label: 'Discount', value: couponLabel(coupon) }] : []),
        { label: 'Can be accepted until', value: time(expiresAt) ?? '30 days from now' },
        {
          label: 'Once accepted',
          value: isMailed ? 'billed by mailed invoice' : 'charged to the saved card',
        },
        { label: 'Seen by the customer', value: 'no, it stays a draft' },
      ],
      objects: [
        customerRef(customer),
        ...lines.map(({ product }) => productRef(product)),
        ...(coupon ? [couponRef(coupon)] : []),
      ],
    },
    sealed: {
      who: whoIs(customer),
      lines: lines.map(({ price, quantity }) => ({ price: price.id, quantity })),
      coupon: coupon?.id,
      expiresAt,
      isMailed,
      description: input.description,
    },
  };
}

/** Drafts an offer. */
export function createQuote(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'create_quote',
    title: 'Create quote',
    description:
      'Drafts a quote for a customer: one product or price, or several lines. Nobody sees it until finalize_quote; accept_quote starts its subscription or makes its invoice.',
    effect: 'write',
    canUndo: 'yes: it can be cancelled',
    input: quoteInput,
    sealed: sealedQuote,
    permissions: needs('quote:write', 'customer:read', 'plan:read', 'product:read'),
    words: {
      action: 'create',
      object: 'quote',
      synonyms: ['offer', 'proposal', 'estimate', 'make an offer'],
    },
    plan: (input, api) => planQuote(api, desk, input),
    send: ({ who, lines, coupon, expiresAt, isMailed, description }, api, context) =>
      api.quotes.create(
        {
          customer: who.id,
          line_items: lines,
          ...(coupon && { discounts: [{ coupon }] }),
          ...(expiresAt !== undefined && { expires_at: expiresAt }),
          ...(isMailed
            ? {
                collection_method: 'send_invoice',
                invoice_settings: { days_until_due: standardDaysUntilDue },
              }
            : { collection_method: 'charge_automatically' }),
          ...(description && { description }),
          expand: ['line_items'],
          ...mark(context),
        },
        once(context),
      ),
    trace: ({ who }, api) => api.quotes.list({ customer: who.id, limit: 100, expand: ['data.line_items'] }),
    tell: (quote, { who }) => ({
      view: withWho(quoteView(quote), who),
      record: quote,
      summary: `Drafted a quote over ${spoken(quote.amount_total, quote.currency ?? 'usd')} for ${customerNamed(who)}`,
      objects: [quoteRef(quote), customerRef(who)],
      undo: { tool: 'cancel_quote', input: { quote: quote.id }, label: 'Cancel the quote' },
    }),
  });
}
