import type { Account } from '../account.ts';
import { advance } from '../events.ts';
import { type Quote, quotes } from './quote.ts';
import { requireStatus } from './status.ts';

export const expiryJob = 'quote.expire';

/** Takes the offer back. Throws Stripe's 400 once it was accepted or is over. */
export function cancelQuote(account: Account, quote: Quote): Quote {
  requireStatus(quote, ['draft', 'open'], 'cancel');
  const gone: Quote = {
    ...quote,
    status: 'canceled',
    status_transitions: { ...quote.status_transitions, canceled_at: account.now() },
  };
  return advance(account, quotes, gone, 'quote.canceled');
}

/** Nobody accepted it in time. Runs as a due job; a quote whose time was prolonged stays. */
export function expireQuote(account: Account, id: string): void {
  const quote = account.of(quotes).get(id);
  if (!quote || quote.expires_at > account.now()) return;
  if (quote.status === 'draft' || quote.status === 'open') cancelQuote(account, quote);
}
