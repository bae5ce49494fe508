import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { create, update } from './events.ts';
import { newId } from './ids.ts';
import { declare, found, given, listed, type Resource, referred, refused, route } from './resource.ts';
import type { CollectionSpec } from './store/collection.ts';
import { datedPageParams } from './wire/pages.ts';
import {
  applyMetadata,
  boolean,
  decimal,
  metadata,
  oneOf,
  type Parsed,
  required,
  text,
} from './wire/params.ts';
import type { Wire } from './wire/shapes.ts';

export type TaxRate = Wire<Stripe.TaxRate>;
export const taxRates: CollectionSpec<TaxRate> = { name: 'tax_rates', indexes: {} };

/** The rates that a parameter names, in order. Throws Stripe's 400 for one that does not exist. */
export function existingTaxRates(account: Account, ids: readonly string[], param: string): TaxRate[] {
  return ids.map((id) => referred(account, taxRates, 'tax rate', id, param));
}

const taxTypes = [
  'admissions_tax',
  'amusement_tax',
  'attendance_tax',
  'communications_tax',
  'digital_excise_tax',
  'entertainment_tax',
  'get_fund',
  'gross_receipts_tax',
  'gst',
  'hospitality_tax',
  'hst',
  'igst',
  'jct',
  'lease_tax',
  'luxury_tax',
  'mass_transit_parking_tax',
  'nhil',
  'parking_tax',
  'pst',
  'qst',
  'resort_tax',
  'retail_delivery_fee',
  'rst',
  'sales_tax',
  'service_tax',
  'tourism_tax',
  'utility_users_tax',
  'vat',
] as const satisfies readonly TaxRate['tax_type'][];

const editable = {
  active: boolean(),
  country: text(2),
  description: text(),
  jurisdiction: text(50),
  state: text(5),
  tax_type: oneOf(...taxTypes),
} as const;
const createParams = {
  ...editable,
  display_name: required(text(50)),
  inclusive: required(boolean()),
  metadata: metadata(),
  percentage: required(decimal()),
} as const;
const updateParams = { ...editable, display_name: text(50), metadata: metadata() } as const;
const listParams = { ...datedPageParams, active: boolean(), inclusive: boolean() } as const;

function made(account: Account, params: Parsed<typeof createParams>): TaxRate {
  const percentage = Number(params.percentage);
  if (!(percentage >= 0 && percentage <= 100))
    throw refused('percentage', 'Invalid percentage: must be between 0 and 100.');
  if (/\.\d{4}0*[1-9]/.test(params.percentage))
    throw refused(
      'percentage',
      `Invalid decimal: ${params.percentage}; must contain at most four decimal places.`,
    );
  return {
    id: newId('txr', 24),
    object: 'tax_rate',
    active: params.active ?? true,
    country: params.country ?? null,
    created: account.now(),
    description: params.description ?? null,
    display_name: params.display_name,
    effective_percentage: percentage,
    flat_amount: null,
    inclusive: params.inclusive,
    jurisdiction: params.jurisdiction ?? null,
    jurisdiction_level: null,
    livemode: account.livemode,
    metadata: applyMetadata({}, params.metadata),
    percentage,
    rate_type: 'percentage',
    state: params.state ?? null,
    tax_type: params.tax_type ?? null,
  };
}

/** `/v1/tax_rates`. */
export const taxRateResource: Resource = {
  collections: [declare(taxRates)],
  routes: [
    route('POST', '/v1/tax_rates', { permission: 'tax_rate', params: createParams }, ({ account, params }) =>
      create(account, taxRates, made(account, params), 'tax_rate.created'),
    ),
    route('GET', '/v1/tax_rates/:tax_rate', { permission: 'tax_rate' }, (call) =>
      found(call, taxRates, 'tax rate', 'tax_rate'),
    ),
    route('POST', '/v1/tax_rates/:tax_rate', { permission: 'tax_rate', params: updateParams }, (call) => {
      const rate = found(call, taxRates, 'tax rate', 'tax_rate');
      const { metadata: meta, ...changes } = call.params;
      const next = { ...rate, ...given(changes), metadata: applyMetadata(rate.metadata ?? {}, meta) };
      return update(call.account, taxRates, next, 'tax_rate.updated');
    }),
    route('GET', '/v1/tax_rates', { permission: 'tax_rate', params: listParams }, (call) => {
      const { active, inclusive } = call.params;
      return listed(call, taxRates, {
        where: (rate) =>
          (active === undefined || rate.active === active) &&
          (inclusive === undefined || rate.inclusive === inclusive),
      });
    }),
  ],
};
