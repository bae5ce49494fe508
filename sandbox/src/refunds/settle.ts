import type { Account } from '../account.ts';
import { book } from '../balance/balance.ts';
import { type Charge, charges } from '../charges/charge.ts';
import { emit, update } from '../events.ts';
import { randomText } from '../ids.ts';
import { invalidRequest } from '../wire/errors.ts';
import { chargeText, countRefund, type Refund, refunds, updateRefund } from './refund.ts';

/** A bank answers a refund that took a while. Runs as a due job. */
export function succeedRefund(account: Account, id: string): void {
  const refund = account.of(refunds).get(id);
  if (refund?.status !== 'pending') return;
  const { pending_reason: _, ...known } = refund;
  const { destination_details: where } = known;
  const reference = {
    reference: randomText(23),
    reference_status: 'available',
    reference_type: 'acquirer_reference_number',
    type: 'refund',
  } as const;
  const done: Refund = {
    ...known,
    status: 'succeeded',
    destination_details: where?.card ? { card: reference, type: 'card' } : where,
  };
  updateRefund(account, done);
  countRefund(account, done);
}

/** A bank sends back a refund that looked done: it can be tried again. Runs as a due job. */
export function failRefund(account: Account, id: string): void {
  const refund = account.of(refunds).get(id);
  const charge = refund && account.of(charges).get(refund.charge);
  if (refund?.status !== 'succeeded' || !charge) return;
  end(account, refund, 'failed', 'expired_or_canceled_card');
  const next: Charge = {
    ...charge,
    amount_refunded: charge.amount_refunded - refund.amount,
    refunded: false,
  };
  update(account, charges, next, 'charge.updated');
}

/** A refund that its customer never claimed. Runs as a due job. */
export function expireWhenDue(account: Account, id: string): void {
  const refund = account.of(refunds).get(id);
  if (refund?.status === 'requires_action') end(account, refund, 'failed', 'unknown');
}

/** Ends the customer's time to claim a refund. Throws Stripe's 400 when it does not wait for that. */
export function expireRefund(account: Account, refund: Refund): Refund {
  if (refund.status !== 'requires_action')
    throw invalidRequest(
      `Only refunds with a status of requires_action can be expired; this one is ${refund.status}.`,
    );
  return end(account, refund, 'failed', 'unknown');
}

/** Takes a refund back that has not gone out. Throws Stripe's 400 when it has. */
export function cancelRefund(account: Account, refund: Refund): Refund {
  const isWaiting = refund.status === 'requires_action' || refund.status === 'pending';
  if (!isWaiting) throw invalidRequest('Canceling this refund is unsupported.');
  return end(account, refund, 'canceled');
}

/** The money returns to the balance. */
function end(account: Account, refund: Refund, status: 'canceled' | 'failed', reason?: string): Refund {
  const charge = account.of(charges).get(refund.charge);
  const entry = book(account, {
    amount: refund.amount,
    currency: refund.currency,
    description: `REFUND FAILURE${charge ? ` FOR ${chargeText(charge)}` : ''}`,
    source: refund.id,
    type: refund.id.startsWith('pyr_') ? 'payment_failure_refund' : 'refund_failure',
    reportingCategory: 'refund_failure',
  });
  const { pending_reason: _, next_action: _action, ...known } = refund;
  const ended = updateRefund(account, {
    ...known,
    failure_balance_transaction: entry.id,
    ...(reason === undefined ? {} : { failure_reason: reason }),
    status,
  });
  if (status === 'failed') emit(account, 'refund.failed', ended);
  return ended;
}
