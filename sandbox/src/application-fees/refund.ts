import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { book } from '../balance/balance.ts';
import { applicationOf } from '../connect/application.ts';
import { advance } from '../events.ts';
import { newId } from '../ids.ts';
import { refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { pageOf } from '../wire/pages.ts';
import { applyMetadata, type MetadataChange } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { type ApplicationFee, applicationFees } from './fee.ts';

export type FeeRefund = Wire<Stripe.FeeRefund>;
export const feeRefunds: CollectionSpec<FeeRefund, 'fee'> = {
  name: 'fee_refunds',
  indexes: { fee: (refund) => refund.fee },
};

/**
 * Gives a part of a fee back out of the platform's balance. What the connected account gets is for the caller to book:
 * as part of its charge's refund, or by `creditPayer`. Throws Stripe's refusals of more than is left.
 */
export function refundFee(
  platform: Account,
  fee: ApplicationFee,
  amount: number,
  metadata?: MetadataChange,
): FeeRefund {
  const left = fee.amount - fee.amount_refunded;
  if (left === 0) throw refused('id', `Application fee ${fee.id} has already been refunded.`);
  if (amount > left)
    throw refused(
      'amount',
      `Refund amount (${amount}) is greater than unrefunded amount on application fee (${left}).`,
    );
  const id = newId('fr', 24);
  const entry = book(platform, {
    amount: -amount,
    currency: fee.currency,
    source: id,
    type: 'application_fee_refund',
    reportingCategory: 'platform_earning_refund',
  });
  const refund: FeeRefund = {
    id,
    object: 'fee_refund',
    amount,
    balance_transaction: entry.id,
    created: platform.now(),
    currency: fee.currency,
    fee: fee.id,
    metadata: applyMetadata({}, metadata),
  };
  platform.of(feeRefunds).put(refund);
  const given = fee.amount_refunded + amount;
  const next = { ...fee, amount_refunded: given, refunded: given === fee.amount };
  advance(platform, applicationFees, withRefunds(platform, next), 'application_fee.refunded');
  return refund;
}

/** The fee with its newest refunds embedded. */
export function withRefunds(platform: Account, fee: ApplicationFee): ApplicationFee {
  const url = `/v1/application_fees/${fee.id}/refunds`;
  return { ...fee, refunds: pageOf(platform.of(feeRefunds), url, {}, { index: 'fee', key: fee.id }) };
}

/** Books a fee refund that comes with no refund of the charge on the account that paid the fee. */
export function creditPayer(platform: Account, fee: ApplicationFee, refund: FeeRefund): void {
  book(platform.connected(fee.account), {
    amount: refund.amount,
    currency: fee.currency,
    description: `Application fee refund from ${applicationOf(platform)}`,
    source: fee.charge,
    type: 'adjustment',
    reportingCategory: 'fee',
  });
}
