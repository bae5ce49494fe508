import type { Account } from '../account.ts';
import { accountObject } from '../accounts.ts';
import { invalidRequest } from '../wire/errors.ts';

/** Refuses what only those may do who issue cards: every platform here, and connected accounts with the capability. */
export function requireIssuer(account: Account): void {
  if (account.platform && accountObject(account).capabilities?.card_issuing !== 'active')
    throw invalidRequest(
      'Your account is not set up to use Issuing. Please visit https://dashboard.stripe.com/issuing/overview to get started.',
    );
}

/** Refuses to simulate in live mode what there only cardholders, sellers and the post do. */
export function requireTestMode(account: Account): void {
  if (account.livemode) throw invalidRequest('This test helper can only be used in test mode.');
}
