import type { Account } from '../account.ts';
import { authenticatingWith } from '../behaviours/authentication.ts';
import { declines } from '../behaviours/declines.ts';
import { existingCustomer } from '../customers.ts';
import { followUp } from '../disputes/follow-up.ts';
import { update } from '../events.ts';
import { declinedFault } from '../payment-methods/attach.ts';
import { needsDeposits } from '../payment-methods/deposits.ts';
import { factsOf } from '../payment-methods/facts.ts';
import { behaviourOf, type PaymentMethod } from '../payment-methods/payment-method.ts';
import { resolveSource } from '../payment-methods/sources.ts';
import { given, refused } from '../resource.ts';
import { invalidRequest } from '../wire/errors.ts';
import { applyMetadata, type Parsed } from '../wire/params.ts';
import { checkCharge } from './amounts.ts';
import { type Charge, captureCharge, charges, createCharge, releaseCharge } from './charge.ts';
import { holdSeconds } from './details.ts';
import type { captureParams, createParams, updateParams } from './params.ts';
import { shippingOf } from './shipping.ts';
import { changedSplit, splitOf } from './split.ts';

/** An authorisation of a charge without an intent that nobody captured in time, as a due job. */
export const chargeExpiryJob = 'charge.expire';

/** `POST /v1/charges`, the old way to pay: a token or a customer's card, charged at once. */
export function chargeDirectly(account: Account, params: Parsed<typeof createParams>): Charge {
  checkCharge(account, params.amount, params.currency);
  const customer = params.customer === undefined ? null : existingCustomer(account, params.customer);
  const source = params.source ?? customer?.default_source ?? undefined;
  if (source === undefined) {
    if (!customer) throw invalidRequest('Must provide source or customer.', { code: 'parameter_missing' });
    throw refused('card', 'Cannot charge a customer that has no active card', 'missing');
  }
  const method = resolveSource(account, source, 'source');
  requireChargeable(account, method, customer?.id ?? null);
  const capture = params.capture ?? true;
  const { charge, decline } = createCharge(account, {
    amount: params.amount,
    currency: params.currency,
    method,
    customer: customer?.id ?? null,
    paymentIntent: null,
    capture,
    description: params.description ?? null,
    metadata: applyMetadata({}, params.metadata),
    receiptEmail: params.receipt_email ?? null,
    shipping: shippingOf(params.shipping),
    statementDescriptor: params.statement_descriptor ?? null,
    statementDescriptorSuffix: params.statement_descriptor_suffix ?? null,
    threeDSecure: null,
    refusal: cannotAuthenticate(account, method) ? declines.authenticationRequired : undefined,
    split: splitOf(account, params, params.amount),
  });
  if (decline) throw declinedFault(decline, { charge: charge.id }, { keeps: true });
  if (!capture) account.schedule(account.now() + holdSeconds.usual, chargeExpiryJob, charge.id);
  return followUp(account, charge);
}

/** Throws Stripe's refusals of a source of somebody else and of a bank account that nobody has proven. */
function requireChargeable(account: Account, method: PaymentMethod, customer: string | null): void {
  if (method.customer !== null && method.customer !== customer)
    throw customer === null
      ? refused(
          'customer',
          `The source ${method.id} belongs to a customer: name it in \`customer\`.`,
          'missing',
        )
      : refused(
          'source',
          `Customer ${customer} does not have a linked source with ID ${method.id}.`,
          'missing',
        );
  if (needsDeposits(account, method))
    throw refused(
      'source',
      "The customer's bank account must be verified in order to create an ACH payment.",
      'bank_account_unverified',
    );
}

/** Charges without an intent cannot ask for 3D Secure: who needs it refuses. */
function cannotAuthenticate(account: Account, method: PaymentMethod): boolean {
  const occasion = factsOf(account, method.id).setUp ? 'offSessionSetUp' : 'offSession';
  return authenticatingWith(behaviourOf(method).authentication, occasion) === 'unavailable';
}

/** `POST /v1/charges/:id`. */
export function changeCharge(account: Account, charge: Charge, params: Parsed<typeof updateParams>): Charge {
  const { customer, fraud_details: fraud, shipping, transfer_group: group } = params;
  if (customer !== undefined && charge.customer !== null && charge.customer !== customer)
    throw refused('customer', 'The customer of a charge cannot be changed.');
  if (group !== undefined && charge.transfer_group !== null && charge.transfer_group !== group)
    throw refused('transfer_group', 'The transfer_group of a charge can only be set once.');
  const next: Charge = {
    ...charge,
    ...given({
      description: params.description,
      receipt_email: params.receipt_email,
      transfer_group: group,
    }),
    customer: customer === undefined ? charge.customer : existingCustomer(account, customer).id,
    fraud_details: fraud ? reported(charge, fraud.user_report) : charge.fraud_details,
    shipping: shipping === undefined ? charge.shipping : shippingOf(shipping),
    metadata: applyMetadata(charge.metadata, params.metadata),
  };
  return update(account, charges, next, 'charge.updated');
}

/** What the business makes of a charge; '' takes it back. */
function reported(charge: Charge, report: 'fraudulent' | 'safe' | null): Charge['fraud_details'] {
  const { user_report: _, ...rest } = charge.fraud_details ?? {};
  return report === null ? rest : { ...rest, user_report: report };
}

/** `POST /v1/charges/:id/capture`. Throws Stripe's refusals; what is not captured is let go. */
export function captureDirectly(
  account: Account,
  charge: Charge,
  params: Parsed<typeof captureParams>,
): Charge {
  const { payment_intent: intent } = charge;
  if (intent !== null)
    throw refused(
      'id',
      `This charge was created by a PaymentIntent (${intent}). You must capture the PaymentIntent instead.`,
    );
  if (charge.captured)
    throw refused('id', `Charge ${charge.id} has already been captured.`, 'charge_already_captured');
  if (charge.status !== 'succeeded')
    throw refused('id', `Charge ${charge.id} failed: there is nothing to capture.`);
  if (charge.refunded)
    throw refused(
      'id',
      `Charge ${charge.id} cannot be captured because the charge has expired.`,
      'charge_expired_for_capture',
    );
  const { amount = charge.amount } = params;
  if (amount > charge.amount)
    throw refused(
      'amount',
      'You cannot capture a charge for an amount greater than it already has.',
      'amount_too_large',
    );
  const shared: Charge = {
    ...charge,
    ...changedSplit(account, charge, params, amount),
    ...given({
      receipt_email: params.receipt_email,
      statement_descriptor: params.statement_descriptor,
      statement_descriptor_suffix: params.statement_descriptor_suffix,
    }),
  };
  return followUp(account, captureCharge(account, shared, amount));
}

/** Nobody captured the charge in time. Runs as a due job. */
export function expireCharge(account: Account, id: string): void {
  const charge = account.of(charges).get(id);
  if (charge?.status === 'succeeded' && !charge.captured && !charge.refunded)
    releaseCharge(account, charge, true);
}
