import type Stripe from 'stripe';
import type { CollectionSpec } from '../store/collection.ts';
import { boolean, decimal, integer, list, object, type Parsed, text } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { fleetFields, fleetOf, fuelFields, fuelOf } from './fuel.ts';

/** What sellers tell of a purchase beyond its amount; shown to those who ask for it (`expand`). */
type PurchaseDetails = Wire<Stripe.Issuing.Transaction.PurchaseDetails>;

/** As stored, beside the transaction. */
interface StoredDetails {
  /** The transaction. */
  readonly id: string;
  readonly details: PurchaseDetails;
}
export const purchaseDetails: CollectionSpec<StoredDetails> = {
  name: 'issuing_purchase_details',
  indexes: {},
};

export const purchaseFields = object({
  fleet: fleetFields,
  flight: object({
    departure_at: integer(0),
    passenger_name: text(),
    refundable: boolean(),
    segments: list(
      object({
        arrival_airport_code: text(3),
        carrier: text(),
        departure_airport_code: text(3),
        flight_number: text(),
        service_class: text(),
        stopover_allowed: boolean(),
      }),
    ),
    travel_agency: text(),
  }),
  fuel: fuelFields,
  lodging: object({ check_in_at: integer(0), nights: integer(0) }),
  receipt: list(
    object({ description: text(26), quantity: decimal(), total: integer(), unit_cost: integer() }),
  ),
  reference: text(),
});
export type PurchaseWish = Parsed<{ p: typeof purchaseFields }>['p'];

export function purchaseOf(wish: NonNullable<PurchaseWish>): PurchaseDetails {
  const fuel = fuelOf(wish.fuel);
  const fleet = fleetOf(wish.fleet);
  const { flight, lodging } = wish;
  return {
    fleet,
    flight: flight
      ? {
          departure_at: flight.departure_at ?? null,
          passenger_name: flight.passenger_name ?? null,
          refundable: flight.refundable ?? null,
          segments: (flight.segments ?? []).map((segment) => ({
            arrival_airport_code: segment.arrival_airport_code ?? null,
            carrier: segment.carrier ?? null,
            departure_airport_code: segment.departure_airport_code ?? null,
            flight_number: segment.flight_number ?? null,
            service_class: segment.service_class ?? null,
            stopover_allowed: segment.stopover_allowed ?? null,
          })),
          travel_agency: flight.travel_agency ?? null,
        }
      : null,
    fuel: fuel && {
      industry_product_code: fuel.industry_product_code,
      quantity_decimal: fuel.quantity_decimal,
      type: fuel.type ?? 'other',
      unit: fuel.unit ?? 'other',
      unit_cost_decimal: fuel.unit_cost_decimal ?? '0',
    },
    lodging: lodging ? { check_in_at: lodging.check_in_at ?? null, nights: lodging.nights ?? null } : null,
    receipt: (wish.receipt ?? []).map(({ description, quantity, total, unit_cost: cost }) => ({
      description: description ?? null,
      quantity: quantity === undefined ? null : Number(quantity),
      total: total ?? null,
      unit_cost: cost ?? null,
    })),
    reference: wish.reference ?? null,
  };
}
