import type { Account } from '../account.ts';
import { type Charge, charges } from '../charges/charge.ts';
import { behaviourOf, paymentMethods } from '../payment-methods/payment-method.ts';
import { warnOfFraud } from '../radar/early-fraud-warnings.ts';
import { openReview } from '../radar/reviews.ts';
import { casesOf } from './cases.ts';
import { disputable, openDispute } from './dispute.ts';

/** What becomes of a payment once its money is there: what its test card is for. Answers the charge as it then is. */
export function followUp(account: Account, charge: Charge): Charge {
  const method =
    charge.payment_method === null ? undefined : account.of(paymentMethods).get(charge.payment_method);
  if (charge.outcome?.type === 'manual_review' && charge.review === null) openReview(account, charge);
  const complaint = method ? behaviourOf(method).complaint : undefined;
  if (complaint && charge.amount_captured > 0 && !charge.disputed) complain(account, charge, complaint);
  return account.of(charges).get(charge.id) ?? charge;
}

type Complaint = NonNullable<ReturnType<typeof behaviourOf>['complaint']>;

function complain(account: Account, charge: Charge, complaint: Complaint): void {
  if (complaint === 'warning') {
    warnOfFraud(account, charge);
    return;
  }
  const cases = casesOf[complaint];
  for (const [at, about] of cases.entries()) {
    const left = disputable(account, charge);
    // Several disputes of one payment share it.
    const part = Math.ceil(left / (cases.length - at));
    if (part > 0) openDispute(account, charge, about, part);
  }
}
