import type Stripe from 'stripe';
import { spoken } from './amounts.ts';
import type { Desk } from './stripe-tool.ts';
import { isOverdue } from './views/billing.ts';
import { customerLabel } from './views/customers.ts';
import { payer } from './views/payments.ts';

/** A person's opening screen waits for these. */
const patienceMs = 3_000;
const mostSuggestions = 4;

type Suggest = (api: Stripe, now: Date) => Promise<string | undefined>;

const failedPayment: Suggest = async (api) => {
  const { data } = await api.charges.list({ limit: 50, expand: ['data.customer'] });
  const failed = data.find((charge) => charge.status === 'failed');
  const who = failed && payer(failed);
  return failed && who
    ? `Why did the ${spoken(failed.amount, failed.currency)} payment of ${who} fail?`
    : undefined;
};

const openDisputes: Suggest = async (api) => {
  const { data } = await api.disputes.list({ limit: 50 });
  const open = data.filter(
    ({ status }) => status === 'needs_response' || status === 'warning_needs_response',
  );
  return open.length > 0 ? 'List all open disputes' : undefined;
};

const overdueInvoices: Suggest = async (api, now) => {
  const { data } = await api.invoices.list({ status: 'open', limit: 100 });
  return data.some((invoice) => isOverdue(invoice, now)) ? 'List all overdue invoices' : undefined;
};

const newestCustomer: Suggest = async (api) => {
  const { data } = await api.customers.list({ limit: 1 });
  const [customer] = data;
  return customer ? `Show me ${customerLabel(customer)}'s last payments` : undefined;
};

const balance: Suggest = async () => 'Can you check my Stripe account balance?';
const firstProduct: Suggest = async (api) => {
  const { data } = await api.products.list({ limit: 1 });
  return data.length === 0
    ? 'Create a product called "Starter Plan" for $19 a month'
    : 'List my recent customers and products';
};

async function tried(suggest: Suggest, api: Stripe, now: Date): Promise<string | undefined> {
  try {
    return await suggest(api, now);
  } catch {
    // A suggestion is a courtesy: what the key may not read is not suggested.
    return undefined;
  }
}

/** At most four requests that make sense for the account as it is; what troubles the business comes first. */
export async function suggestRequests(desk: Desk): Promise<{ text: string }[]> {
  const all = [failedPayment, openDisputes, overdueInvoices, newestCustomer, balance, firstProduct];
  const signal = AbortSignal.timeout(patienceMs);
  const ran = await desk.client.run(
    (api) => Promise.all(all.map((suggest) => tried(suggest, api, desk.now()))),
    { signal },
  );
  if (!ran.ok) return [];
  const texts = ran.value.filter((text) => text !== undefined);
  return texts.slice(0, mostSuggestions).map((text) => ({ text }));
}
