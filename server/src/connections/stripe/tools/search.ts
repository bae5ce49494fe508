import type Stripe from 'stripe';
import { z } from 'zod';
import { type Json, type Tool, ToolError } from '../../../tools/tool.ts';
import { amountFrom, toStripe } from '../amounts.ts';
import { periodFor } from '../desk.ts';
import { amountField, createdField, currencyField, limitField, textField } from '../fields.ts';
import { listSummary, listView } from '../pages.ts';
import type { Period } from '../period.ts';
import { type Desk, stripeRead } from '../stripe-tool.ts';
import { invoiceRow, subscriptionRow } from '../views/billing.ts';
import { priceRow, productRow } from '../views/catalogue.ts';
import { customerRow } from '../views/customers.ts';
import { chargeRow, paymentIntentRow } from '../views/payments.ts';

const types = [
  'customer',
  'charge',
  'invoice',
  'payment_intent',
  'price',
  'product',
  'subscription',
] as const;

const searchInput = z
  .strictObject({
    type: z.enum(types).describe('What to search.'),
    name: textField('A part of the name (customers, products).', 200).optional(),
    email: textField('A part of the e-mail address (customers).', 320).optional(),
    status: textField('The exact status, such as "succeeded", "open", "past_due".', 40).optional(),
    amount: amountField
      .optional()
      .describe('The exact amount in major units (charges, payment intents, invoices).'),
    currency: currencyField.optional(),
    metadata_key: textField('A metadata key that must be there.', 40).optional(),
    metadata_value: textField('The value of that key.').optional(),
    created: createdField.optional(),
    limit: limitField.optional(),
  })
  .refine(
    (input) => input.metadata_value === undefined || input.metadata_key !== undefined,
    'metadata_value needs metadata_key.',
  )
  .refine(
    (input) => input.amount === undefined || input.currency !== undefined,
    'An amount needs a currency.',
  );

type SearchInput = z.infer<typeof searchInput>;

/** A value inside a query; quotes in it would end the text and change its meaning. */
const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** Writes the query in Stripe's search language. @throws ToolError when there is nothing to search for. */
export function searchQuery(input: SearchInput, created: Period | undefined): string {
  const amountName = input.type === 'invoice' ? 'total' : 'amount';
  const parts = [
    input.name && `name~${quoted(input.name)}`,
    input.email && `email~${quoted(input.email)}`,
    input.status && `status:${quoted(input.status)}`,
    input.amount && input.currency && `${amountName}=${toStripe(amountFrom(input.amount, input.currency))}`,
    input.currency && `currency:${quoted(input.currency.toLowerCase())}`,
    input.metadata_key &&
      (input.metadata_value === undefined
        ? `-metadata[${quoted(input.metadata_key)}]:null`
        : `metadata[${quoted(input.metadata_key)}]:${quoted(input.metadata_value)}`),
    created?.gte !== undefined && `created>=${created.gte}`,
    created?.lt !== undefined && `created<${created.lt}`,
  ].filter((part): part is string => typeof part === 'string');
  if (parts.length > 0) return parts.join(' AND ');
  throw new ToolError('missing_input', 'Nothing to search for was given.', {
    next: 'Give at least one field besides type.',
  });
}

interface Found {
  readonly data: readonly { id: string; created: number }[];
  readonly has_more: boolean;
  readonly rows: Json[];
}

async function search(api: Stripe, type: SearchInput['type'], query: string, limit: number): Promise<Found> {
  const params = { query, limit };
  const rows = <T extends { id: string; created: number }>(
    page: { data: T[]; has_more: boolean },
    row: (item: T) => Json,
  ): Found => ({ data: page.data, has_more: page.has_more, rows: page.data.map(row) });
  switch (type) {
    case 'customer':
      return rows(await api.customers.search(params), customerRow);
    case 'charge':
      return rows(await api.charges.search(params), chargeRow);
    case 'invoice':
      return rows(await api.invoices.search(params), invoiceRow);
    case 'payment_intent':
      return rows(await api.paymentIntents.search(params), paymentIntentRow);
    case 'price':
      return rows(await api.prices.search(params), priceRow);
    case 'product':
      return rows(await api.products.search(params), productRow);
    case 'subscription':
      return rows(await api.subscriptions.search(params), (row) => subscriptionRow(row, new Map()));
  }
}

/** The search tool. */
export function searchTools(desk: Desk): Tool[] {
  return [
    stripeRead(desk, {
      name: 'search_objects',
      title: 'Search',
      description:
        'Searches customers, charges, invoices, payment intents, prices, products or subscriptions by fields, metadata included. The index is up to a minute behind: for something just created, and for anything a list tool can filter, use that instead.',
      input: searchInput,
      // Which one is needed depends on the type; a refusal names it.
      permissions: [],
      words: { action: 'search', object: 'object', synonyms: ['find by metadata', 'look up', 'search for'] },
      async read(input, api) {
        const created = await periodFor(desk, api, input.created);
        const limit = Math.min(input.limit ?? 10, 100);
        const found = await search(api, input.type, searchQuery(input, created), limit);
        const listed = {
          items: found.rows,
          complete: !found.has_more,
          ...(found.has_more && { stopped: `showing the first ${limit}` }),
        };
        return {
          view: listView(input.type, listed, (row) => row, { limit }),
          record: found.data,
          summary: listSummary(listed, input.type.replace('_', ' ')),
          objects: found.data.map(({ id }) => ({ type: input.type, id })),
        };
      },
    }),
  ];
}
