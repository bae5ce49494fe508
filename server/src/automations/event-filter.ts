import { isCurrency, MoneyError, parseMoney } from '@purser/money';
import { z } from 'zod';
import type { Json } from '../tools/tool.ts';

const condition = z.strictObject({
  /** Into the event's object: `amount_due`, `metadata.plan`. */
  field: z.string().trim().min(1).max(200),
  is: z.union([z.string().max(500), z.number(), z.boolean(), z.null()]).optional(),
  not: z.union([z.string().max(500), z.number(), z.boolean(), z.null()]).optional(),
  contains: z.string().min(1).max(500).optional(),
});

export const filterSchema = z.strictObject({
  /** Only where the object's amount is above this, in its currency. */
  above: z
    .strictObject({ amount: z.string().max(24), currency: z.string().toLowerCase() })
    .superRefine(({ amount, currency }, context) => {
      if (!isCurrency(currency))
        return context.addIssue({ code: 'custom', path: ['currency'], message: 'Use an ISO 4217 code.' });
      try {
        parseMoney(amount, currency);
      } catch (error) {
        if (!(error instanceof MoneyError)) throw error;
        context.addIssue({ code: 'custom', path: ['amount'], message: error.message });
      }
    })
    .optional(),
  /** A customer's id. */
  customer: z.string().max(100).optional(),
  where: z.array(condition).max(10).optional(),
});
export type EventFilter = z.infer<typeof filterSchema>;

/** Fields that hold what an object is about, the likeliest first; Stripe's minor units. */
const amountFields = ['amount_remaining', 'amount_due', 'amount', 'amount_total', 'total'];

/** Whether an event's object meets all of a filter. */
export function fits(event: Json, filter: EventFilter): boolean {
  const object = at(event, 'data.object');
  if (filter.customer !== undefined && customerOf(object) !== filter.customer) return false;
  if (filter.above && !isAbove(object, filter.above)) return false;
  return (filter.where ?? []).every((each) => meets(at(object, each.field), each));
}

function isAbove(object: Json | undefined, above: { amount: string; currency: string }): boolean {
  const name = amountFields.find((field) => typeof at(object, field) === 'number');
  const minor = name === undefined ? undefined : at(object, name);
  if (typeof minor !== 'number' || at(object, 'currency') !== above.currency) return false;
  return BigInt(Math.trunc(minor)) > parseMoney(above.amount, above.currency).minor;
}

function meets(value: Json | undefined, { is, not, contains }: z.infer<typeof condition>): boolean {
  if (is !== undefined && (value ?? null) !== is) return false;
  if (not !== undefined && (value ?? null) === not) return false;
  return (
    contains === undefined ||
    (typeof value === 'string' && value.toLowerCase().includes(contains.toLowerCase()))
  );
}

function customerOf(object: Json | undefined): Json | undefined {
  const customer = at(object, 'customer');
  if (typeof customer === 'string') return customer;
  return at(object, 'object') === 'customer' ? at(object, 'id') : undefined;
}

function at(value: Json | undefined, path: string): Json | undefined {
  return path.split('.').reduce<Json | undefined>((inner, key) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return undefined;
    return Object.hasOwn(inner, key) ? inner[key] : undefined;
  }, value);
}
