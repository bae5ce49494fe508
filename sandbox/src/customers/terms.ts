import type { Account } from '../account.ts';
import { addressFields, addressOf, shippingFields } from '../addresses.ts';
import { cashSettingsParam } from '../cash-balance/cash-balance.ts';
import { type Customer, customers } from '../customers.ts';
import { paymentMethods } from '../payment-methods/payment-method.ts';
import { given, refused } from '../resource.ts';
import { noSuch } from '../wire/errors.ts';
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
} from '../wire/params.ts';

const invoiceSettings = {
  custom_fields: emptyable(list(object({ name: required(text(40)), value: required(text(140)) }), 4)),
  default_payment_method: unsettableText(),
  footer: unsettableText(),
  rendering_options: emptyable(object({ amount_tax_display: unsettableText(), template: unsettableText() })),
} as const;

/** What requests may say about a customer, whether it is made or changed. */
export const common = {
  address: emptyable(object(addressFields)),
  business_name: unsettableText(150),
  cash_balance: object(cashSettingsParam),
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
type Changes = Parsed<typeof common>;

/** The customer after the changes that a request asks for. */
export function changedCustomer(account: Account, customer: Customer, changes: Changes): Customer {
  const {
    address,
    cash_balance: _,
    invoice_settings: settings,
    metadata: meta,
    shipping,
    preferred_locales: locales,
    tax_exempt: exempt,
    business_name,
    individual_name,
    ...plain
  } = changes;
  if (changes.invoice_prefix !== undefined) requirePrefix(account, customer, changes.invoice_prefix);
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

/** Throws Stripe's 400 for a prefix that numbers of invoices cannot have, or that another customer's have. */
function requirePrefix(account: Account, { id }: Customer, prefix: string): void {
  const param = 'invoice_prefix';
  if (!/^[A-Z0-9]{3,12}$/.test(prefix))
    throw refused(param, 'Invoice prefixes must be 3–12 uppercase letters or numbers.');
  if (
    account
      .of(customers)
      .by('invoice_prefix', prefix)
      .some((other) => other.id !== id)
  )
    throw refused(param, `The invoice prefix ${prefix} is already used by another customer.`);
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
