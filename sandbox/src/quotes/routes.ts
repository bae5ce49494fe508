import { expandedItems, itemPage, storedItems } from '../checkout/items.ts';
import { breakdownOf } from '../checkout/totals.ts';
import { existingCustomer } from '../customers.ts';
import { type Call, declare, found, listed, type Resource, refused, route } from '../resource.ts';
import { existingClock } from '../test-clocks/test-clock.ts';
import { Download } from '../wire/download.ts';
import { pageParams } from '../wire/pages.ts';
import { applyMetadata, type Parsed } from '../wire/params.ts';
import { acceptQuote } from './accept.ts';
import { createFrom } from './create.ts';
import { cancelQuote, expireQuote, expiryJob } from './expire.ts';
import { finalizeQuote } from './finalize.ts';
import { createParams, finalizeParams, listParams, updateParams } from './params.ts';
import { quotePdf } from './pdf.ts';
import { type Quote, quoteNumbers, quotes, recurringOwner, upfrontOwner } from './quote.ts';
import { requireStatus } from './status.ts';
import { expiryFor, withTerms } from './terms.ts';

const permission = 'quote';

function existing(call: Call<unknown>): Quote {
  return found(call, quotes, 'quote');
}

/** A draft can be changed throughout, an offer only in how long it stands. */
function updateFrom(call: Call<Parsed<typeof updateParams>>): Quote {
  const { account, params } = call;
  const before = existing(call);
  const next = before.status === 'draft' ? withTerms(account, before, params) : prolonged(call, before);
  if (next.expires_at !== before.expires_at) account.schedule(next.expires_at, expiryJob, next.id);
  return account.of(quotes).put(next);
}

function prolonged({ account, params }: Call<Parsed<typeof updateParams>>, before: Quote): Quote {
  const { expires_at: expiresAt, metadata, ...others } = params;
  const other = Object.keys(others).find((name) => name !== 'expand');
  if (expiresAt !== undefined) requireStatus(before, ['draft', 'open'], 'update');
  if (other !== undefined) {
    requireStatus(before, ['draft', 'open'], 'update');
    throw refused(other, `You cannot update \`${other}\` on a quote that is in the \`open\` status.`);
  }
  return {
    ...before,
    expires_at: expiryFor(account, before, expiresAt),
    metadata: applyMetadata(before.metadata, metadata),
  };
}

function listFrom(call: Call<Parsed<typeof listParams>>) {
  const { customer, status, test_clock: clock } = call.params;
  return listed(call, quotes, {
    ...(customer !== undefined
      ? { index: 'customer', key: existingCustomer(call.account, customer).id }
      : clock !== undefined
        ? { index: 'test_clock', key: existingClock(call.account, clock).id }
        : status !== undefined
          ? { index: 'status', key: status }
          : {}),
    where: (quote) =>
      (clock === undefined || quote.test_clock === clock) &&
      (status === undefined || quote.status === status),
  });
}

/** `/v1/quotes`. */
export const quoteResource: Resource = {
  collections: [declare(quotes), declare(quoteNumbers)],
  expand: {
    quote: {
      customer: ['customers'],
      default_tax_rates: ['tax_rates'],
      discounts: ['discounts'],
      'from_quote.quote': ['quotes'],
      invoice: ['invoices'],
      on_behalf_of: ['accounts'],
      subscription: ['subscriptions'],
      subscription_schedule: ['subscription_schedules'],
      test_clock: ['test_clocks'],
      'transfer_data.destination': ['accounts'],
      line_items: (lookup, { id }) => expandedItems(lookup, id, `/v1/quotes/${id}/line_items`),
      'computed.upfront.line_items': (lookup, { id }) =>
        expandedItems(lookup, upfrontOwner(id), `/v1/quotes/${id}/computed_upfront_line_items`),
      'total_details.breakdown': (lookup, { id }) => breakdownOf(storedItems(lookup, id)),
      'computed.upfront.total_details.breakdown': (lookup, { id }) =>
        breakdownOf(storedItems(lookup, upfrontOwner(id))),
      'computed.recurring.total_details.breakdown': (lookup, { id }) =>
        breakdownOf(storedItems(lookup, recurringOwner(id))),
    },
  },
  jobs: { [expiryJob]: expireQuote },
  routes: [
    route('POST', '/v1/quotes', { permission, params: createParams }, createFrom),
    route('GET', '/v1/quotes/:id', { permission }, existing),
    route('POST', '/v1/quotes/:id', { permission, params: updateParams }, updateFrom),
    route('POST', '/v1/quotes/:id/accept', { permission }, (call) =>
      acceptQuote(call.account, existing(call)),
    ),
    route('POST', '/v1/quotes/:id/cancel', { permission }, (call) =>
      cancelQuote(call.account, existing(call)),
    ),
    route('POST', '/v1/quotes/:id/finalize', { permission, params: finalizeParams }, (call) =>
      finalizeQuote(call.account, existing(call), call.params.expires_at),
    ),
    route('GET', '/v1/quotes/:id/line_items', { permission, params: pageParams }, (call) =>
      itemPage(call.account, existing(call).id, call.url, call.params),
    ),
    route('GET', '/v1/quotes/:id/computed_upfront_line_items', { permission, params: pageParams }, (call) =>
      itemPage(call.account, upfrontOwner(existing(call).id), call.url, call.params),
    ),
    route('GET', '/v1/quotes/:id/pdf', { permission }, (call) => {
      const quote = existing(call);
      requireStatus(quote, ['open', 'accepted', 'canceled'], 'download');
      const bytes = quotePdf(call.account, quote);
      return new Download({ 'content-type': 'application/pdf' }, async () => bytes);
    }),
    route('GET', '/v1/quotes', { permission, params: listParams }, listFrom),
  ],
};
