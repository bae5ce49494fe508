import { formatMoney, money } from '@purser/money';
import type { Account } from '../account.ts';
import type { Charge } from '../charges/charge.ts';
import { customers } from '../customers.ts';
import { disputes } from '../disputes/dispute.ts';
import { methodType } from '../payment-methods/types.ts';
import { refused } from '../resource.ts';
import { invalidRequest } from '../wire/errors.ts';

/** Throws Stripe's refusals of a refund that cannot be. `left`: what may still be given back, in minor units. */
export function checkRefund(
  account: Account,
  charge: Charge,
  amount: number | undefined,
  left: number,
): void {
  if (charge.source_transfer !== null)
    throw refused(
      'charge',
      `The payment ${charge.id} was made by the transfer ${charge.source_transfer}: reverse that transfer on the platform instead.`,
    );
  const isDisputed = account
    .of(disputes)
    .by('charge', charge.id)
    .some((dispute) => !dispute.is_charge_refundable);
  if (isDisputed)
    throw invalidRequest(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: 'charge_disputed',
    });
  requireTaken(charge);
  if (charge.refunded || (left === 0 && amount === undefined))
    throw invalidRequest(`Charge ${charge.id} has already been refunded.`, {
      code: 'charge_already_refunded',
    });
  const type = charge.payment_method_details?.type ?? 'card';
  if (methodType(type)?.refund === 'none')
    throw refused(
      'charge',
      `Payments made with ${type} cannot be refunded through Stripe.`,
      'charge_not_refundable',
    );
  if (amount === undefined || amount <= left) return;
  const than = left < charge.amount_captured ? 'unrefunded amount on charge' : 'charge amount';
  throw refused(
    'amount',
    `Refund amount (${shown(amount, charge.currency)}) is greater than ${than} (${shown(left, charge.currency)})`,
  );
}

function requireTaken({ captured, id, payment_intent: intent, status }: Charge): void {
  if (status !== 'succeeded')
    throw intent === null
      ? refused(
          'charge',
          `This charge (${id}) ${status === 'failed' ? 'failed' : 'is still pending'}, so it cannot be refunded.`,
        )
      : refused(
          'payment_intent',
          `This PaymentIntent (${intent}) does not have a successful charge to refund.`,
        );
  if (captured) return;
  if (intent === null)
    throw refused(
      'charge',
      `Charge ${id} has not been captured; it cannot be refunded.`,
      'charge_not_refundable',
    );
  throw invalidRequest(
    `This uncaptured Charge was created by a PaymentIntent (${intent}). You must cancel the PaymentIntent to reverse the authorization instead of refunding the Charge directly. For more information, see https://stripe.com/docs/payments/place-a-hold-on-a-payment-method`,
  );
}

function shown(amount: number, currency: string): string {
  return formatMoney(money(amount, currency));
}

/** Where to write to a customer whose money cannot go back the way it came. Throws when nobody knows. */
export function checkInstructions(account: Account, charge: Charge, given: string | undefined): string {
  const customer = charge.customer === null ? undefined : account.of(customers).get(charge.customer);
  const email =
    given ?? charge.billing_details.email ?? (customer && !customer.deleted ? customer.email : null) ?? null;
  if (email === null)
    throw refused(
      'instructions_email',
      `An email address is required to refund payments made with ${charge.payment_method_details?.type}: Stripe asks the customer for a bank account. Provide \`instructions_email\`.`,
      'parameter_missing',
    );
  return email;
}
