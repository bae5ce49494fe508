import type { Account } from '../account.ts';
import { refused } from '../resource.ts';
import { createSession } from './create.ts';
import { boundsOf, itemsOf } from './items.ts';
import { type Session, sessions, termsOf } from './session.ts';

/**
 * A new session like one that has expired; the one that was made for it before, while that is open.
 * @throws StripeFault 400 when this is not, or no longer, offered.
 */
export function recoverSession(account: Account, session: Session): Session {
  const recovery = session.after_expiration?.recovery;
  if (!recovery?.enabled || recovery.expires_at === null || recovery.expires_at <= account.now())
    throw refused('session', 'This Checkout Session can no longer be recovered.');
  const again = account.of(sessions).newestBy('recovered_from', session.id);
  if (again?.status === 'open') return again;
  const { params } = termsOf(account, session.id);
  const items = itemsOf(account, session.id).filter((item) => !item.optional);
  return createSession(
    account,
    {
      ...params,
      // The time that was named has passed.
      expires_at: undefined,
      line_items: items.map(({ price, quantity, tax_rates, metadata, adjustable_quantity: adjustable }) => ({
        chosen: price,
        quantity: quantity ?? undefined,
        tax_rates,
        metadata: metadata ?? {},
        adjustable_quantity: boundsOf(adjustable),
      })),
      ...(recovery.allow_promotion_codes ? { allow_promotion_codes: true, discounts: undefined } : {}),
    },
    { recoveredFrom: session.id, paymentLink: session.payment_link ?? undefined },
  );
}
