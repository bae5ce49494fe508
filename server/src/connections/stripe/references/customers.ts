import type Stripe from 'stripe';
import { type Json, ToolError } from '../../../tools/tool.ts';
import { isStripeError } from '../client.ts';
import { follow, mostObjects } from '../pages.ts';
import { compact, time } from '../views/shape.ts';
import { bestMatches, nearMatches, plain } from './matching.ts';
import { ambiguous, notFound } from './problems.ts';

/**
 * So many of the newest customers are read one by one before search is asked for the rest: search lags behind by up
 * to a minute, and the newest are exactly the ones it may not know yet.
 */
const newestRead = 1_000;

const nameOf = (customer: Stripe.Customer): string | null | undefined => customer.name;
const emailOf = (customer: Stripe.Customer): string | null | undefined => customer.email;

function candidate(customer: Stripe.Customer): Json {
  return compact({
    id: customer.id,
    name: customer.name,
    email: customer.email,
    created: time(customer.created),
  });
}

/** One customer by id. @throws ToolError `not_found` when it was deleted. */
export async function customerById(api: Stripe, id: string): Promise<Stripe.Customer> {
  const customer = await api.customers.retrieve(id);
  if (customer.deleted) throw notFound('customer', id, [], 'That customer was deleted; use another one.');
  return customer;
}

/** Quotes and backslashes would end the text of a search query. */
function searchText(text: string): string {
  return text.replace(/["\\]/g, '\\$&');
}

async function searched(api: Stripe, query: string): Promise<Stripe.Customer[] | undefined> {
  try {
    const found: Stripe.Customer[] = [];
    for await (const customer of api.customers.search({ query, limit: 100 })) {
      found.push(customer);
      if (found.length >= 500) break;
    }
    return found;
  } catch (error) {
    // Search does not exist everywhere (India, some emulators): then the list is read to its end instead.
    if (isStripeError(error) && (error.statusCode === 400 || error.statusCode === 404)) return undefined;
    throw error;
  }
}

interface Pool {
  readonly customers: readonly Stripe.Customer[];
  /** False where some come from the search index, which may be a minute behind. */
  readonly fresh: boolean;
}

/** All customers a query could mean: the newest by listing, older ones by search or, without it, by listing too. */
async function pool(api: Stripe, query: string): Promise<Pool> {
  const newest = await follow((page) => api.customers.list(page), { atMost: newestRead });
  if (newest.complete) return { customers: newest.items, fresh: true };
  const older = await searched(api, query);
  if (older) {
    const byId = new Map([...older, ...newest.items].map((customer) => [customer.id, customer]));
    return { customers: [...byId.values()], fresh: false };
  }
  const all = await follow((page) => api.customers.list(page), { atMost: mostObjects });
  if (all.complete) return { customers: all.items, fresh: true };
  throw new ToolError(
    'too_many',
    `There are more than ${mostObjects} customers, too many to look through by name.`,
    { next: 'Give the customer id or the exact e-mail address.' },
  );
}

async function byEmail(api: Stripe, email: string): Promise<Stripe.Customer> {
  // Stripe compares this filter letter by letter, upper and lower case included.
  const exact = await follow((page) => api.customers.list({ ...page, email }), { enough: 20 });
  if (exact.items.length > 0) return single(email, exact.items, []);
  const { customers, fresh } = await pool(api, `email:"${searchText(email)}"`);
  const found = customers.filter((customer) => plain(customer.email ?? '') === plain(email));
  const only = single(email, found, nearMatches(email, customers, emailOf));
  return fresh ? only : customerById(api, only.id);
}

async function byName(api: Stripe, name: string): Promise<Stripe.Customer> {
  const { customers, fresh } = await pool(api, `name~"${searchText(name)}"`);
  const only = single(name, bestMatches(name, customers, nameOf), nearMatches(name, customers, nameOf));
  return fresh ? only : customerById(api, only.id);
}

function single(
  asked: string,
  found: readonly Stripe.Customer[],
  near: readonly Stripe.Customer[],
): Stripe.Customer {
  const [only] = found;
  if (!only) throw notFound('customer', asked, near.map(candidate));
  if (found.length > 1) throw ambiguous('customer', asked, found.map(candidate));
  return only;
}

/**
 * The one customer meant by an id, an e-mail or a name. A customer made a moment ago is found.
 * @throws ToolError `not_found` with near names, or `ambiguous` with candidates. Never the first of several.
 */
export function resolveCustomer(api: Stripe, reference: string): Promise<Stripe.Customer> {
  const asked = reference.trim();
  if (/^cus_\w+$/.test(asked)) return customerById(api, asked);
  return asked.includes('@') ? byEmail(api, asked) : byName(api, asked);
}

/** Customers for a browsing query: a part of a name or of an e-mail. */
export async function customersLike(api: Stripe, query: string): Promise<Stripe.Customer[]> {
  const wanted = plain(query);
  const { customers } = await pool(api, `name~"${searchText(query)}" OR email~"${searchText(query)}"`);
  return customers.filter(
    (customer) => plain(customer.name ?? '').includes(wanted) || plain(customer.email ?? '').includes(wanted),
  );
}
