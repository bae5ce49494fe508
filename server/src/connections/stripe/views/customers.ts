import type Stripe from 'stripe';
import { z } from 'zod';
import type { Json, ObjectRef } from '../../../tools/tool.ts';
import { shown } from '../amounts.ts';
import { type CustomerReference, expanded, idOf } from '../pages.ts';
import { compact, metadataView, time } from './shape.ts';

/** Enough of a customer to speak of them. */
export interface Named {
  readonly id: string;
  readonly name?: string | null | undefined;
  readonly email?: string | null | undefined;
}

/** The same, kept with an operation, so that what was done can be told without asking again. */
export const sealedWho = z.object({
  id: z.string(),
  name: z.string().optional(),
  email: z.string().optional(),
});

export function whoIs(customer: Named): z.infer<typeof sealedWho> {
  return { id: customer.id, name: customer.name ?? undefined, email: customer.email ?? undefined };
}

/** A view of something of theirs, with the customer by name. */
export function withWho(view: { [key: string]: Json }, who: Named | undefined): { [key: string]: Json } {
  if (!who) return view;
  return { ...view, ...compact({ customer: who.id, customer_name: who.name, customer_email: who.email }) };
}

/** What a person calls a customer. */
export function customerLabel(customer: Named): string {
  return customer.name || customer.email || customer.id;
}

/** A customer named so that it cannot be mistaken: `Bob Loblaw (bob@example.com)`. */
export function customerNamed(customer: Named): string {
  if (customer.name && customer.email) return `${customer.name} (${customer.email})`;
  return customer.name || customer.email ? `${customerLabel(customer)} (${customer.id})` : customer.id;
}

export function customerRef(customer: Named): ObjectRef {
  return { type: 'customer', id: customer.id, label: customerLabel(customer) };
}

/** Whose something is, for a preview: nobody, or the customer with as much of a name as was expanded. */
export function ownerRefs(reference: CustomerReference | undefined): ObjectRef[] {
  const customer = expanded<Stripe.Customer>(reference as string | Stripe.Customer | null | undefined);
  const id = idOf(reference);
  if (customer) return [customerRef(customer)];
  return id ? [{ type: 'customer', id }] : [];
}

/** A reference to a customer inside another object: id, and who that is where it was expanded. */
export function customerFacts(reference: CustomerReference | undefined): {
  customer: string | undefined;
  customer_name: string | undefined;
  customer_email: string | undefined;
} {
  const customer = expanded<Stripe.Customer>(reference as string | Stripe.Customer | null | undefined);
  return {
    customer: idOf(reference),
    customer_name: customer?.name ?? undefined,
    customer_email: customer?.email ?? undefined,
  };
}

/** A customer as a row of a list. */
export function customerRow(customer: Stripe.Customer): Json {
  return compact({
    id: customer.id,
    name: customer.name,
    email: customer.email,
    phone: customer.phone,
    description: customer.description,
    created: time(customer.created),
  });
}

export function customerView(customer: Stripe.Customer): { [key: string]: Json } {
  return compact({
    object: 'customer',
    id: customer.id,
    name: customer.name,
    email: customer.email,
    phone: customer.phone,
    description: customer.description,
    balance: customer.balance && customer.currency ? shown(customer.balance, customer.currency) : undefined,
    delinquent: customer.delinquent || undefined,
    default_payment_method:
      idOf(customer.invoice_settings?.default_payment_method) ?? idOf(customer.default_source),
    metadata: metadataView(customer.metadata),
    created: time(customer.created),
    livemode: customer.livemode,
  });
}

/** `visa ending in 4242, expires 8/2030`. */
export function paymentMethodLabel(method: Stripe.PaymentMethod): string {
  if (!method.card) return `${method.type} ${method.id}`;
  return `${method.card.brand} ending in ${method.card.last4}, expires ${method.card.exp_month}/${method.card.exp_year}`;
}

export function methodRef(method: Stripe.PaymentMethod): ObjectRef {
  return { type: 'payment_method', id: method.id, label: paymentMethodLabel(method) };
}

export function paymentMethodView(
  method: Stripe.PaymentMethod,
  isDefault?: boolean,
): { [key: string]: Json } {
  return compact({
    object: 'payment_method',
    id: method.id,
    type: method.type,
    brand: method.card?.brand,
    last4: method.card?.last4,
    expires: method.card ? `${method.card.exp_month}/${method.card.exp_year}` : undefined,
    customer: idOf(method.customer),
    default: isDefault,
    created: time(method.created),
  });
}
