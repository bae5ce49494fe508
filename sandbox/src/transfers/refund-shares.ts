import type { Account } from '../account.ts';
import { type ApplicationFee, applicationFees } from '../application-fees/fee.ts';
import { creditPayer, refundFee } from '../application-fees/refund.ts';
import { type Returned, shareToReturn } from '../application-fees/share.ts';
import type { Charge } from '../charges/charge.ts';
import { refused } from '../resource.ts';
import { reverseTransfer } from './reversal.ts';
import { type Transfer, transfers } from './transfer.ts';

/** What goes back with a refund between a platform and its connected accounts. */
export interface RefundShares {
  readonly fee: { readonly of: ApplicationFee; readonly amount: number } | null;
  readonly transfer: { readonly of: Transfer; readonly amount: number } | null;
}

export interface ShareWishes {
  readonly refundsFee: boolean;
  readonly reversesTransfer: boolean;
}

/** What a refund of `amount` minor units takes along. Throws Stripe's refusals where there is nothing to take along. */
export function sharesOf(
  account: Account,
  charge: Charge,
  amount: number,
  wishes: ShareWishes,
): RefundShares {
  const refund: Returned = { whole: charge.amount_captured, amount, given: charge.amount_refunded + amount };
  const fee = wishes.refundsFee ? feeOf(account, charge) : null;
  const transfer = wishes.reversesTransfer ? transferOf(account, charge) : null;
  const { currency } = charge;
  return {
    fee: fee && {
      of: fee,
      amount: shareToReturn(fee.amount, fee.amount - fee.amount_refunded, refund, currency),
    },
    transfer: transfer && {
      of: transfer,
      amount: shareToReturn(transfer.amount, transfer.amount - transfer.amount_reversed, refund, currency),
    },
  };
}

/** The fee part that a refund on a connected account's own charge brings along in its balance transaction. */
export function directFeeBack(account: Account, shares: RefundShares): number {
  return account.platform && shares.fee ? shares.fee.amount : 0;
}

/** Gives the shares back. Answers the transfer's reversal, if there is one. */
export function returnShares(account: Account, refundId: string, shares: RefundShares): string | null {
  const { fee, transfer } = shares;
  if (account.platform) {
    if (fee && fee.amount > 0) refundFee(account.platform, fee.of, fee.amount);
    return null;
  }
  if (transfer && transfer.amount > 0)
    return reverseTransfer(account, transfer.of, {
      amount: transfer.amount,
      feeBack: fee?.amount ?? 0,
      sourceRefund: refundId,
    }).id;
  if (fee && fee.amount > 0) creditPayer(account, fee.of, refundFee(account, fee.of, fee.amount));
  return null;
}

function feeOf(account: Account, charge: Charge): ApplicationFee {
  const fee =
    charge.application_fee === null
      ? undefined
      : (account.platform ?? account).of(applicationFees).get(charge.application_fee);
  if (!fee)
    throw refused(
      'refund_application_fee',
      `Cannot refund the application fee on charge ${charge.id} because it does not have an associated application fee.`,
    );
  return fee;
}

function transferOf(account: Account, charge: Charge): Transfer {
  const transfer = charge.transfer === undefined ? undefined : account.of(transfers).get(charge.transfer);
  if (!transfer)
    throw refused(
      'reverse_transfer',
      `Cannot reverse transfer on charge ${charge.id} because it does not have an associated transfer.`,
    );
  return transfer;
}
