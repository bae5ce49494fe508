import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { customerField } from '../fields.ts';
import { findMade, mark } from '../marks.ts';
import { follow, listSummary, listView } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import { defaultMethodId } from '../references/payment-methods.ts';
import { type Desk, type Said, stripeRead, stripeWrite } from '../stripe-tool.ts';
import { isTestToken, paymentMethodFrom } from '../test-cards.ts';
import {
  customerLabel,
  customerNamed,
  customerRef,
  methodRef,
  paymentMethodLabel,
  paymentMethodView,
} from '../views/customers.ts';
import { detachMethod, setDefault } from './saved-methods.ts';

function listMethods(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'list_customer_payment_methods',
    title: 'List payment methods',
    description:
      'The saved cards and other payment methods of one customer, the default marked. Shows brand, last four digits and expiry, never numbers.',
    input: z.strictObject({ customer: customerField }),
    permissions: needs('customer:read', 'payment_method:read'),
    words: {
      action: 'list',
      object: 'payment_method',
      synonyms: ['card', 'saved card', 'cards', 'backup card', 'bank account'],
    },
    async read(input, api) {
      const customer = await resolveCustomer(api, input.customer);
      const listed = await follow((page) => api.customers.listPaymentMethods(customer.id, page));
      const standard = defaultMethodId(customer);
      const view = listView(
        'payment_method',
        listed,
        (method) => paymentMethodView(method, method.id === standard || undefined),
        { limit: 100 },
      );
      return {
        view: { ...view, customer: customer.id, customer_name: customerLabel(customer) },
        record: listed.items,
        summary: `${listSummary(listed, 'payment method')} of ${customerLabel(customer)}`,
        objects: [customerRef(customer), ...listed.items.map(methodRef)],
      };
    },
  });
}

const attachInput = z.strictObject({
  customer: customerField,
  card: z
    .string()
    .min(3)
    .max(60)
    .describe(
      'A published test card number such as "4242 4242 4242 4242", or a name such as "pm_card_visa".',
    ),
  make_default: z
    .boolean()
    .optional()
    .describe('Whether it becomes the default payment method. Default true.'),
});

function saved(
  method: Stripe.PaymentMethod,
  to: { customer: string; customerName: string; makeDefault: boolean },
): Said {
  return {
    view: paymentMethodView(method, to.makeDefault),
    record: method,
    summary: `Saved ${paymentMethodLabel(method)} with ${to.customerName}`,
    objects: [{ type: 'customer', id: to.customer, label: to.customerName }, methodRef(method)],
    undo: {
      tool: 'detach_payment_method',
      input: { customer: to.customer, payment_method: method.id },
      label: `Remove ${paymentMethodLabel(method)} again`,
    },
  };
}

function attachTestMethod(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'attach_test_payment_method',
    title: 'Save test card',
    description:
      'Test mode only: saves one of Stripe’s published test cards with a customer and makes it the default, so that charges and subscriptions can be tried. Give the published test card number or its pm_card_… name.',
    effect: 'write',
    canUndo: 'yes: it can be removed',
    input: attachInput,
    sealed: z.object({
      customer: z.string(),
      customerName: z.string(),
      token: z.string(),
      makeDefault: z.boolean(),
    }),
    permissions: needs('customer:write', 'payment_method:write'),
    words: {
      action: 'attach',
      object: 'payment_method',
      synonyms: ['save card', 'add card', 'test card', 'add a test card'],
    },
    async plan(input, api) {
      const token = paymentMethodFrom(input.card, desk.mode);
      if (desk.mode === 'live' || !isTestToken(token)) {
        throw new ToolError(
          'test_mode_only',
          'Only Stripe’s published test cards can be saved, and only in test mode.',
          {
            next: 'In live mode the customer enters the card on a Stripe page.',
          },
        );
      }
      const customer = await resolveCustomer(api, input.customer);
      const makeDefault = input.make_default ?? true;
      const facts = [{ label: 'Becomes the default', value: makeDefault ? 'yes' : 'no' }];
      const summary = `Save the test card ${token} with ${customerNamed(customer)}`;
      const sealed = { customer: customer.id, customerName: customerLabel(customer), token, makeDefault };
      return { preview: { summary, facts, objects: [customerRef(customer)] }, sealed };
    },
    async act({ customer, customerName, token, makeDefault }, api, context) {
      const attached = await api.paymentMethods.attach(
        token,
        { customer },
        { idempotencyKey: context.idempotencyKey(0) },
      );
      if (makeDefault) {
        const settings = { invoice_settings: { default_payment_method: attached.id } };
        await api.customers.update(customer, settings, { idempotencyKey: context.idempotencyKey(1) });
      }
      // Saving takes no metadata: the mark is put there at the end, and says that all of it was done.
      const method = await api.paymentMethods.update(attached.id, mark(context), {
        idempotencyKey: context.idempotencyKey(2),
      });
      return saved(method, { customer, customerName, makeDefault });
    },
    async find({ customer, customerName, makeDefault }, api, look) {
      const method = await findMade(api.customers.listPaymentMethods(customer, { limit: 100 }), look);
      return method && saved(method, { customer, customerName, makeDefault });
    },
  });
}

/** Tools about how customers pay. */
export function paymentMethodTools(desk: Desk): Tool[] {
  return [listMethods(desk), setDefault(desk), detachMethod(desk), attachTestMethod(desk)];
}
