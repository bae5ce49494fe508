import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { textField } from '../fields.ts';
import { markedWrite, once } from '../marked-write.ts';
import { madeSince, mark } from '../marks.ts';
import { follow } from '../pages.ts';
import { needs } from '../permissions.ts';
import { plain } from '../references/matching.ts';
import { listFields, stripeList } from '../stripe-list.ts';
import type { Desk } from '../stripe-tool.ts';
import { taxRateLabel, taxRateRef, taxRateRow } from '../views/catalogue.ts';

function listTaxRates(desk: Desk): Tool {
  return stripeList(desk, {
    name: 'list_tax_rates',
    title: 'List tax rates',
    description:
      'Tax rates of the account, newest first: name, percentage, country, and whether prices include them.',
    input: z.strictObject({
      active: z.boolean().optional().describe('true: only those in use; false: only archived ones.'),
      inclusive: z
        .boolean()
        .optional()
        .describe('true: only those that prices include; false: only those added on top.'),
      ...listFields,
    }),
    permissions: needs('tax_rate:read'),
    words: { action: 'list', object: 'tax_rate', synonyms: ['vat', 'sales tax', 'gst', 'tax'] },
    of: 'tax_rate',
    list: ({ active, inclusive }, api) => ({
      pages: (page) =>
        api.taxRates.list({
          ...page,
          ...(active !== undefined && { active }),
          ...(inclusive !== undefined && { inclusive }),
        }),
      row: taxRateRow,
      ref: taxRateRef,
    }),
  });
}

const sealedRate = z.object({
  display_name: z.string(),
  percentage: z.number(),
  inclusive: z.boolean(),
  country: z.string().optional(),
  state: z.string().optional(),
  jurisdiction: z.string().optional(),
  description: z.string().optional(),
});

type Rate = z.infer<typeof sealedRate>;

async function refuseTwin(api: Stripe, wanted: Rate): Promise<void> {
  const same = await follow((page) => api.taxRates.list({ ...page, active: true }), {
    fits: (rate) =>
      rate.percentage === wanted.percentage &&
      rate.inclusive === wanted.inclusive &&
      (rate.country ?? undefined) === wanted.country &&
      plain(rate.display_name) === plain(wanted.display_name),
  });
  if (!same.items[0]) return;
  throw new ToolError('already_exists', `There is such a tax rate: ${taxRateLabel(same.items[0])}.`, {
    next: 'Use that one.',
    details: { existing: same.items.map(taxRateRow) },
  });
}

function createTaxRate(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'create_tax_rate',
    title: 'Create tax rate',
    description:
      'Creates a tax rate to be put on invoices and subscriptions: display_name "VAT", percentage 19, inclusive true where prices contain it. Percentages never change later: make another rate.',
    effect: 'write',
    input: z.strictObject({
      display_name: textField('The name that customers see: "VAT".', 50),
      percentage: z
        .number()
        .min(0)
        .max(100)
        .refine((value) => /^\d+(\.\d{1,4})?$/.test(String(value)), 'Four decimals at most.')
        .describe('Per cent, with four decimals at most: 19, or 8.875.'),
      inclusive: z.boolean().describe('true: prices contain the tax; false: it comes on top.'),
      country: z
        .string()
        .regex(/^[A-Za-z]{2}$/)
        .optional()
        .describe('Two-letter country code: "DE".'),
      state: textField('State or province, as its code without the country: "NY".', 10).optional(),
      jurisdiction: textField('Where it applies, as the invoice says.', 50).optional(),
      description: textField('A note that customers do not see.', 500).optional(),
    }),
    sealed: sealedRate,
    permissions: needs('tax_rate:write'),
    words: {
      action: 'create',
      object: 'tax_rate',
      synonyms: ['vat', 'sales tax', 'gst', 'tax', 'vat rate', 'tax of'],
    },
    async plan(input, api) {
      const rate: Rate = { ...input, ...(input.country && { country: input.country.toUpperCase() }) };
      await refuseTwin(api, rate);
      const facts = (['country', 'state', 'jurisdiction', 'description'] as const).flatMap((field) => {
        const value = rate[field];
        return value ? [{ label: `${field[0]?.toUpperCase()}${field.slice(1)}`, value }] : [];
      });
      return {
        preview: {
          summary: `Create the tax rate ${taxRateLabel(rate)}, ${rate.inclusive ? 'contained in prices' : 'on top of prices'}`,
          facts: [...facts, { label: 'Can be undone', value: 'no; it does nothing until it is used' }],
          objects: [],
        },
        sealed: rate,
      };
    },
    send: (sealed, api, context) => api.taxRates.create({ ...sealed, ...mark(context) }, once(context)),
    trace: (_, api, look) => api.taxRates.list({ limit: 100, ...madeSince(look) }),
    tell: (rate) => ({
      view: { object: 'tax_rate', ...taxRateRow(rate) },
      record: rate,
      summary: `Created the tax rate ${taxRateLabel(rate)}`,
      objects: [taxRateRef(rate)],
    }),
  });
}

/** Tools about taxes on what is sold. */
export function taxRateTools(desk: Desk): Tool[] {
  return [listTaxRates(desk), createTaxRate(desk)];
}
