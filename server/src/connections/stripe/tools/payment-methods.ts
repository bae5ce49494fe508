import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { customerField } from '../fields.ts';
import { mark } from '../marks.ts';
import { follow, idOf, listSummary, listView } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import { defaultMethodId } from '../references/payment-methods.ts';
import { type Desk, stripeRead, stripeWrite } from '../stripe-tool.ts';
import { isTestToken, paymentMethodFrom } from '../test-cards.ts';
import {
  customerLabel,
  customerNamed,
  customerRef,
  customerView,
  paymentMethodLabel,
  paymentMethodView,
} from '../views/customers.ts';

const methodRef = (method: Stripe.PaymentMethod) => ({
  type: 'payment_method',
  id: method.id,
  label: paymentMethodLabel(method),
});

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

function setDefault(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'set_default_payment_method',
    title: 'Set default payment method',
    description:
      'Makes one of the saved payment methods of a customer the default for invoices and subscriptions. Charges nothing.',
    effect: 'write',
    input: z.strictObject({
      customer: customerField,
      payment_method: z
        .string()
        .min(1)
        .max(100)
        .describe('The id ("pm_…") of one of the saved payment methods of this customer.'),
    }),
    sealed: z.object({
      customer: z.string(),
      method: z.string(),
      label: z.string(),
      before: z.string().optional(),
    }),
    permissions: needs('customer:write', 'payment_method:read'),
    words: {
      action: 'update',
      object: 'payment_method',
      synonyms: ['default card', 'default payment method', 'primary card'],
    },
    async plan(input, api) {
      const customer = await resolveCustomer(api, input.customer);
      const method = await api.paymentMethods.retrieve(input.payment_method.trim());
      if (idOf(method.customer) !== customer.id) {
        throw new ToolError('wrong_customer', `${method.id} does not belong to ${customerNamed(customer)}.`, {
          next: 'Look with list_customer_payment_methods which ones do.',
        });
      }
      const summary = `Make ${paymentMethodLabel(method)} the default payment method of ${customerNamed(customer)}`;
      return {
        preview: { summary, facts: [], objects: [customerRef(customer), methodRef(method)] },
        sealed: {
          customer: customer.id,
          method: method.id,
          label: paymentMethodLabel(method),
          before: defaultMethodId(customer),
        },
      };
    },
    async act({ customer: id, method, label, before }, api, context) {
      const customer = await api.customers.update(
        id,
        { invoice_settings: { default_payment_method: method }, ...mark(context) },
        { idempotencyKey: context.idempotencyKey(0) },
      );
      const undo = before
        ? {
            tool: 'set_default_payment_method',
            input: { customer: id, payment_method: before },
            label: 'Make the former one the default again',
          }
        : undefined;
      return {
        view: customerView(customer),
        record: customer,
        summary: `Made ${label} the default payment method of ${customerLabel(customer)}`,
        objects: [customerRef(customer), { type: 'payment_method', id: method, label }],
        ...(undo && { undo }),
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

function attachTestMethod(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'attach_test_payment_method',
    title: 'Save test card',
    description:
      'Test mode only: saves one of Stripe’s published test cards with a customer and makes it the default, so that charges and subscriptions can be tried. Give the published test card number or its pm_card_… name.',
    effect: 'write',
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
      const method = await api.paymentMethods.attach(
        token,
        { customer },
        { idempotencyKey: context.idempotencyKey(0) },
      );
      if (makeDefault) {
        const settings = { invoice_settings: { default_payment_method: method.id } };
        await api.customers.update(
          customer,
          { ...settings, ...mark(context) },
          { idempotencyKey: context.idempotencyKey(1) },
        );
      }
      return {
        view: paymentMethodView(method, makeDefault),
        record: method,
        summary: `Saved ${paymentMethodLabel(method)} with ${customerName}`,
        objects: [{ type: 'customer', id: customer, label: customerName }, methodRef(method)],
      };
    },
  });
}

/** Tools about how customers pay. */
export function paymentMethodTools(desk: Desk): Tool[] {
  return [listMethods(desk), setDefault(desk), attachTestMethod(desk)];
}
