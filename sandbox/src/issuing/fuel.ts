import type Stripe from 'stripe';
import { decimal, integer, object, oneOf, type Parsed, text } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';

/** What a seller tells of fuel that was bought. */
export type Fuel = Wire<Stripe.Issuing.Authorization.Fuel>;
/** What is asked of drivers at a pump, and what it came to. */
export type Fleet = Wire<Stripe.Issuing.Authorization.Fleet>;

export const fuelFields = object({
  industry_product_code: text(),
  quantity_decimal: decimal(),
  type: oneOf('diesel', 'other', 'unleaded_plus', 'unleaded_regular', 'unleaded_super'),
  unit: oneOf(
    'charging_minute',
    'imperial_gallon',
    'kilogram',
    'kilowatt_hour',
    'liter',
    'other',
    'pound',
    'us_gallon',
  ),
  unit_cost_decimal: decimal(),
});

const gross = object({ gross_amount_decimal: decimal() });
export const fleetFields = object({
  cardholder_prompt_data: object({
    driver_id: text(),
    odometer: integer(0),
    unspecified_id: text(),
    user_id: text(),
    vehicle_number: text(),
  }),
  purchase_type: oneOf('fuel_and_non_fuel_purchase', 'fuel_purchase', 'non_fuel_purchase'),
  reported_breakdown: object({
    fuel: gross,
    non_fuel: gross,
    tax: object({ local_amount_decimal: decimal(), national_amount_decimal: decimal() }),
  }),
  service_type: oneOf('full_service', 'non_fuel_transaction', 'self_service'),
});

export type FuelWish = Parsed<{ f: typeof fuelFields }>['f'];
export type FleetWish = Parsed<{ f: typeof fleetFields }>['f'];

export function fuelOf(wish: FuelWish): Fuel | null {
  if (!wish) return null;
  return {
    industry_product_code: wish.industry_product_code ?? null,
    quantity_decimal: wish.quantity_decimal ?? null,
    type: wish.type ?? null,
    unit: wish.unit ?? null,
    unit_cost_decimal: wish.unit_cost_decimal ?? null,
  };
}

export function fleetOf(wish: FleetWish): Fleet | null {
  if (!wish) return null;
  const { cardholder_prompt_data: prompts, reported_breakdown: breakdown } = wish;
  return {
    cardholder_prompt_data: prompts
      ? {
          alphanumeric_id: null,
          driver_id: prompts.driver_id ?? null,
          odometer: prompts.odometer ?? null,
          unspecified_id: prompts.unspecified_id ?? null,
          user_id: prompts.user_id ?? null,
          vehicle_number: prompts.vehicle_number ?? null,
        }
      : null,
    purchase_type: wish.purchase_type ?? null,
    reported_breakdown: breakdown
      ? {
          fuel: grossOf(breakdown.fuel),
          non_fuel: grossOf(breakdown.non_fuel),
          tax: breakdown.tax
            ? {
                local_amount_decimal: breakdown.tax.local_amount_decimal ?? null,
                national_amount_decimal: breakdown.tax.national_amount_decimal ?? null,
              }
            : null,
        }
      : null,
    service_type: wish.service_type ?? null,
  };
}

function grossOf(wish: { readonly gross_amount_decimal?: string } | undefined) {
  return wish ? { gross_amount_decimal: wish.gross_amount_decimal ?? null } : null;
}
