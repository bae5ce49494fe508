import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { amountFrom, moved, shown, spoken, toStripe } from '../amounts.ts';
import {
  amountField,
  currencyField,
  customerField,
  idField,
  priceField,
  productField,
  textField,
} from '../fields.ts';
import { markedWrite, once, stripeRemoval } from '../marked-write.ts';
import { mark } from '../marks.ts';
import { idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolvePrice } from '../references/catalogue.ts';
import { customerById, resolveCustomer } from '../references/customers.ts';
import { type Desk, permitted } from '../stripe-tool.ts';
import { invoiceLabel, invoiceRef } from '../views/billing.ts';
import { priceLabel } from '../views/catalogue.ts';
import { customerNamed, customerRef } from '../views/customers.ts';
import { compact } from '../views/shape.ts';

async function draftFor(api: Stripe, customer: Stripe.Customer, id: string): Promise<Stripe.Invoice> {
  const invoice = await api.invoices.retrieve(id.trim());
  if (idOf(invoice.customer) !== customer.id) {
    throw new ToolError(
      'wrong_customer',
      `The invoice ${invoice.id} is not for ${customerNamed(customer)}.`,
      {
        next: 'Look with list_invoices which ones are.',
      },
    );
  }
  if (invoice.status === 'draft') return invoice;
  throw new ToolError(
    'invoice_not_editable',
    `The invoice ${invoiceLabel(invoice)} is no longer a draft: it is ${invoice.status}.`,
    {
      next: 'Draft a new invoice with create_invoice.',
      details: { invoice: invoice.id, status: invoice.status },
    },
  );
}

const itemInput = z
  .strictObject({
    customer: customerField,
    invoice: idField('draft invoice', 'in_').optional(),
    amount: amountField.optional().describe('In major units: "10.00". Either this, or a product or price.'),
    currency: currencyField
      .optional()
      .describe('Currency of amount. Left out: that of the invoice or customer.'),
    product: productField.optional().describe('The product whose one-time price it is: id or name.'),
    price: priceField.optional().describe('The one-time price id ("price_…"), when the product has several.'),
    quantity: z.number().int().min(1).max(999_999).optional().describe('With a price: how many. Default 1.'),
    description: textField(
      'What it is for, as the line reads. With a price: left out, its product.',
    ).optional(),
  })
  .refine(
    ({ amount, product, price }) => (amount === undefined) !== (product === undefined && price === undefined),
    'Exactly one of amount and a product or price is needed.',
  )
  .refine(
    ({ amount, description }) => amount === undefined || description !== undefined,
    'An amount needs a description.',
  );

const sealedItem = z.object({
  customer: z.string(),
  who: z.string(),
  invoice: z.string().optional(),
  amount: z.number().int().optional(),
  currency: z.string().optional(),
  price: z.string().optional(),
  quantity: z.number().int().optional(),
  description: z.string().optional(),
});

interface Cost {
  readonly total: number;
  readonly currency: string;
  readonly what: string;
  readonly sealed: Pick<z.infer<typeof sealedItem>, 'amount' | 'currency' | 'price' | 'quantity'>;
}

/** What the line comes to: the amount given, or a one-time price times its quantity. */
async function costOf(api: Stripe, input: z.infer<typeof itemInput>, usual: string | null): Promise<Cost> {
  if (input.amount !== undefined) {
    const named = input.currency ?? usual;
    if (!named)
      throw new ToolError('missing_input', 'No currency was given.', { next: 'Ask for the currency.' });
    const amount = amountFrom(input.amount, named);
    const total = toStripe(amount);
    const sealed = { amount: total, currency: amount.currency };
    return { total, currency: amount.currency, what: input.description ?? '', sealed };
  }
  const { price, product } = await resolvePrice(api, {
    ...{ price: input.price, product: input.product },
    ...{ preferredCurrency: input.currency?.toLowerCase() ?? usual, type: 'any' },
  });
  if (price.type !== 'one_time' || price.unit_amount === null) {
    throw new ToolError('invalid_price', `${product.name}, ${priceLabel(price)}, is not a one-time price.`, {
      next: 'Use a one-time price of the product, or create one; a recurring one belongs to a subscription.',
      details: { price: price.id },
    });
  }
  const quantity = input.quantity ?? 1;
  return {
    total: price.unit_amount * quantity,
    currency: price.currency,
    what: input.description ?? `${quantity > 1 ? `${quantity} × ` : ''}${product.name}`,
    sealed: { price: price.id, quantity },
  };
}

/** What the line comes to, and on which invoice it goes. */
async function planItem(api: Stripe, desk: Desk, input: z.infer<typeof itemInput>) {
  const customer = await resolveCustomer(api, input.customer);
  const invoice = input.invoice ? await draftFor(api, customer, input.invoice) : undefined;
  const usual = invoice?.currency ?? customer.currency ?? desk.account.defaultCurrency;
  const { total, currency, what, sealed } = await costOf(api, input, usual);
  if (invoice && invoice.currency !== currency) {
    throw new ToolError('currency_mismatch', `The invoice is in ${invoice.currency.toUpperCase()}.`, {
      next: `Give the amount in ${invoice.currency.toUpperCase()}, or draft another invoice.`,
    });
  }
  const where = invoice ? `the draft ${invoice.id}` : 'the next invoice';
  return {
    preview: {
      summary: `Add ${spoken(total, currency)} for ${what} to ${where} of ${customerNamed(customer)}`,
      facts: invoice
        ? [
            {
              label: 'Total of the draft',
              value: `${spoken(invoice.total, currency)} → ${spoken(invoice.total + total, currency)}, before taxes and discounts on it`,
            },
          ]
        : [],
      ...(total > 0 && { amount: moved(total, currency) }),
      objects: [customerRef(customer), ...(invoice ? [invoiceRef(invoice)] : [])],
    },
    sealed: {
      customer: customer.id,
      who: customerNamed(customer),
      invoice: invoice?.id,
      ...sealed,
      description: input.description,
    },
  };
}

/** A further line, on a draft or on whatever invoice comes next. */
function createInvoiceItem(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'create_invoice_item',
    title: 'Add invoice line',
    description:
      'Adds a line to a draft invoice of a customer: an amount with a description, or a one-time price of a product. Without invoice, the line waits and goes on the next invoice of that customer.',
    effect: 'write',
    canUndo: 'yes, while the invoice is a draft',
    input: itemInput,
    sealed: sealedItem,
    permissions: needs('invoice:write', 'customer:read'),
    words: {
      action: 'create',
      object: 'invoice_item',
      synonyms: ['line', 'position', 'invoice line', 'add to the invoice'],
    },
    plan: (input, api) => planItem(api, desk, input),
    send: ({ who: _, price, ...sealed }, api, context) =>
      api.invoiceItems.create(
        { ...sealed, ...(price && { pricing: { price } }), ...mark(context) },
        once(context),
      ),
    trace: ({ customer }, api) => api.invoiceItems.list({ customer, limit: 100 }),
    tell(item, { customer, who, invoice }) {
      const amount = spoken(item.amount, item.currency);
      return {
        view: compact({
          object: 'invoice_item',
          id: item.id,
          amount: shown(item.amount, item.currency),
          description: item.description,
          quantity: item.quantity === 1 ? undefined : item.quantity,
          customer,
          invoice,
          note: invoice ? undefined : 'It goes on the next invoice of this customer.',
        }),
        record: item,
        summary: `Added ${amount} for ${item.description ?? 'an item'} to ${invoice ? 'the draft' : 'the next invoice'} of ${who}`,
        objects: [
          { type: 'invoice_item', id: item.id, label: amount },
          ...(invoice ? [{ type: 'invoice', id: invoice }] : []),
          { type: 'customer', id: customer, label: who },
        ],
        undo: {
          tool: 'delete_invoice_item',
          input: { invoice_item: item.id },
          label: 'Take the line off again',
        },
      };
    },
    withAmount: ({ product, price: _, quantity: __, ...input }, amount) => ({
      ...input,
      amount,
      description: input.description ?? product ?? 'Item',
    }),
  });
}

/** Takes a line off, as long as nobody was billed for it. */
function deleteInvoiceItem(desk: Desk): Tool {
  return stripeRemoval(desk, {
    name: 'delete_invoice_item',
    title: 'Remove invoice line',
    description:
      'Takes an added line off a draft invoice, or off the next invoice of a customer. Lines of a final invoice cannot be removed: credit them with create_credit_note.',
    input: z.strictObject({ invoice_item: idField('invoice item', 'ii_') }),
    sealed: z.object({ id: z.string(), label: z.string() }),
    permissions: needs('invoice:write'),
    words: { action: 'delete', object: 'invoice_item', synonyms: ['remove the line', 'line', 'position'] },
    of: 'invoice_item',
    async plan(input, api) {
      const item = await api.invoiceItems.retrieve(input.invoice_item.trim(), { expand: ['invoice'] });
      const invoice = typeof item.invoice === 'object' ? item.invoice : null;
      const customer = await permitted(customerById(api, idOf(item.customer) ?? ''));
      if (invoice && invoice.status !== 'draft') {
        throw new ToolError(
          'invoice_not_editable',
          `The line is on ${invoiceLabel(invoice)}, which is final.`,
          {
            next: 'Credit it with create_credit_note.',
            details: { invoice: invoice.id, status: invoice.status },
          },
        );
      }
      const amount = spoken(item.amount, item.currency);
      const label = `${amount} for ${item.description ?? 'an item'}`;
      return {
        preview: {
          summary: `Take ${label} off ${invoice ? `the draft ${invoice.id}` : 'the next invoice'}`,
          facts: [{ label: 'Can be undone', value: 'no; the line can be added anew' }],
          objects: [
            { type: 'invoice_item', id: item.id, label: amount },
            ...(invoice ? [invoiceRef(invoice)] : []),
            customerRef(customer ?? { id: idOf(item.customer) ?? '' }),
          ],
        },
        sealed: { id: item.id, label },
      };
    },
    remove: (id, api) => api.invoiceItems.del(id),
    retrieve: (id, api) => api.invoiceItems.retrieve(id),
  });
}

/** Tools about single lines of invoices. */
export function invoiceItemTools(desk: Desk): Tool[] {
  return [createInvoiceItem(desk), deleteInvoiceItem(desk)];
}
