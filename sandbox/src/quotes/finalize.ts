import type { Account } from '../account.ts';
import { itemsOf } from '../checkout/items.ts';
import { existingCustomer } from '../customers.ts';
import { advance } from '../events.ts';
import { refused } from '../resource.ts';
import { cancelQuote, expiryJob } from './expire.ts';
import { withAmounts } from './pricing.ts';
import { type Quote, type QuoteNumber, quoteNumbers, quotes } from './quote.ts';
import { requireStatus } from './status.ts';
import { expiryFor } from './terms.ts';

/**
 * Makes a draft an offer that can be accepted: it gets its number, and what it revises is cancelled.
 * @throws StripeFault 400 for what is no draft, has nobody to go to or nothing to offer.
 */
export function finalizeQuote(account: Account, draft: Quote, expiresAt: number | undefined): Quote {
  requireStatus(draft, ['draft'], 'finalize');
  const items = itemsOf(account, draft.id);
  if (draft.customer === null)
    throw refused('customer', 'A quote must have a customer to be finalized: set `customer` on it first.');
  if (items.length === 0)
    throw refused('line_items', 'A quote must have at least one line item to be finalized.');
  const revised = draft.from_quote?.is_revision ? account.of(quotes).get(draft.from_quote.quote) : undefined;
  if (revised) cancelQuote(account, revised);
  const customer = existingCustomer(account, draft.customer);
  const number = account.of(quoteNumbers).put(numberFor(account, draft, customer.id));
  const open: Quote = {
    // The customer's tax status may have changed since it was drafted.
    ...withAmounts(account, draft, items),
    expires_at: expiryFor(account, draft, expiresAt),
    number: `QT-${customer.invoice_prefix}-${String(number.sequence).padStart(4, '0')}-${number.revision}`,
    status: 'open',
    status_transitions: { ...draft.status_transitions, finalized_at: account.now() },
  };
  if (open.expires_at !== draft.expires_at) account.schedule(open.expires_at, expiryJob, open.id);
  return advance(account, quotes, open, 'quote.finalized');
}

/** A customer's quotes are counted; the revisions of one are counted within it. */
function numberFor(account: Account, quote: Quote, customer: string): QuoteNumber {
  const others = account.of(quoteNumbers).by('customer', customer);
  const revised = quote.from_quote?.is_revision ? account.of(quoteNumbers).get(quote.from_quote.quote) : null;
  const sequence = revised?.sequence ?? Math.max(0, ...others.map((other) => other.sequence)) + 1;
  const earlier = others.filter((other) => other.sequence === sequence).map(({ revision }) => revision);
  return { id: quote.id, customer, sequence, revision: Math.max(0, ...earlier) + 1 };
}
