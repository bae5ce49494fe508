import type Stripe from 'stripe';
import { describe, expectTypeOf, test } from 'vitest';
import type { AnswerTo, Narrowed, Wire } from './shapes.ts';

describe('an SDK type on the wire', () => {
  test('has ids for what can be expanded, alone and in lists', () => {
    expectTypeOf<Wire<Stripe.Refund>['charge']>().toEqualTypeOf<string | null>();
    expectTypeOf<Wire<Stripe.Invoice>['discounts']>().toEqualTypeOf<string[]>();
  });

  test('has text for decimals', () => {
    expectTypeOf<Wire<Stripe.Price>['unit_amount_decimal']>().toEqualTypeOf<string | null>();
  });

  test('has only the words that the SDK lists', () => {
    type Reason = 'duplicate' | 'expired_uncaptured_charge' | 'fraudulent' | 'requested_by_customer' | null;
    expectTypeOf<Wire<Stripe.Refund>['reason']>().toEqualTypeOf<Reason>();
  });

  test('keeps what is compulsory, what is optional, and maps of any names', () => {
    expectTypeOf<Omit<Wire<Stripe.Refund>, 'status'>>().not.toExtend<Wire<Stripe.Refund>>();
    expectTypeOf<Omit<Wire<Stripe.Refund>, 'failure_reason'>>().toExtend<Wire<Stripe.Refund>>();
    expectTypeOf<Wire<Stripe.Customer>['metadata']>().toEqualTypeOf<Stripe.Metadata>();
  });

  test('can be narrowed, never widened', () => {
    type Sure = Narrowed<Wire<Stripe.Refund>, { charge: string }>;
    expectTypeOf<Sure['charge']>().toEqualTypeOf<string>();
    expectTypeOf<Sure>().toExtend<Wire<Stripe.Refund>>();
  });
});

describe('what a route must answer', () => {
  test('is what the SDK says of the endpoint: the object, a list, what is left of a deleted one', () => {
    expectTypeOf<AnswerTo<'POST /v1/refunds/:refund/cancel'>>().toEqualTypeOf<Wire<Stripe.Refund>>();
    expectTypeOf<AnswerTo<'GET /v1/refunds'>>().toEqualTypeOf<Wire<Stripe.ApiList<Stripe.Refund>>>();
    expectTypeOf<AnswerTo<'DELETE /v1/coupons/:id'>>().toEqualTypeOf<Wire<Stripe.DeletedCoupon>>();
  });

  test('is nothing at an address that Stripe does not have', () => {
    expectTypeOf<AnswerTo<'POST /v1/refundz'>>().toEqualTypeOf<never>();
  });
});
