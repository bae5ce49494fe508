import type { Account } from '../account.ts';
import { accountObject } from '../accounts.ts';
import {
  type Destination,
  defaultDestination,
  destinationTraits,
  externalAccounts,
  standInBank,
} from '../connect/external-accounts.ts';
import { refused } from '../resource.ts';
import { noSuch } from '../wire/errors.ts';

/** Where a payout goes: the destination asked for, or the currency's default. Throws Stripe's refusals. */
export function payoutDestination(
  account: Account,
  currency: string,
  method: 'standard' | 'instant',
  id: string | undefined,
): Destination {
  if (account.platform && !accountObject(account).payouts_enabled)
    throw refused(
      'account',
      'Payouts are not enabled on this account: see what its requirements say is due.',
      'payouts_not_allowed',
    );
  const destination = id === undefined ? usualDestination(account, currency) : named(account, id);
  if (destination.currency !== currency)
    throw refused(
      'destination',
      `The destination ${destination.id} takes ${destination.currency}, not ${currency}.`,
    );
  if (method === 'instant' && !destination.available_payout_methods?.includes('instant'))
    throw refused(
      'destination',
      `The destination ${destination.id} does not support instant payouts.`,
      'instant_payouts_unsupported',
    );
  return destination;
}

function named(account: Account, id: string): Destination {
  const found = account.of(externalAccounts).get(id);
  if (!found || found.deleted) throw noSuch('external account', id, 'destination', 400);
  return found;
}

/** An account of its own that named no bank has one all the same, as a Stripe account does; a connected account has not. */
function usualDestination(account: Account, currency: string): Destination {
  const known = defaultDestination(account, currency);
  if (known) return known;
  if (account.platform)
    throw refused('currency', `Sorry, you don't have any external accounts in that currency (${currency}).`);
  const bank = standInBank(account, currency);
  account.of(destinationTraits).put({ id: bank.id, failure: null });
  account.of(externalAccounts).put(bank);
  return bank;
}
