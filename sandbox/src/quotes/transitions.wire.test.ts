import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';
import type { Quote } from './quote.ts';

type Status = Quote['status'];
type Action =
  | 'accept'
  | 'cancel'
  | 'download'
  | 'duplicate'
  | 'expire'
  | 'finalize'
  | 'prolong'
  | 'revise'
  | 'update_metadata'
  | 'update_terms';
/** The status an action leads to, or how it is refused. */
type Expected = Status | { readonly refused: string };

const only = (verb: string, done: string, status: Status, allowed: string) => ({
  refused: `You cannot ${verb} a quote that is in the \`${status}\` status. It must be in the ${allowed} status to be ${done}.`,
});
const pending = '`draft` or `open`';

/** What is the same for both statuses in which nothing more can happen. */
const over = (status: 'accepted' | 'canceled'): Record<Action, Expected> => ({
  accept: only('accept', 'accepted', status, '`open`'),
  cancel: only('cancel', 'canceled', status, pending),
  download: status,
  duplicate: status,
  expire: status,
  finalize: only('finalize', 'finalized', status, '`draft`'),
  prolong: only('update', 'updated', status, pending),
  revise: only('revise', 'revised', status, '`open`'),
  update_metadata: status,
  update_terms: only('update', 'updated', status, pending),
});

/** Every status with every action: a pair left out does not compile. */
const table: Record<Status, Record<Action, Expected>> = {
  draft: {
    accept: only('accept', 'accepted', 'draft', '`open`'),
    cancel: 'canceled',
    download: only('download', 'downloaded', 'draft', '`open` or `accepted` or `canceled`'),
    duplicate: 'draft',
    expire: 'canceled',
    finalize: 'open',
    prolong: 'draft',
    revise: only('revise', 'revised', 'draft', '`open`'),
    update_metadata: 'draft',
    update_terms: 'draft',
  },
  open: {
    accept: 'accepted',
    cancel: 'canceled',
    download: 'open',
    duplicate: 'open',
    expire: 'canceled',
    finalize: only('finalize', 'finalized', 'open', '`draft`'),
    prolong: 'open',
    revise: 'canceled',
    update_metadata: 'open',
    update_terms: { refused: 'You cannot update `header` on a quote that is in the `open` status.' },
  },
  accepted: over('accepted'),
  canceled: over('canceled'),
};

let now = Date.UTC(2026, 0, 1) / 1000;
const sandbox = createSandbox({ clock: { now: () => now * 1000 } });
afterAll(() => sandbox.close());
const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
const stripe = new Stripe('sk_test_quote_transitions', { httpClient, maxNetworkRetries: 0 });
const offer = (async () => {
  const customer = await stripe.customers.create({ email: 'bea@example.com' });
  const product_data = { name: 'Desk' };
  const price = await stripe.prices.create({ currency: 'usd', unit_amount: 900, product_data });
  return { customer: customer.id, line_items: [{ price: price.id, quantity: 2 }] };
})();

async function quoteIn(status: Status): Promise<string> {
  const { id } = await stripe.quotes.create(await offer);
  if (status === 'draft') return id;
  await stripe.quotes.finalizeQuote(id);
  if (status === 'accepted') await stripe.quotes.accept(id);
  if (status === 'canceled') await stripe.quotes.cancel(id);
  return id;
}

const actions: Record<Action, (id: string) => Promise<unknown>> = {
  accept: (id) => stripe.quotes.accept(id),
  cancel: (id) => stripe.quotes.cancel(id),
  download: (id) => stripe.quotes.pdf(id),
  duplicate: (id) => stripe.quotes.create({ from_quote: { quote: id } }),
  expire: async () => {
    now += 31 * 86_400;
  },
  finalize: (id) => stripe.quotes.finalizeQuote(id),
  prolong: (id) => stripe.quotes.update(id, { expires_at: now + 90 * 86_400 }),
  revise: async (id) => {
    const revision = await stripe.quotes.create({ from_quote: { quote: id, is_revision: true } });
    await stripe.quotes.finalizeQuote(revision.id);
  },
  update_metadata: (id) => stripe.quotes.update(id, { metadata: { seen: 'yes' } }),
  update_terms: (id) => stripe.quotes.update(id, { header: 'Offer' }),
};

describe.each(Object.entries(table))('a quote that is %s', (status, row) => {
  test.each(Object.entries(row))('%s', async (action, expected) => {
    const id = await quoteIn(status as Status);
    const outcome = actions[action as Action](id).then(
      async () => (await stripe.quotes.retrieve(id)).status,
      (error: Stripe.errors.StripeError) => ({ refused: error.message }),
    );
    expect(await outcome).toEqual(expected);
    if (typeof expected === 'object') expect((await stripe.quotes.retrieve(id)).status).toBe(status);
  });
});
