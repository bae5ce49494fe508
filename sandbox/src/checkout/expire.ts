import type { Account } from '../account.ts';
import { day } from '../clock.ts';
import { advance } from '../events.ts';
import { paymentIntents } from '../payment-intents/intent.ts';
import { cancelPaymentIntent } from '../payment-intents/settle.ts';
import { refused } from '../resource.ts';
import { cancelSetupIntent } from '../setup-intents/act.ts';
import { setupIntents } from '../setup-intents/setup-intent.ts';
import { attempts } from './attempt.ts';
import { type Session, sessions, sessionUrl } from './session.ts';
import { abandonSubscription } from './subscription.ts';

export const expiryJob = 'checkout_session.expire';
/** How long an expired session can be taken up again. */
const recoverySeconds = 30 * day;

/** Closes an open session for good. Throws Stripe's 400 in other states. */
export function expireSession(account: Account, session: Session): Session {
  if (session.status !== 'open')
    throw refused(
      'session',
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`,
    );
  return close(account, session);
}

/** Closes a session whose time is over. Runs as a due job. */
export function expireWhenDue(account: Account, id: string): void {
  const session = account.of(sessions).get(id);
  if (session?.status === 'open' && session.expires_at <= account.now()) close(account, session);
}

function close(account: Account, session: Session): Session {
  abandon(account, session);
  const recovery = session.after_expiration?.recovery;
  const expired: Session = {
    ...session,
    status: 'expired',
    url: null,
    after_expiration: recovery?.enabled
      ? {
          recovery: {
            ...recovery,
            expires_at: account.now() + recoverySeconds,
            url: `${sessionUrl(account, session.id)}/recover`,
          },
        }
      : session.after_expiration,
  };
  return advance(account, sessions, expired, 'checkout.session.expired');
}

/** Ends what tries to pay have begun. */
function abandon(account: Account, session: Session): void {
  const attempt = account.of(attempts).get(session.id);
  if (attempt?.subscription) abandonSubscription(account, attempt.subscription);
  const payment =
    session.payment_intent === null ? undefined : account.of(paymentIntents).get(session.payment_intent);
  if (payment && payment.status !== 'succeeded' && payment.status !== 'canceled')
    cancelPaymentIntent(account, payment, 'abandoned');
  const setupId = session.setup_intent ?? attempt?.setupIntent ?? null;
  const setup = setupId === null ? undefined : account.of(setupIntents).get(setupId);
  if (setup && setup.status !== 'succeeded' && setup.status !== 'canceled')
    cancelSetupIntent(account, setup, 'abandoned');
}
