import { refused } from '../resource.ts';
import { missingParam, notSupported } from '../wire/errors.ts';
import {
  applyMetadata,
  boolean,
  emptyable,
  integer,
  list,
  metadata,
  object,
  oneOf,
  type Parsed,
  required,
  text,
  unsupported,
} from '../wire/params.ts';
import { countries, countryParam } from './countries.ts';
import type { CustomField, Session } from './session.ts';

const message = emptyable(object({ message: required(text(1200)) }));
const lengths = {
  default_value: text(255),
  maximum_length: integer(1, 255),
  minimum_length: integer(0, 255),
} as const;
const customField = object({
  dropdown: object({
    default_value: text(100),
    options: required(list(object({ label: required(text(100)), value: required(text(100)) }), 200)),
  }),
  key: required(text(200)),
  label: required(object({ custom: required(text(50)), type: required(oneOf('custom')) })),
  numeric: object(lengths),
  optional: boolean(),
  text: object(lengths),
  type: required(oneOf('dropdown', 'numeric', 'text')),
});
const nameField = object({ enabled: required(boolean()), optional: boolean() });
/** `invoice_creation`: a receipt in the form of an invoice. */
const invoiceCreation = object({
  enabled: required(boolean()),
  invoice_data: object({
    account_tax_ids: unsupported(),
    custom_fields: emptyable(list(object({ name: required(text(40)), value: required(text(140)) }), 4)),
    description: text(1500),
    footer: text(),
    issuer: unsupported(),
    metadata: metadata(),
    rendering_options: unsupported(),
  }),
});

/** What sessions and links ask of the customer, in the same words. */
export const collecting = {
  allow_promotion_codes: boolean(),
  automatic_tax: object({ enabled: required(boolean()), liability: unsupported() }),
  billing_address_collection: oneOf('auto', 'required'),
  consent_collection: object({
    payment_method_reuse_agreement: object({ position: required(oneOf('auto', 'hidden')) }),
    promotions: oneOf('auto', 'none'),
    terms_of_service: oneOf('none', 'required'),
  }),
  custom_fields: emptyable(list(customField, 3)),
  custom_text: object({
    after_submit: message,
    shipping_address: message,
    submit: message,
    terms_of_service_acceptance: message,
  }),
  customer_creation: oneOf('always', 'if_required'),
  invoice_creation: invoiceCreation,
  managed_payments: object({ enabled: boolean() }),
  name_collection: object({ business: nameField, individual: nameField }),
  payment_method_collection: oneOf('always', 'if_required'),
  phone_number_collection: object({ enabled: required(boolean()) }),
  shipping_address_collection: object({
    allowed_countries: required(list(countryParam, countries.length)),
  }),
  submit_type: oneOf('auto', 'book', 'donate', 'pay', 'subscribe'),
  tax_id_collection: object({ enabled: required(boolean()), required: oneOf('if_supported', 'never') }),
} as const;
export type Collecting = Parsed<typeof collecting>;

/** Throws for what is described here but not simulated, rather than leave it out in silence. */
export function requireSimulated(given: Collecting): void {
  if (given.automatic_tax?.enabled) throw notSupported('automatic_tax[enabled]');
  if (given.managed_payments?.enabled) throw notSupported('managed_payments[enabled]');
}

/** The custom fields before anybody filled them in. Throws Stripe's refusals of fields that cannot be. */
export function customFieldsOf(given: Collecting['custom_fields']): CustomField[] {
  const keys = new Set<string>();
  return (given ?? []).map((field, at) => {
    const path = `custom_fields[${at}]`;
    const { key, label, optional = false, type } = field;
    if (!/^[A-Za-z0-9]+$/.test(key))
      throw refused(`${path}[key]`, 'The key of a custom field must be alphanumeric.');
    if (keys.has(key))
      throw refused(`${path}[key]`, `Custom field keys must be unique: ${key} is used twice.`);
    keys.add(key);
    const described = { key, label, optional, type };
    if (type !== 'dropdown') {
      const limits = field[type];
      return {
        ...described,
        [type]: {
          default_value: limits?.default_value ?? null,
          maximum_length: limits?.maximum_length ?? null,
          minimum_length: limits?.minimum_length ?? null,
          value: null,
        },
      };
    }
    if (!field.dropdown) throw missingParam(`${path}[dropdown]`);
    const { default_value: chosen = null, options } = field.dropdown;
    if (options.length === 0) throw missingParam(`${path}[dropdown][options]`);
    if (chosen !== null && !options.some((option) => option.value === chosen))
      throw refused(`${path}[dropdown][default_value]`, 'The default_value must be the value of an option.');
    return { ...described, dropdown: { default_value: chosen, options, value: null } };
  });
}

export function customTextOf(given: Collecting['custom_text']): Session['custom_text'] {
  return {
    after_submit: null,
    shipping_address: null,
    submit: null,
    terms_of_service_acceptance: null,
    ...given,
  };
}

export function consentOf(given: Collecting['consent_collection']): Session['consent_collection'] {
  if (!given) return null;
  return {
    payment_method_reuse_agreement: given.payment_method_reuse_agreement ?? null,
    promotions: given.promotions ?? 'none',
    terms_of_service: given.terms_of_service ?? 'none',
  };
}

export function nameCollectionOf(given: Collecting['name_collection']): Session['name_collection'] {
  if (!given) return undefined;
  const field = (asked: NonNullable<typeof given>['business']) =>
    asked && { enabled: asked.enabled, optional: asked.optional ?? false };
  return {
    ...(given.business ? { business: field(given.business) } : {}),
    ...(given.individual ? { individual: field(given.individual) } : {}),
  };
}

export function invoiceCreationOf(
  given: Collecting['invoice_creation'],
): NonNullable<Session['invoice_creation']> {
  const data = given?.invoice_data;
  return {
    enabled: given?.enabled ?? false,
    invoice_data: {
      account_tax_ids: null,
      custom_fields: data?.custom_fields ?? null,
      description: data?.description ?? null,
      footer: data?.footer ?? null,
      issuer: null,
      metadata: applyMetadata({}, data?.metadata),
      rendering_options: null,
    },
  };
}
