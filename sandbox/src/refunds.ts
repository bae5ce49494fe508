import { formatMoney, money } from '@purser/money';
import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { balanceTransactions, book } from './balance/balance.ts';
import { type Charge, charges } from './charges/charge.ts';
import { hour } from './clock.ts';
import { applicationOf } from './connect/application.ts';
import { create, emit, previousAttributes, update } from './events.ts';
import { newId, randomText } from './ids.ts';
import { behaviourOf, paymentMethods } from './payment-methods/payment-method.ts';
import { type Call, declare, found, listed, type Resource, referred, refused, route } from './resource.ts';
import type { CollectionSpec } from './store/collection.ts';
import { directFeeBack, returnShares, sharesOf } from './transfers/refund-shares.ts';
import { missingParam } from './wire/errors.ts';
import { datedPageParams } from './wire/pages.ts';
import {
  applyMetadata,
  boolean,
  integer,
  type MetadataChange,
  metadata,
  oneOf,
  type Parsed,
  text,
} from './wire/params.ts';
import type { Narrowed, Wire } from './wire/shapes.ts';

export type Refund = Narrowed<Wire<Stripe.Refund>, { readonly charge: string }>;

export const refunds: CollectionSpec<Refund, 'charge' | 'payment_intent'> = {
  name: 'refunds',
  indexes: { charge: (refund) => refund.charge, payment_intent: (refund) => refund.payment_intent },
};

export interface RefundInput {
  /** Minor units; absent: all that is left. */
  readonly amount?: number;
  readonly reason?: 'duplicate' | 'fraudulent' | 'requested_by_customer';
  readonly metadata?: MetadataChange;
  /** Gives back the platform's fee, or takes back the transfer to the destination, in proportion. */
  readonly refundsFee?: boolean;
  readonly reversesTransfer?: boolean;
}

/** What may still be given back of a charge, in minor units. */
export function refundable(charge: Charge): number {
  return charge.captured && charge.status === 'succeeded'
    ? charge.amount_captured - charge.amount_refunded
    : 0;
}

/** Gives money back. Throws Stripe's refusals: failed, uncaptured, disputed, already refunded, more than is left. */
export function createRefund(account: Account, charge: Charge, input: RefundInput): Refund {
  checkRefund(charge, input.amount);
  const amount = input.amount ?? refundable(charge);
  const { refundsFee = false, reversesTransfer = false } = input;
  const shares = sharesOf(account, charge, amount, { refundsFee, reversesTransfer });
  const method =
    charge.payment_method === null ? undefined : account.of(paymentMethods).get(charge.payment_method);
  const later = method ? behaviourOf(method).refund : undefined;
  const id = newId('re', 24);
  const paid =
    charge.balance_transaction === null
      ? undefined
      : account.of(balanceTransactions).get(charge.balance_transaction);
  const entry = book(account, {
    amount: -amount,
    currency: charge.currency,
    ...(account.platform
      ? {
          applicationFee: {
            amount: -directFeeBack(account, shares),
            application: applicationOf(account.platform),
          },
        }
      : {}),
    description: 'REFUND FOR CHARGE',
    source: id,
    type: 'refund',
    reportingCategory: 'refund',
    // What has not arrived yet is given back from what has not arrived yet.
    ...(paid?.status === 'pending' ? { availableOn: paid.available_on } : {}),
  });
  const refund: Refund = {
    id,
    object: 'refund',
    amount,
    balance_transaction: entry.id,
    charge: charge.id,
    created: account.now(),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: {
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
      type: 'card',
    },
    metadata: applyMetadata({}, input.metadata),
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: input.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: later === 'pendingFirst' ? 'pending' : 'succeeded',
    transfer_reversal: returnShares(account, id, shares),
  };
  create(account, refunds, refund, 'refund.created');
  const given = charge.amount_refunded + amount;
  update(
    account,
    charges,
    { ...charge, amount_refunded: given, refunded: given === charge.amount_captured },
    'charge.refunded',
  );
  if (later) account.schedule(account.now() + hour, later === 'failsLater' ? failJob : succeedJob, refund.id);
  return refund;
}

const failJob = 'refund.fail';
const succeedJob = 'refund.succeed';

function checkRefund(charge: Charge, amount: number | undefined): void {
  if (charge.source_transfer !== null)
    throw refused(
      'charge',
      `The payment ${charge.id} was made by the transfer ${charge.source_transfer}: reverse that transfer on the platform instead.`,
    );
  if (charge.status !== 'succeeded')
    throw refused('charge', `This charge (${charge.id}) failed, so it cannot be refunded.`);
  if (charge.disputed)
    throw refused(
      'charge',
      `Charge ${charge.id} has been charged back; cannot issue a refund.`,
      'charge_disputed',
    );
  if (charge.refunded)
    throw refused('charge', `Charge ${charge.id} has already been refunded.`, 'charge_already_refunded');
  if (!charge.captured)
    throw refused(
      'charge',
      `Charge ${charge.id} has not been captured; cancel its payment intent instead.`,
      'charge_not_refundable',
    );
  if (amount === undefined || amount <= refundable(charge)) return;
  const left = refundable(charge);
  const message =
    charge.amount_refunded > 0
      ? `Refund amount (${shown(amount, charge.currency)}) is greater than unrefunded amount on charge (${shown(left, charge.currency)})`
      : `Refund amount (${shown(amount, charge.currency)}) is greater than charge amount (${shown(left, charge.currency)})`;
  throw refused('amount', message);
}

function shown(amount: number, currency: string): string {
  return formatMoney(money(amount, currency));
}

/** The bank sent the money back: it returns to the balance and the charge can be refunded again. */
function fail(account: Account, id: string): void {
  const refund = account.of(refunds).get(id);
  const charge = refund ? account.of(charges).get(refund.charge) : undefined;
  if (!refund || !charge || refund.status !== 'succeeded') return;
  const entry = book(account, {
    amount: refund.amount,
    currency: refund.currency,
    description: 'REFUND FAILURE',
    source: refund.id,
    type: 'refund_failure',
    reportingCategory: 'refund_failure',
  });
  const failed: Refund = {
    ...refund,
    status: 'failed',
    failure_reason: 'expired_or_canceled_card',
    failure_balance_transaction: entry.id,
  };
  saveRefund(account, failed);
  emit(account, 'refund.failed', failed);
  update(
    account,
    charges,
    { ...charge, amount_refunded: charge.amount_refunded - refund.amount, refunded: false },
    'charge.updated',
  );
}

/** Stores a refund's next state and says so, also under the name it had when refunds belonged to charges. */
function saveRefund(account: Account, next: Refund): Refund {
  const before = account.of(refunds).get(next.id);
  const after = update(account, refunds, next, 'refund.updated');
  if (before && after !== before)
    emit(account, 'charge.refund.updated', after, previousAttributes(before, after));
  return after;
}

function succeed(account: Account, id: string): void {
  const refund = account.of(refunds).get(id);
  if (refund?.status !== 'pending') return;
  const reference = {
    reference: randomText(23),
    reference_status: 'available',
    reference_type: 'acquirer_reference_number',
    type: 'refund' as const,
  };
  saveRefund(account, {
    ...refund,
    status: 'succeeded',
    destination_details: { card: reference, type: 'card' },
  });
}

const createParams = {
  amount: integer(1),
  charge: text(),
  currency: text(3),
  customer: text(),
  instructions_email: text(800),
  metadata: metadata(),
  origin: text(),
  payment_intent: text(),
  reason: oneOf('duplicate', 'fraudulent', 'requested_by_customer'),
  refund_application_fee: boolean(),
  reverse_transfer: boolean(),
} as const;

function chargeFor(account: Account, params: Parsed<typeof createParams>): Charge {
  if (params.charge !== undefined) return referred(account, charges, 'charge', params.charge, 'charge');
  if (params.payment_intent === undefined) throw missingParam('charge');
  const intent = params.payment_intent;
  if (!account.byName('payment_intents')?.get(intent))
    throw refused('payment_intent', `No such payment_intent: '${intent}'`, 'resource_missing');
  for (const charge of account.of(charges).newestFirst({ index: 'payment_intent', key: intent })) {
    if (charge.status === 'succeeded') return charge;
  }
  throw refused(
    'payment_intent',
    `This PaymentIntent (${intent}) does not have a successful charge to refund.`,
  );
}

function remove(call: Call<unknown>): never {
  const refund = found(call, refunds, 'refund');
  throw refused('id', `Refund ${refund.id} cannot be canceled: only refunds that require action can.`);
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
  jobs: { [failJob]: fail, [succeedJob]: succeed },
  routes: [
    route('POST', '/v1/refunds', { permission: 'charge', params: createParams }, ({ account, params }) => {
      const { amount, reason, metadata: meta } = params;
      const shares = { refundsFee: params.refund_application_fee, reversesTransfer: params.reverse_transfer };
      return createRefund(account, chargeFor(account, params), { amount, reason, metadata: meta, ...shares });
    }),
    route(
      'GET',
      '/v1/refunds',
      { permission: 'charge', params: { ...datedPageParams, charge: text(), payment_intent: text() } },
      (call) => {
        const { charge, payment_intent: intent } = call.params;
        const index =
          charge !== undefined
            ? { index: 'charge', key: charge }
            : intent !== undefined
              ? { index: 'payment_intent', key: intent }
              : {};
        return listed(call, refunds, index);
      },
    ),
    route('GET', '/v1/refunds/:id', { permission: 'charge' }, (call) => found(call, refunds, 'refund')),
    route('POST', '/v1/refunds/:id', { permission: 'charge', params: { metadata: metadata() } }, (call) => {
      const refund = found(call, refunds, 'refund');
      return saveRefund(call.account, {
        ...refund,
        metadata: applyMetadata(refund.metadata ?? {}, call.params.metadata),
      });
    }),
    route('POST', '/v1/refunds/:id/cancel', { permission: 'charge' }, remove),
    route('GET', '/v1/charges/:charge/refunds', { permission: 'charge', params: datedPageParams }, (call) =>
      listed(call, refunds, { index: 'charge', key: found(call, charges, 'charge', 'charge').id }),
    ),
    route('GET', '/v1/charges/:charge/refunds/:id', { permission: 'charge' }, (call) =>
      found(call, refunds, 'refund'),
    ),
  ],
};
