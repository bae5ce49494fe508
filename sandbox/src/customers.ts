import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { addressFields, addressOf, shippingFields } from './addresses.ts';
import { externalAccountParam } from './connect/external-accounts.ts';
import { create, emit, update } from './events.ts';
import { newId, randomText } from './ids.ts';
import { attachMethod } from './payment-methods/attach.ts';
import { paymentMethods, resolveMethod } from './payment-methods/payment-method.ts';
import { attachSource, resolveSource, sourcesOf } from './payment-methods/sources.ts';
import { given, refused } from './resource.ts';
import type { CollectionSpec } from './store/collection.ts';
import { addTaxId, taxIdParams } from './tax/tax-id.ts';
import { clockLimits, existingClock } from './test-clocks/test-clock.ts';
import { noSuch } from './wire/errors.ts';
import {
  applyMetadata,
  emptyable,
  integer,
  list,
  metadata,
  object,
  oneOf,
  type Parsed,
  required,
  text,
  unsettableText,
} from './wire/params.ts';
import type { Wire } from './wire/shapes.ts';

export type Customer = Wire<Stripe.Customer>;
export type StoredCustomer = Customer | Stripe.DeletedCustomer;
export const customers: CollectionSpec<StoredCustomer, 'email' | 'test_clock'> = {
  name: 'customers',
  indexes: {
    email: (customer) => (customer.deleted ? null : (customer.email ?? null)),
    test_clock: (customer) => (customer.deleted ? null : clockIdOf(customer)),
  },
};

/** The test clock a customer lives on; null for none. */
export function clockIdOf({ test_clock: clock }: Customer): string | null {
  return typeof clock === 'string' ? clock : null;
}

/** The customer a parameter names. Throws Stripe's 400 when there is none or it was deleted. */
export function existingCustomer(
  account: Account,
  id: string,
  param = 'customer',
  status: 400 | 404 = param === 'id' ? 404 : 400,
): Customer {
  const customer = account.of(customers).get(id);
  if (!customer || customer.deleted) throw noSuch('customer', id, param, status);
  return customer;
}

/** Replaces a customer and says so in an event. */
export function updateCustomer(account: Account, next: Customer): Customer {
  update<StoredCustomer>(account, customers, next, 'customer.updated');
  return next;
}

/** A method that left its customer is no longer what invoices are paid with. */
export function forgetDefaultMethod(account: Account, customerId: string, methodId: string): void {
  const customer = account.of(customers).get(customerId);
  if (!customer || customer.deleted) return;
  const { default_source: source, invoice_settings: settings } = customer;
  if (source !== methodId && settings.default_payment_method !== methodId) return;
  const next = settings.default_payment_method === methodId ? null : settings.default_payment_method;
  updateCustomer(account, {
    ...customer,
    default_source: source === methodId ? (sourcesOf(account, customerId)[0]?.id ?? null) : source,
    invoice_settings: { ...settings, default_payment_method: next },
  });
}

const invoiceSettings = {
  custom_fields: emptyable(list(object({ name: required(text(40)), value: required(text(140)) }), 4)),
  default_payment_method: unsettableText(),
  footer: unsettableText(),
  rendering_options: emptyable(object({ amount_tax_display: unsettableText(), template: unsettableText() })),
} as const;

export const customerFields = {
  address: emptyable(object(addressFields)),
  balance: integer(),
  business_name: unsettableText(150),
  description: unsettableText(),
  email: unsettableText(512),
  individual_name: unsettableText(150),
  invoice_prefix: text(12),
  invoice_settings: object(invoiceSettings),
  metadata: metadata(),
  name: unsettableText(256),
  next_invoice_sequence: integer(1, 1_000_000_000),
  phone: unsettableText(20),
  preferred_locales: emptyable(list(text(20), 20)),
  shipping: emptyable(object(shippingFields)),
  tax_exempt: emptyable(oneOf('exempt', 'none', 'reverse')),
} as const;
type Changes = Parsed<typeof customerFields>;

/** The customer after the changes that a request asks for. */
export function changedCustomer(account: Account, customer: Customer, changes: Changes): Customer {
  const {
    address,
    invoice_settings: settings,
    metadata: meta,
    shipping,
    preferred_locales: locales,
    tax_exempt: exempt,
    business_name,
    individual_name,
    ...plain
  } = changes;
  if (changes.email && !/^[^\s@]+@[^\s@]+$/.test(changes.email))
    throw refused('email', `Invalid email address: ${changes.email}`, 'email_invalid');
  const defaultMethod = settings?.default_payment_method;
  if (defaultMethod) requireOwnMethod(account, customer, defaultMethod);
  return {
    ...customer,
    ...given(plain),
    ...(business_name === undefined ? {} : { business_name: business_name ?? undefined }),
    ...(individual_name === undefined ? {} : { individual_name: individual_name ?? undefined }),
    ...(address === undefined ? {} : { address: address && addressOf({ ...customer.address, ...address }) }),
    ...(shipping === undefined
      ? {}
      : {
          shipping: shipping && {
            name: '',
            phone: null,
            ...given(shipping),
            address: addressOf(shipping.address ?? {}),
          },
        }),
    ...(locales === undefined ? {} : { preferred_locales: locales ?? [] }),
    ...(exempt === undefined ? {} : { tax_exempt: exempt ?? 'none' }),
    invoice_settings: settings
      ? { ...customer.invoice_settings, ...given({ ...settings, rendering_options: renderingOf(settings) }) }
      : customer.invoice_settings,
    metadata: applyMetadata(customer.metadata, meta),
  };
}

function renderingOf(settings: Parsed<typeof invoiceSettings>) {
  const options = settings.rendering_options;
  return options
    ? { amount_tax_display: options.amount_tax_display ?? null, template: options.template ?? null }
    : options;
}

function requireOwnMethod(account: Account, customer: Customer, id: string): void {
  const method = account.of(paymentMethods).get(id);
  if (!method) throw noSuch('PaymentMethod', id, 'invoice_settings[default_payment_method]');
  if (method.customer === customer.id) return;
  throw refused(
    'invoice_settings[default_payment_method]',
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    'resource_missing',
  );
}

function fresh(account: Account): Customer {
  return {
    id: newId('cus'),
    object: 'customer',
    address: null,
    balance: 0,
    created: account.now(),
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    email: null,
    invoice_prefix: randomText(8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: account.livemode,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: account.timeline(),
  };
}

/** Throws Stripe's 400 when the clock in force has as many customers as it may. */
function requireRoomOnClock(account: Account): void {
  const clock = account.timeline();
  if (clock === null || account.of(customers).by('test_clock', clock).length < clockLimits.customers) return;
  throw refused(
    'test_clock',
    `You have reached the maximum number of customers for this test clock (${clockLimits.customers}): ${clock}`,
  );
}

/** What a customer is made of. */
export const newCustomerFields = {
  ...customerFields,
  payment_method: text(),
  source: externalAccountParam,
  tax_id_data: list(object(taxIdParams), 5),
  test_clock: text(),
  validate: text(),
} as const;

/** Makes a customer and gives it the cards it comes with; a test token may be named as its default at once. */
export function createCustomer(account: Account, params: Parsed<typeof newCustomerFields>): Customer {
  const { payment_method: token, source, validate: _, invoice_settings: settings, ...rest } = params;
  const { tax_id_data: ids = [], test_clock: clock, ...changes } = rest;
  if (clock !== undefined) {
    existingClock(account, clock);
    requireRoomOnClock(account);
  }
  const customer = changedCustomer(account, fresh(account), changes);
  account.of(customers).put(customer);
  const method =
    token === undefined
      ? undefined
      : attachMethod(account, resolveMethod(account, token, 'payment_method'), customer.id);
  const card =
    source === undefined
      ? undefined
      : attachSource(account, resolveSource(account, source, 'source'), customer.id);
  const isToken = method !== undefined && settings?.default_payment_method === token;
  const chosen = isToken ? { ...settings, default_payment_method: method.id } : settings;
  const settled = changedCustomer(
    account,
    { ...customer, default_source: card?.id ?? null },
    { invoice_settings: chosen },
  );
  create<StoredCustomer>(account, customers, settled, 'customer.created');
  for (const [at, id] of ids.entries()) addTaxId(account, customer.id, id, `tax_id_data[${at}]`);
  return settled;
}

/** Deletes a customer; what listens ends what they had. */
export function deleteCustomer(account: Account, customer: Customer): Stripe.DeletedCustomer {
  const deleted: Stripe.DeletedCustomer = { id: customer.id, object: 'customer', deleted: true };
  account.of(customers).put(deleted);
  emit(account, 'customer.deleted', customer);
  return deleted;
}
