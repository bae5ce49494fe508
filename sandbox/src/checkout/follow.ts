import type { Account } from '../account.ts';
import { advance } from '../events.ts';
import type { PaymentIntent } from '../payment-intents/intent.ts';
import type { SetupIntent } from '../setup-intents/setup-intent.ts';
import { type Attempt, attempts } from './attempt.ts';
import { completeSession } from './complete.ts';
import { receiptOf } from './receipt.ts';
import { type Session, sessions } from './session.ts';
import { completeSubscription, keepMethod, startFreeSubscription } from './subscription.ts';

interface Hit {
  readonly session: Session;
  readonly attempt: Attempt;
}

function paidBy(account: Account, object: unknown): Hit | undefined {
  return hit(account, account.of(attempts).newestBy('payment_intent', (object as PaymentIntent).id));
}

function hit(account: Account, attempt: Attempt | undefined): Hit | undefined {
  const session = attempt && account.of(sessions).get(attempt.id);
  return session && { session, attempt };
}

/** Hears that a session's payment came in: at once, once it was captured, or days later. */
export function onPaid(account: Account, object: unknown): void {
  const found = paidBy(account, object);
  if (!found) return;
  const { session, attempt } = found;
  if (session.status === 'open') finish(account, found, 'paid');
  else if (session.status === 'complete' && session.payment_status === 'unpaid') {
    const invoice = session.invoice ?? receiptOf(account, session, attempt);
    const paid: Session = { ...session, payment_status: 'paid', invoice };
    if (attempt.delayed) advance(account, sessions, paid, 'checkout.session.async_payment_succeeded');
    else account.of(sessions).put(paid);
  }
}

/** Hears that the bank holds the amount until it is captured. */
export function onHeld(account: Account, object: unknown): void {
  const found = paidBy(account, object);
  if (found?.session.status === 'open') finish(account, found, 'unpaid');
}

/** Hears what the customer is asked to do. Vouchers and small deposits take days: nobody waits for them on the page. */
export function onAsked(account: Account, object: unknown): void {
  if (takesDays(object as PaymentIntent)) onDelayed(account, object);
}

/** Hears the same of a method that is to be saved: what waits for it goes on without. */
export function onSetupAsked(account: Account, object: unknown): void {
  if (takesDays(object as SetupIntent)) onSaved(account, object);
}

function takesDays({ next_action: action }: PaymentIntent | SetupIntent): boolean {
  return action?.type === 'verify_with_microdeposits' || action?.type.endsWith('_display_details') === true;
}

/** Hears that the money is on its way. */
export function onDelayed(account: Account, object: unknown): void {
  const found = paidBy(account, object);
  if (found?.session.status !== 'open') return;
  const attempt: Attempt = { ...found.attempt, delayed: true };
  account.of(attempts).put(attempt);
  finish(account, { ...found, attempt }, 'unpaid');
}

/** Hears that money that was on its way did not come; a refused card is told to the customer on the page. */
export function onFailed(account: Account, object: unknown): void {
  const found = paidBy(account, object);
  if (found?.session.status === 'complete' && found.attempt.delayed)
    advance(account, sessions, found.session, 'checkout.session.async_payment_failed');
}

function finish(account: Account, { session, attempt }: Hit, status: 'paid' | 'unpaid'): void {
  if (session.mode === 'subscription') completeSubscription(account, session, attempt, status);
  else completeSession(account, session, attempt, status);
}

/** Hears that a method was saved: that was all, or the subscription that waited for it begins. */
export function onSaved(account: Account, object: unknown): void {
  const found = hit(account, account.of(attempts).newestBy('setup_intent', (object as SetupIntent).id));
  if (!found) return;
  const { attempt, session } = found;
  if (session.status === 'complete') keepMethod(account, session, attempt);
  else if (session.status === 'open' && session.mode === 'setup')
    completeSession(account, session, attempt, 'no_payment_required');
  else if (session.status === 'open') startFreeSubscription(account, session, attempt);
}
