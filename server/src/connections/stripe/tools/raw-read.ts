import type Stripe from 'stripe';
import { z } from 'zod';
import { type Json, type Tool, ToolError } from '../../../tools/tool.ts';
import { type Desk, stripeRead } from '../stripe-tool.ts';
import { asObject, factsView } from '../views/facts.ts';

/**
 * What may be read so: the beginnings of addresses. Not on it: keys and secrets of any kind, persons and bank accounts
 * of connected accounts, cards issued, and files.
 */
const allowed: readonly string[] = [
  ...[
    'application_fees',
    'balance',
    'balance_transactions',
    'billing/alerts',
    'billing/credit_balance_summary',
  ],
  ...['billing/credit_balance_transactions', 'billing/credit_grants', 'billing/meters', 'charges'],
  ...['billing_portal/configurations', 'checkout/sessions', 'country_specs', 'coupons', 'credit_notes'],
  ...[
    'customers',
    'disputes',
    'entitlements',
    'events',
    'exchange_rates',
    'invoice_payments',
    'invoiceitems',
  ],
  ...['invoices', 'mandates', 'payment_intents', 'payment_links', 'payment_method_configurations'],
  ...[
    'payment_method_domains',
    'payment_methods',
    'payouts',
    'plans',
    'prices',
    'products',
    'promotion_codes',
  ],
  ...[
    'quotes',
    'radar',
    'refunds',
    'reporting',
    'reviews',
    'setup_attempts',
    'setup_intents',
    'shipping_rates',
  ],
  ...[
    'subscription_items',
    'subscription_schedules',
    'subscriptions',
    'tax/calculations',
    'tax/registrations',
  ],
  ...[
    'tax/transactions',
    'tax_codes',
    'tax_ids',
    'tax_rates',
    'test_helpers/test_clocks',
    'topups',
    'transfers',
  ],
];

const address = /^\/v1(\/[a-z0-9_]+)(\/[A-Za-z0-9_]+)*$/;
const parameter = /^[a-z_]{1,40}(\[[a-z_]{0,40}\]){0,3}$/;

/** @throws ToolError `not_allowed` for an address off the list */
function checkedPath(path: string): string {
  const rest = path.replace(/^\/v1\//, '');
  const isListed = allowed.some((head) => rest === head || rest.startsWith(`${head}/`));
  if (address.test(path) && isListed) return path;
  throw new ToolError('not_allowed', `${path} is not on the list of what may be read in this way.`, {
    next: `It must be a plain address of Stripe's API such as "/v1/setup_attempts"; allowed are: ${allowed.join(', ')}.`,
  });
}

function queryOf(params: Readonly<Record<string, string | number | boolean>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (!parameter.test(name) || name.startsWith('expand'))
      throw new ToolError('not_allowed', `The parameter "${name.slice(0, 60)}" cannot be given here.`, {
        next: 'Use the parameters of the list in Stripe’s reference, without expand.',
      });
    query.set(name, String(value));
  }
  const text = query.toString();
  return text && `?${text}`;
}

async function get(api: Stripe, address: string): Promise<{ [key: string]: Json }> {
  const answer: unknown = await api.rawRequest('GET', address);
  return asObject(JSON.parse(JSON.stringify(answer ?? null)) as Json);
}

function listOf(answer: { readonly [key: string]: Json }, data: readonly Json[]) {
  const complete = answer.has_more !== true;
  return {
    object: 'list',
    data: data.map((each) => factsView(asObject(each))),
    complete,
    seen: data.length,
    ...(!complete && { stopped: 'one page; go on with starting_after, the last id' }),
  };
}

/** The way to what no tool is for. Reads only: there is no such tool for writing, on purpose. */
export function rawReadTools(desk: Desk): Tool[] {
  return [
    stripeRead(desk, {
      name: 'raw_read',
      title: 'Raw read',
      description:
        'Any GET of Stripe’s API on an allow list, for what no other tool reads, such as "/v1/setup_attempts" with {"setup_intent": "seti_…"}. One page. Off until an owner allows it by name.',
      offByDefault: true,
      input: z.strictObject({
        path: z.string().min(4).max(200).describe('The address without its query: "/v1/mandates/mandate_1".'),
        params: z
          .record(z.string().min(1).max(80), z.union([z.string().max(200), z.number(), z.boolean()]))
          .optional()
          .describe('The query by name as in Stripe’s reference: {"limit": 10, "created[gte]": 1767225600}.'),
      }),
      // Which one is needed depends on the address; a refusal names it.
      permissions: [],
      words: { action: 'read', object: 'api', synonyms: ['raw', 'api request', 'endpoint'] },
      async read({ path, params = {} }, api) {
        const answer = await get(api, checkedPath(path) + queryOf(params));
        const isList = Array.isArray(answer.data);
        const view = isList ? listOf(answer, answer.data as Json[]) : factsView(answer);
        const summary = isList ? `Read ${view.seen} objects of ${path}` : `Read ${path}`;
        return { view, record: answer, summary };
      },
    }),
  ];
}
