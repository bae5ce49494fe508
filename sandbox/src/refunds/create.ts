import type { Account } from '../account.ts';
import { balanceTransactions, book } from '../balance/balance.ts';
import type { Charge } from '../charges/charge.ts';
import { day, hour } from '../clock.ts';
import { applicationOf } from '../connect/application.ts';
import { create } from '../events.ts';
import { newId } from '../ids.ts';
import { behaviourOf, paymentMethods } from '../payment-methods/payment-method.ts';
import { methodType } from '../payment-methods/types.ts';
import { directFeeBack, type RefundShares, returnShares, sharesOf } from '../transfers/refund-shares.ts';
import { applyMetadata, type MetadataChange } from '../wire/params.ts';
import { checkInstructions, checkRefund } from './check.ts';
import { destinationOf } from './destination.ts';
import { chargeText, countRefund, type Refund, refundable, refunds } from './refund.ts';

export interface RefundInput {
  /** Minor units; absent: all that is left. */
  readonly amount?: number;
  readonly reason?: 'duplicate' | 'fraudulent' | 'requested_by_customer';
  readonly metadata?: MetadataChange;
  /** Gives back the platform's fee, or takes back the transfer to the destination, in proportion. */
  readonly refundsFee?: boolean;
  readonly reversesTransfer?: boolean;
  /** Where to ask for a bank account, where the money cannot go back the way it came. */
  readonly instructionsEmail?: string;
}

/** A refund that its bank rejects, one that takes a while, and one that its customer never claimed, as due jobs. */
export const refundJobs = {
  fail: 'refund.fail',
  succeed: 'refund.succeed',
  expire: 'refund.expire',
} as const;
/** How long a refund takes that takes a while, and how long a customer has to claim one, in seconds. */
const settlingSeconds = hour;
const claimSeconds = 45 * day;

/** Gives money back. Throws Stripe's refusals: failed, uncaptured, disputed, already refunded, more than is left. */
export function createRefund(account: Account, charge: Charge, input: RefundInput): Refund {
  const left = refundable(account, charge);
  checkRefund(account, charge, input.amount, left);
  const amount = input.amount ?? left;
  const method =
    charge.payment_method === null ? undefined : account.of(paymentMethods).get(charge.payment_method);
  const type = charge.payment_method_details?.type ?? 'card';
  const way = methodType(type)?.refund ?? 'now';
  const email = way === 'asks' ? checkInstructions(account, charge, input.instructionsEmail) : null;
  const behaviour = method ? behaviourOf(method).refund : undefined;
  const status =
    email !== null
      ? 'requires_action'
      : way === 'later' || behaviour === 'pendingFirst'
        ? 'pending'
        : 'succeeded';
  const { refundsFee = false, reversesTransfer = false } = input;
  const shares = sharesOf(account, charge, amount, { refundsFee, reversesTransfer });
  const id = newId(type === 'card' ? 're' : 'pyr', 24);
  const entry = bookRefund(account, charge, { id, amount }, shares);
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
    destination_details: destinationOf(type),
    ...(email === null ? {} : claim(account, email)),
    metadata: applyMetadata({}, input.metadata),
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    ...(status === 'pending' ? { pending_reason: 'processing' as const } : {}),
    reason: input.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status,
    transfer_reversal: returnShares(account, id, shares),
  };
  create(account, refunds, refund, 'refund.created');
  if (status === 'succeeded') countRefund(account, refund);
  const now = account.now();
  if (behaviour === 'failsLater') account.schedule(now + settlingSeconds, refundJobs.fail, id);
  else if (status === 'pending') account.schedule(now + settlingSeconds, refundJobs.succeed, id);
  else if (status === 'requires_action') account.schedule(now + claimSeconds, refundJobs.expire, id);
  return refund;
}

/** Asks the customer where to send the money. */
function claim(account: Account, email: string): Pick<Refund, 'instructions_email' | 'next_action'> {
  const sent = { email_sent_at: account.now(), email_sent_to: email };
  return {
    instructions_email: email,
    next_action: {
      type: 'display_details',
      display_details: { email_sent: sent, expires_at: account.now() + claimSeconds },
    },
  };
}

function bookRefund(
  account: Account,
  charge: Charge,
  { id, amount }: Pick<Refund, 'id' | 'amount'>,
  shares: RefundShares,
) {
  const { balance_transaction: paidBy } = charge;
  const paid = paidBy === null ? undefined : account.of(balanceTransactions).get(paidBy);
  return book(account, {
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
    description: `REFUND FOR ${chargeText(charge)}`,
    source: id,
    type: charge.id.startsWith('py_') ? 'payment_refund' : 'refund',
    reportingCategory: 'refund',
    // What has not arrived yet is given back from what has not arrived yet.
    ...(paid?.status === 'pending' ? { availableOn: paid.available_on } : {}),
  });
}
