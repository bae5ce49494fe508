import type { Account } from '../account.ts';
import type { Charge } from '../charges/charge.ts';
import { openDisputeFor } from './dispute.ts';

/** What becomes of a payment once its money is there: what its test card is for. Answers the charge as it then is. */
export function followUp(account: Account, charge: Charge): Charge {
  return openDisputeFor(account, charge);
}
