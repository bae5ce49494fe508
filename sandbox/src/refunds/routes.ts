import type { Account } from '../account.ts';
import { type Charge, charges } from '../charges/charge.ts';
import { type Call, declare, found, listed, type Resource, refused, route } from '../resource.ts';
import { invalidRequest, noSuch, notSupported } from '../wire/errors.ts';
import { datedPageParams } from '../wire/pages.ts';
import { applyMetadata, boolean, integer, metadata, oneOf, type Parsed, text } from '../wire/params.ts';
import { createRefund, refundJobs } from './create.ts';
import { type Refund, refunds, updateRefund } from './refund.ts';
import { cancelRefund, expireRefund, expireWhenDue, failRefund, succeedRefund } from './settle.ts';

const wishes = {
  amount: integer(1),
  instructions_email: text(800),
  metadata: metadata(),
  reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer'),
  refund_application_fee: boolean(),
  reverse_transfer: boolean(),
} as const;
const createParams = {
  ...wishes,
  charge: text(),
  currency: text(3),
  customer: text(),
  origin: oneOf('customer_balance'),
  payment_intent: text(),
} as const;
const listParams = { ...datedPageParams, charge: text(), payment_intent: text() } as const;

const permission = 'charge';

function named(call: Call<unknown>): Refund {
  return found(call, refunds, 'refund', 'refund');
}

/** The charge that a request means. Throws Stripe's refusals of none, two, and of intents without a payment. */
function chargeFor(account: Account, params: Parsed<typeof createParams>): Charge {
  const { charge: id, payment_intent: intent } = params;
  if (id !== undefined && intent !== undefined)
    throw refused('charge', 'You may only specify one of these parameters: charge, payment_intent.');
  if (id !== undefined) return chargeCalled(account, id);
  if (params.origin !== undefined) throw notSupported('refunds of cash balances');
  if (intent === undefined)
    throw invalidRequest(
      'One of the following params should be provided for this request: payment_intent or charge.',
    );
  if (!account.byName('payment_intents')?.get(intent))
    throw noSuch('payment_intent', intent, 'payment_intent');
  const [latest] = account.of(charges).by('payment_intent', intent);
  const paid = account
    .of(charges)
    .by('payment_intent', intent)
    .find(({ status }) => status === 'succeeded');
  if (paid ?? latest) return paid ?? (latest as Charge);
  throw refused(
    'payment_intent',
    `This PaymentIntent (${intent}) does not have a successful charge to refund.`,
  );
}

function chargeCalled(account: Account, id: string): Charge {
  const charge = account.of(charges).get(id);
  if (!charge) throw noSuch('charge', id, 'id', 404);
  return charge;
}

function give(account: Account, charge: Charge, params: Parsed<typeof wishes>): Refund {
  return createRefund(account, charge, {
    amount: params.amount,
    reason: params.reason,
    metadata: params.metadata,
    refundsFee: params.refund_application_fee,
    reversesTransfer: params.reverse_transfer,
    instructionsEmail: params.instructions_email,
  });
}

function ofCharge(call: Call<unknown>): Refund {
  const refund = named(call);
  const charge = found(call, charges, 'charge', 'charge');
  if (refund.charge !== charge.id) throw noSuch('refund', refund.id, 'refund', 404);
  return refund;
}

export const refundResource: Resource = {
  collections: [declare(refunds)],
  expand: {
    refund: {
      charge: ['charges'],
      payment_intent: ['payment_intents'],
      balance_transaction: ['balance_transactions'],
      failure_balance_transaction: ['balance_transactions'],
      customer: ['customers'],
      payment_method: ['payment_methods'],
      source_transfer_reversal: ['transfer_reversals'],
      transfer_reversal: ['transfer_reversals'],
    },
  },
  jobs: {
    [refundJobs.expire]: expireWhenDue,
    [refundJobs.fail]: failRefund,
    [refundJobs.succeed]: succeedRefund,
  },
  routes: [
    route('POST', '/v1/refunds', { permission, params: createParams }, ({ account, params }) =>
      give(account, chargeFor(account, params), params),
    ),
    route('GET', '/v1/refunds', { permission, params: listParams }, (call) => {
      const { charge, payment_intent: intent } = call.params;
      const index =
        charge !== undefined
          ? { index: 'charge', key: charge }
          : intent !== undefined
            ? { index: 'payment_intent', key: intent }
            : {};
      return listed(call, refunds, index);
    }),
    route('GET', '/v1/refunds/:refund', { permission }, named),
    route('POST', '/v1/refunds/:refund', { permission, params: { metadata: metadata() } }, (call) => {
      const refund = named(call);
      const next = { ...refund, metadata: applyMetadata(refund.metadata ?? {}, call.params.metadata) };
      return updateRefund(call.account, next);
    }),
    route('POST', '/v1/refunds/:refund/cancel', { permission }, (call) =>
      cancelRefund(call.account, named(call)),
    ),
    route('POST', '/v1/test_helpers/refunds/:refund/expire', { permission }, (call) =>
      expireRefund(call.account, named(call)),
    ),
    route('POST', '/v1/charges/:charge/refunds', { permission, params: wishes }, (call) =>
      give(call.account, found(call, charges, 'charge', 'charge'), call.params),
    ),
    // Before refunds were objects the answer was the charge.
    route('POST', '/v1/charges/:charge/refund', { permission, params: wishes }, (call) => {
      const charge = found(call, charges, 'charge', 'charge');
      give(call.account, charge, call.params);
      return call.account.of(charges).get(charge.id) ?? charge;
    }),
    route('GET', '/v1/charges/:charge/refunds', { permission, params: datedPageParams }, (call) =>
      listed(call, refunds, { index: 'charge', key: found(call, charges, 'charge', 'charge').id }),
    ),
    route('GET', '/v1/charges/:charge/refunds/:refund', { permission }, ofCharge),
    route(
      'POST',
      '/v1/charges/:charge/refunds/:refund',
      { permission, params: { metadata: metadata() } },
      (call) => {
        const refund = ofCharge(call);
        const next = { ...refund, metadata: applyMetadata(refund.metadata ?? {}, call.params.metadata) };
        return updateRefund(call.account, next);
      },
    ),
  ],
};
