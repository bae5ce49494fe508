import type { Account } from '../account.ts';
import { book } from '../balance/balance.ts';
import { externalAccounts } from '../connect/external-accounts.ts';
import { update } from '../events.ts';
import { refused } from '../resource.ts';
import type { MetadataChange } from '../wire/params.ts';
import { instantFee } from './instant.ts';
import { createPayout, type Payout, payouts } from './payout.ts';

/** Calls off a payout that has not been sent. Throws Stripe's refusals. */
export function cancelPayout(account: Account, payout: Payout): Payout {
  if (payout.automatic) throw refused('id', 'You cannot cancel automatic payouts.', 'payouts_not_allowed');
  if (payout.status !== 'pending')
    throw refused(
      'id',
      `Payouts can only be canceled while they are pending. This payout is ${payout.status}.`,
    );
  const fee = payout.method === 'instant' ? instantFee(payout.amount, payout.currency) : 0;
  const entry = book(account, {
    amount: payout.amount,
    currency: payout.currency,
    fee: -fee,
    feeDescription: 'Instant payout fee',
    description: 'PAYOUT CANCELED',
    source: payout.id,
    type: 'payout_cancel',
    reportingCategory: 'payout_reversal',
  });
  return update(
    account,
    payouts,
    { ...payout, status: 'canceled', failure_balance_transaction: entry.id },
    'payout.canceled',
  );
}

/** Takes a connected account's payout back from its bank. Answers the payout back. Throws Stripe's refusals. */
export function reversePayout(
  account: Account,
  payout: Payout,
  metadata: MetadataChange | undefined,
): Payout {
  const destination =
    payout.destination === null ? undefined : account.of(externalAccounts).get(payout.destination);
  if (!account.platform)
    throw refused('id', 'You can only reverse payouts of connected accounts.', 'payouts_not_allowed');
  if (payout.status === 'pending')
    throw refused('id', 'A pending payout cannot be reversed: cancel it instead.', 'payouts_not_allowed');
  if ((payout.status !== 'paid' && payout.status !== 'in_transit') || payout.amount < 0)
    throw refused('id', `A payout that is ${payout.status} cannot be reversed.`, 'payouts_not_allowed');
  if (payout.reversed_by !== null)
    throw refused(
      'id',
      `This payout has already been reversed by ${payout.reversed_by}.`,
      'payouts_not_allowed',
    );
  const isBank = destination?.object === 'bank_account' && !destination.deleted;
  if (!isBank || !['US', 'CA'].includes(destination.country))
    throw refused(
      'id',
      'You can only reverse payouts to bank accounts in the United States and Canada.',
      'payouts_not_allowed',
    );
  const back = createPayout(account, {
    amount: -payout.amount,
    currency: payout.currency,
    automatic: false,
    destination: destination.id,
    original: payout.id,
    ...(metadata === undefined ? {} : { metadata }),
  });
  update(account, payouts, { ...payout, reversed_by: back.id }, 'payout.updated');
  return back;
}
