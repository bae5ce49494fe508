import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { customerField } from '../fields.ts';
import { mark, wasChanged } from '../marks.ts';
import { follow, idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { customerById, resolveCustomer } from '../references/customers.ts';
import { defaultMethodId } from '../references/payment-methods.ts';
import { type Desk, permitted, type Said, stripeWrite } from '../stripe-tool.ts';
import {
  customerLabel,
  customerNamed,
  customerRef,
  customerView,
  methodRef,
  paymentMethodLabel,
  paymentMethodView,
} from '../views/customers.ts';

const methodField = z
  .string()
  .min(1)
  .max(100)
  .describe('The id ("pm_…") of one of the saved payment methods of this customer.');

/** One of a customer's own. @throws ToolError `wrong_customer` */
async function ownMethod(api: Stripe, id: string, customer: Stripe.Customer): Promise<Stripe.PaymentMethod> {
  const method = await api.paymentMethods.retrieve(id.trim());
  if (idOf(method.customer) === customer.id) return method;
  throw new ToolError('wrong_customer', `${method.id} does not belong to ${customerNamed(customer)}.`, {
    next: 'Look with list_customer_payment_methods which ones do.',
  });
}

const none = 'none';

const sealedDefault = z.object({
  customer: z.string(),
  /** Absent: the customer is to have no default. */
  method: z.string().optional(),
  label: z.string(),
  before: z.string().optional(),
});

function madeDefault(customer: Stripe.Customer, sealed: z.infer<typeof sealedDefault>): Said {
  const { method, label, before } = sealed;
  return {
    view: customerView(customer),
    record: customer,
    summary: `Made ${label} the default payment method of ${customerLabel(customer)}`,
    objects: [customerRef(customer), ...(method ? [{ type: 'payment_method', id: method, label }] : [])],
    undo: {
      tool: 'set_default_payment_method',
      input: { customer: customer.id, payment_method: before ?? none },
      label: before ? 'Make the former one the default again' : 'Have no default payment method again',
    },
  };
}

/** What invoices and subscriptions are charged to. */
export function setDefault(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'set_default_payment_method',
    title: 'Set default payment method',
    description:
      'Makes one of the saved payment methods of a customer the default for invoices and subscriptions. Charges nothing. "none" leaves the customer without a default.',
    effect: 'write',
    canUndo: 'yes',
    input: z.strictObject({
      customer: customerField,
      payment_method: methodField.describe(
        'The id ("pm_…") of one of the saved payment methods of this customer, or "none".',
      ),
    }),
    sealed: sealedDefault,
    permissions: needs('customer:write', 'payment_method:read'),
    words: {
      action: 'update',
      object: 'payment_method',
      synonyms: ['default card', 'default payment method', 'primary card'],
    },
    async plan(input, api) {
      const customer = await resolveCustomer(api, input.customer);
      const isNone = input.payment_method.trim().toLowerCase() === none;
      const method = isNone ? undefined : await ownMethod(api, input.payment_method, customer);
      const label = method ? paymentMethodLabel(method) : none;
      const before = idOf(customer.invoice_settings?.default_payment_method);
      const summary = `Make ${label} the default payment method of ${customerNamed(customer)}`;
      return {
        preview: {
          summary,
          facts: [{ label: 'Default until now', value: before ?? none }],
          objects: [customerRef(customer), ...(method ? [methodRef(method)] : [])],
        },
        sealed: { customer: customer.id, method: method?.id, label, before },
      };
    },
    async act(sealed, api, context) {
      const settings = { default_payment_method: sealed.method ?? '' };
      const customer = await api.customers.update(
        sealed.customer,
        { invoice_settings: settings, ...mark(context) },
        { idempotencyKey: context.idempotencyKey(0) },
      );
      return madeDefault(customer, sealed);
    },
    async find(sealed, api, look) {
      const customer = await customerById(api, sealed.customer);
      const now = idOf(customer.invoice_settings?.default_payment_method);
      const is = { asWanted: now === sealed.method, asBefore: now === sealed.before };
      return wasChanged(customer, look, is) ? madeDefault(customer, sealed) : null;
    },
  });
}

const sealedRemoval = z.object({ id: z.string(), customer: z.string(), customerName: z.string() });

function removed(
  method: Stripe.PaymentMethod,
  { customer, customerName }: z.infer<typeof sealedRemoval>,
): Said {
  return {
    view: paymentMethodView(method),
    record: method,
    summary: `Removed ${paymentMethodLabel(method)} from ${customerName}`,
    objects: [{ type: 'customer', id: customer, label: customerName }, methodRef(method)],
  };
}

/** The subscriptions that are charged to this very method. */
async function chargedTo(
  api: Stripe,
  customer: string,
  method: string,
): Promise<readonly string[] | undefined> {
  const listed = await permitted(follow((page) => api.subscriptions.list({ ...page, customer })));
  return listed?.items.filter((one) => idOf(one.default_payment_method) === method).map(({ id }) => id);
}

/** Forgets a saved card. */
export function detachMethod(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'detach_payment_method',
    title: 'Remove payment method',
    description:
      'Removes a saved card or other payment method from a customer for good: only the customer can enter it again. Use it only when the person asks to remove or delete a card.',
    effect: 'destructive',
    input: z.strictObject({ customer: customerField, payment_method: methodField }),
    sealed: sealedRemoval,
    permissions: needs('customer:read', 'payment_method:write'),
    words: {
      action: 'remove',
      object: 'payment_method',
      synonyms: ['detach', 'delete card', 'forget card', 'remove card'],
    },
    async plan(input, api) {
      const customer = await resolveCustomer(api, input.customer);
      const method = await ownMethod(api, input.payment_method, customer);
      const isDefault = defaultMethodId(customer) === method.id;
      const subscriptions = await chargedTo(api, customer.id, method.id);
      const facts = [
        { label: 'Default for invoices', value: isDefault ? 'yes: afterwards there is none' : 'no' },
        {
          label: 'Subscriptions charged to it',
          value: subscriptions?.join(', ') ?? 'unknown: the key may not read them',
        },
        { label: 'Can be undone', value: 'no' },
      ].map((fact) => ({ ...fact, value: fact.value || 'none' }));
      return {
        preview: {
          summary: `Remove ${paymentMethodLabel(method)} from ${customerNamed(customer)}`,
          facts,
          objects: [customerRef(customer), methodRef(method)],
        },
        sealed: { id: method.id, customer: customer.id, customerName: customerLabel(customer) },
      };
    },
    async act(sealed, api, context) {
      const method = await api.paymentMethods.detach(
        sealed.id,
        {},
        { idempotencyKey: context.idempotencyKey(0) },
      );
      return removed(method, sealed);
    },
    async find(sealed, api) {
      const method = await api.paymentMethods.retrieve(sealed.id);
      return method.customer === null ? removed(method, sealed) : null;
    },
  });
}
