import type Stripe from 'stripe';
import { z } from 'zod';
import { type Preview, type Tool, ToolError, type WriteTool } from '../../../tools/tool.ts';
import { moved, spoken } from '../amounts.ts';
import { customerField } from '../fields.ts';
import { markedWrite, once } from '../marked-write.ts';
import { mark } from '../marks.ts';
import { follow, idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import { ambiguous } from '../references/problems.ts';
import { listFields, stripeList } from '../stripe-list.ts';
import { type Desk, expandedIfPermitted, type Said } from '../stripe-tool.ts';
import { rhythm } from '../views/catalogue.ts';
import { customerNamed, customerRef, sealedWho, whoIs, withWho } from '../views/customers.ts';
import { quoteCustomer, quoteLabel, quoteRef, quoteRow, quoteView } from '../views/documents.ts';
import { createQuote } from './create-quote.ts';
import { day } from './subscription-cost.ts';

const statuses = ['draft', 'open', 'accepted', 'canceled'] as const;
type Status = (typeof statuses)[number];

function listQuotes(desk: Desk): Tool {
  return stripeList(desk, {
    name: 'list_quotes',
    title: 'List quotes',
    description: 'Quotes, newest first: for whom, over how much, and whether they were accepted.',
    input: z.strictObject({
      customer: customerField.optional(),
      status: z.enum(statuses).optional().describe('Only those in this status; "open" waits to be accepted.'),
      ...listFields,
    }),
    permissions: needs('quote:read'),
    words: { action: 'list', object: 'quote', synonyms: ['offer', 'proposal', 'estimate'] },
    of: 'quote',
    async list({ customer: asked, status }, api) {
      const customer = asked ? await resolveCustomer(api, asked) : undefined;
      return {
        pages: (page) =>
          expandedIfPermitted(['data.customer'], (expand) =>
            api.quotes.list({
              ...page,
              ...(customer && { customer: customer.id }),
              ...(status && { status }),
              ...expand,
            }),
          ),
        row: quoteRow,
        ref: quoteRef,
      };
    },
  });
}

const quoteInput = z
  .strictObject({
    quote: z.string().min(1).max(100).optional().describe('The quote id ("qt_…").'),
    customer: customerField
      .optional()
      .describe('Instead of the id: the customer whose only fitting quote it is.'),
  })
  .refine((input) => input.quote || input.customer, 'A quote or a customer is needed.');

async function quoteId(
  api: Stripe,
  input: z.infer<typeof quoteInput>,
  from: readonly Status[],
): Promise<string> {
  if (input.quote) return input.quote.trim();
  const customer = await resolveCustomer(api, input.customer ?? '');
  const { items } = await follow((page) => api.quotes.list({ ...page, customer: customer.id }), {
    fits: ({ status }) => from.some((one) => one === status),
  });
  if (items.length > 1) throw ambiguous('quote', customerNamed(customer), items.map(quoteRow));
  if (items[0]) return items[0].id;
  throw new ToolError('not_found', `${customerNamed(customer)} has no quote that is ${from.join(' or ')}.`, {
    next: 'list_quotes shows what there is.',
  });
}

const expand = ['line_items'];
const nobody = 'nobody yet';

interface Step extends Pick<WriteTool<unknown>, 'name' | 'title' | 'description' | 'effect' | 'words'> {
  readonly canUndo?: string;
  readonly from: readonly Status[];
  readonly verb: string;
  preview(quote: Stripe.Quote, who: string): Omit<Preview, 'objects'>;
  take(id: string, api: Stripe, key: { idempotencyKey: string }): Promise<Stripe.Quote>;
  readonly becomes: Status;
  tell(quote: Stripe.Quote, who: string): Pick<Said, 'summary' | 'undo'>;
}

/** One step of a quote's life. Stripe takes no metadata with it, so the mark is put there first. */
function quoteStep(desk: Desk, { from, verb, preview, take, becomes, tell, ...tool }: Step): Tool {
  return markedWrite(desk, {
    ...tool,
    input: quoteInput,
    sealed: z.object({ id: z.string(), who: sealedWho.optional() }),
    permissions: needs('quote:write'),
    async plan(input, api) {
      const id = await quoteId(api, input, from);
      const quote = await expandedIfPermitted(['customer', 'line_items'], (more) =>
        api.quotes.retrieve(id, more),
      );
      if (!from.some((status) => status === quote.status)) {
        throw new ToolError(
          'quote_unexpected_state',
          `The quote ${quoteLabel(quote)} cannot be ${verb}: it is ${quote.status}.`,
          {
            next:
              quote.status === 'draft'
                ? 'Finalize it first with finalize_quote.'
                : 'list_quotes shows the others.',
            details: { quote: quote.id, status: quote.status },
          },
        );
      }
      const customer = quoteCustomer(quote);
      const who = customer ? customerNamed(customer) : nobody;
      return {
        preview: {
          ...preview(quote, who),
          objects: [quoteRef(quote), ...(customer ? [customerRef(customer)] : [])],
        },
        sealed: { id: quote.id, who: customer && whoIs(customer) },
      };
    },
    async send({ id }, api, context) {
      await api.quotes.update(id, mark(context), once(context));
      return take(id, api, once(context, 1));
    },
    trace: ({ id }, api) => api.quotes.retrieve(id, { expand }),
    isDone: ({ status }) => status === becomes,
    tell: (quote, { who }) => ({
      view: withWho(quoteView(quote), who),
      record: quote,
      objects: [quoteRef(quote), ...made(quote), ...(who ? [customerRef(who)] : [])],
      ...tell(quote, who ? customerNamed(who) : nobody),
    }),
  });
}

/** What came of it. */
function made(quote: Stripe.Quote) {
  return (['subscription', 'subscription_schedule', 'invoice'] as const).flatMap((type) => {
    const id = idOf(quote[type]);
    return id ? [{ type, id }] : [];
  });
}

const total = (quote: Stripe.Quote): string => spoken(quote.amount_total, quote.currency ?? 'usd');

/** `$40.00 monthly` for what comes again and again. */
function recurringFacts({ computed, currency }: Stripe.Quote): { label: string; value: string }[] {
  const { recurring } = computed;
  if (!recurring) return [];
  return [
    { label: 'Then', value: `${spoken(recurring.amount_total, currency ?? 'usd')} ${rhythm(recurring)}` },
  ];
}

function finalizeQuote(desk: Desk): Tool {
  return quoteStep(desk, {
    name: 'finalize_quote',
    title: 'Finalize quote',
    description:
      'Makes a draft quote final: it gets its number, can no longer be changed, and can be accepted until it expires. Nothing is sent by this.',
    effect: 'write',
    canUndo: 'no; it can be cancelled',
    words: { action: 'finalize', object: 'quote', synonyms: ['issue the quote', 'offer', 'proposal'] },
    from: ['draft'],
    verb: 'finalized',
    preview: (quote, who) => ({
      summary: `Finalize the quote over ${total(quote)} for ${who}`,
      facts: [...recurringFacts(quote), { label: 'Can be accepted until', value: day(quote.expires_at) }],
    }),
    take: (id, api, key) => api.quotes.finalizeQuote(id, { expand }, key),
    becomes: 'open',
    tell: (quote, who) => ({
      summary: `Finalized the quote ${quoteLabel(quote)} over ${total(quote)} for ${who}`,
      undo: { tool: 'cancel_quote', input: { quote: quote.id }, label: 'Cancel the quote' },
    }),
  });
}

function acceptQuote(desk: Desk): Tool {
  return quoteStep(desk, {
    name: 'accept_quote',
    title: 'Accept quote',
    description:
      'Accepts a final quote on the customer’s word: its subscription starts, or its invoice is made. Use it only when the customer has agreed.',
    effect: 'money',
    words: {
      action: 'accept',
      object: 'quote',
      synonyms: ['customer agreed', 'offer', 'proposal', 'close the deal'],
    },
    from: ['open'],
    verb: 'accepted',
    preview: (quote, who) => {
      const { upfront, recurring } = quote.computed;
      const currency = quote.currency ?? 'usd';
      const most = Math.max(upfront.amount_total, recurring?.amount_total ?? 0);
      return {
        summary: `Accept the quote ${quoteLabel(quote)} over ${total(quote)} for ${who}`,
        facts: [
          { label: 'Billed at once', value: spoken(upfront.amount_total, currency) },
          ...recurringFacts(quote),
          {
            label: 'Payment',
            value:
              quote.collection_method === 'send_invoice'
                ? `by mailed invoice, due in ${quote.invoice_settings.days_until_due ?? 30} days`
                : 'charged to the saved card',
          },
          { label: 'Can be undone', value: recurring ? 'by cancelling what it starts' : 'no' },
        ],
        ...(most > 0 && { amount: moved(most, currency) }),
      };
    },
    take: (id, api, key) => api.quotes.accept(id, { expand }, key),
    becomes: 'accepted',
    tell(quote, who) {
      const subscription = idOf(quote.subscription);
      return {
        summary: `Accepted the quote ${quoteLabel(quote)} for ${who}`,
        ...(subscription && {
          undo: {
            tool: 'cancel_subscription_now',
            input: { subscription },
            label: 'Cancel its subscription at once (what was paid stays paid)',
          },
        }),
      };
    },
  });
}

function cancelQuote(desk: Desk): Tool {
  return quoteStep(desk, {
    name: 'cancel_quote',
    title: 'Cancel quote',
    description: 'Cancels a draft or final quote: it can no longer be accepted. Cannot be undone.',
    effect: 'destructive',
    words: { action: 'cancel', object: 'quote', synonyms: ['withdraw the offer', 'offer', 'proposal'] },
    from: ['draft', 'open'],
    verb: 'canceled',
    preview: (quote, who) => ({
      summary: `Cancel the quote ${quoteLabel(quote)} over ${total(quote)} for ${who}`,
      facts: [{ label: 'Can be undone', value: 'no; a new one can be made' }],
    }),
    take: (id, api, key) => api.quotes.cancel(id, { expand }, key),
    becomes: 'canceled',
    tell: (quote, who) => ({ summary: `Canceled the quote ${quoteLabel(quote)} for ${who}` }),
  });
}

/** Tools about offers. */
export function quoteTools(desk: Desk): Tool[] {
  return [listQuotes(desk), createQuote(desk), finalizeQuote(desk), acceptQuote(desk), cancelQuote(desk)];
}
