import type Stripe from 'stripe';
import { z } from 'zod';
import { type ActContext, type Tool, ToolError } from '../../../tools/tool.ts';
import { spoken } from '../amounts.ts';
import { declineOf } from '../declined.ts';
import { once } from '../marked-write.ts';
import { bears, mark } from '../marks.ts';
import { expanded, idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { customerById } from '../references/customers.ts';
import { type Desk, type Said, stripeWrite } from '../stripe-tool.ts';
import { invoiceLabel } from '../views/billing.ts';
import { invoiceFields, invoiceIn, invoicePreview, invoiceSaid, whoOf } from './invoice-steps.ts';
import { type ChosenMethod, givenMethod, noPaymentMethod, savedMethod } from './payment-choice.ts';

async function methodFor(
  api: Stripe,
  desk: Desk,
  invoice: Stripe.Invoice,
  given: string | undefined,
): Promise<ChosenMethod> {
  const customerId = idOf(invoice.customer);
  if (given) return givenMethod(api, given, { mode: desk.mode, customer: customerId });
  const own = idOf(invoice.default_payment_method);
  if (own) return givenMethod(api, own, { mode: desk.mode, customer: customerId });
  const customer = customerId ? await customerById(api, customerId) : undefined;
  const saved = customer && (await savedMethod(api, customer));
  if (saved) return saved;
  throw noPaymentMethod(whoOf(invoice), desk.mode);
}

const payInput = z
  .strictObject({
    ...invoiceFields,
    payment_method: z
      .string()
      .min(3)
      .max(100)
      .optional()
      .describe(
        'A saved payment method of the customer ("pm_…"); in test mode also "pm_card_visa" or a published test card number. Left out: the default.',
      ),
    paid_out_of_band: z
      .boolean()
      .optional()
      .describe('true: it was paid outside of Stripe, by bank transfer or in cash; nothing is charged.'),
  })
  .refine((input) => input.invoice || input.customer, 'An invoice or a customer is needed.')
  .refine(
    (input) => !(input.payment_method && input.paid_out_of_band),
    'What was paid outside of Stripe needs no payment method.',
  );

const sealedPay = z.object({
  id: z.string(),
  who: z.string(),
  /** Absent where it was paid outside of Stripe. */
  method: z.string().optional(),
  attachTo: z.string().optional(),
  /** How often it had been tried before. */
  attempts: z.number().int(),
});

type Sealed = z.infer<typeof sealedPay>;

/** What has to be expanded for `intentOf`. */
export const paymentExpand = ['payments.data.payment.payment_intent'];

/** What an invoice was paid with last. */
export function intentOf(invoice: Stripe.Invoice): Stripe.PaymentIntent | undefined {
  const intents = (invoice.payments?.data ?? []).flatMap(
    ({ payment }) => expanded<Stripe.PaymentIntent>(payment.payment_intent) ?? [],
  );
  return intents.toSorted((a, b) => b.created - a.created)[0];
}

function paid(invoice: Stripe.Invoice, { who, method }: Sealed): Said {
  const amount = spoken(invoice.amount_paid, invoice.currency);
  const label = invoiceLabel(invoice);
  if (method === undefined)
    return invoiceSaid(invoice, `Noted that ${who} paid the invoice ${label} outside of Stripe`);
  const intent = intentOf(invoice);
  return {
    ...invoiceSaid(invoice, `Collected ${amount} on the invoice ${label} from ${who}`),
    ...(invoice.status === 'paid' &&
      intent?.status === 'succeeded' && {
        undo: {
          tool: 'create_refund',
          input: { payment_intent: intent.id, full: true },
          label: `Refund ${spoken(intent.amount, intent.currency)}; the invoice stays paid`,
        },
      }),
  };
}

/** Paying takes no metadata: the mark is put there first. */
async function pay(api: Stripe, sealed: Sealed, context: ActContext): Promise<Stripe.Invoice> {
  const { id, method, attachTo } = sealed;
  const attached =
    attachTo && method && (await api.paymentMethods.attach(method, { customer: attachTo }, once(context)));
  await api.invoices.update(id, mark(context), once(context, 1));
  const how =
    method === undefined ? { paid_out_of_band: true } : { payment_method: attached ? attached.id : method };
  return api.invoices.pay(id, { ...how, expand: paymentExpand }, once(context, 2));
}

/** The tool that collects an invoice now. */
export function payInvoice(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'pay_invoice',
    title: 'Collect invoice',
    description:
      'Charges an open invoice now to the saved payment method of the customer, or to the one given; or notes that it was paid outside of Stripe. Declined: the error says why; the invoice stays open.',
    effect: 'money',
    canUndo: 'by refunding it; the fee is not given back',
    input: payInput,
    sealed: sealedPay,
    permissions: needs('invoice:write'),
    words: {
      action: 'pay',
      object: 'invoice',
      synonyms: [
        'collect',
        'charge the invoice',
        'retry the payment',
        'settle',
        'mark paid',
        'paid in cash',
        'paid by bank transfer',
        'paid outside of stripe',
      ],
    },
    async plan(input, api) {
      const invoice = await invoiceIn(api, input, ['open', 'uncollectible'], 'paid');
      const open = spoken(invoice.amount_remaining, invoice.currency);
      const on = `on the invoice ${invoiceLabel(invoice)}`;
      const base = { id: invoice.id, who: whoOf(invoice), attempts: invoice.attempt_count };
      if (input.paid_out_of_band) {
        const summary = `Note that ${whoOf(invoice)} paid ${open} ${on} outside of Stripe`;
        return { preview: invoicePreview(invoice, summary, invoice.amount_remaining), sealed: base };
      }
      const method = await methodFor(api, desk, invoice, input.payment_method);
      const summary = `Collect ${open} ${on} from ${whoOf(invoice)} with ${method.label}`;
      return {
        preview: invoicePreview(invoice, summary, invoice.amount_remaining),
        sealed: {
          ...base,
          method: method.id,
          attachTo: method.testToken ? idOf(invoice.customer) : undefined,
        },
      };
    },
    act: async (sealed, api, context) => paid(await pay(api, sealed, context), sealed),
    async find(sealed, api, look) {
      const invoice = await api.invoices.retrieve(sealed.id, { expand: paymentExpand });
      if (!bears(invoice, look)) return null;
      if (invoice.status === 'paid') return paid(invoice, sealed);
      if (invoice.attempt_count === sealed.attempts) return null;
      const intent = intentOf(invoice);
      const declined = intent && declineOf(intent);
      if (declined) return declined;
      throw new ToolError('unclear', `The payment of ${invoiceLabel(invoice)} is not settled yet.`);
    },
  });
}
