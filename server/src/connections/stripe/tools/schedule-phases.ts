import type Stripe from 'stripe';
import { z } from 'zod';
import { ToolError } from '../../../tools/tool.ts';
import { momentFor } from '../desk.ts';
import { intervalField, momentField, priceField, productField } from '../fields.ts';
import { idOf } from '../pages.ts';
import { quantityOf, resolvePrice } from '../references/catalogue.ts';
import type { Desk } from '../stripe-tool.ts';
import { priceLabel } from '../views/catalogue.ts';
import { phasePrice } from '../views/schedules.ts';
import { time } from '../views/shape.ts';
import { day, prorations } from './subscription-cost.ts';

const quantityField = z
  .number()
  .int()
  .min(1)
  .max(999_999)
  .describe('How many, for instance seats. Default 1.');

const itemField = z
  .strictObject({
    product: productField.optional(),
    price: priceField.optional(),
    interval: intervalField.optional().describe('Which of the prices of the product.'),
    quantity: quantityField.optional(),
  })
  .refine(({ product, price }) => product || price, 'An item needs a product or a price.');

/** One stretch of a plan, as a model gives it. */
export const phaseField = z.strictObject({
  items: z.array(itemField).min(1).max(20).describe('All that is paid for in this phase.'),
  until: momentField
    .optional()
    .describe('When it ends: ISO date, or date and time with offset. Either this or periods.'),
  periods: z
    .number()
    .int()
    .min(1)
    .max(120)
    .optional()
    .describe('For how many billing periods: 3 of a monthly price are three months. Default 1.'),
  proration_behavior: z
    .enum(prorations)
    .optional()
    .describe('When it begins in the middle of a period: what becomes of the difference. Default "none".'),
});

export const phasesField = z
  .array(phaseField)
  .min(1)
  .max(9)
  .describe('What comes one after the other, each with its items and how long.');

export const endField = z
  .enum(['release', 'cancel'])
  .describe('After the last phase: "release" goes on with it (default), "cancel" ends the subscription.');

export const sealedPhase = z.object({
  items: z.array(z.object({ price: z.string(), quantity: z.number().int().optional() })),
  end_date: z.number().int().optional(),
  duration: z.object({ interval: intervalField, interval_count: z.number().int() }).optional(),
  proration_behavior: z.enum(prorations),
});

export type SealedPhase = z.infer<typeof sealedPhase>;
type PhaseInput = z.infer<typeof phaseField>;

/** A phase made ready, with the words for it. */
export interface PlannedPhase {
  readonly sealed: SealedPhase;
  /** `2 × Pro, $40.00 monthly`. */
  readonly words: string;
  /** `until 2027-01-01`, `for 3 months`. */
  readonly length: string;
  readonly currency: string;
  /** Per period, in minor units; by usage nothing is known. */
  readonly perPeriod: number;
  readonly names: ReadonlyMap<string, string>;
}

/** Resolves each phase. @throws ToolError as `resolvePrice` does, `invalid_phase` */
export async function planPhases(
  api: Stripe,
  desk: Desk,
  phases: readonly PhaseInput[],
  known: { currency: string | null | undefined; interval?: z.infer<typeof intervalField> | undefined },
): Promise<PlannedPhase[]> {
  const planned: PlannedPhase[] = [];
  for (const phase of phases) planned.push(await planPhase(api, desk, phase, known));
  return planned;
}

async function planPhase(
  api: Stripe,
  desk: Desk,
  phase: PhaseInput,
  known: { currency: string | null | undefined; interval?: z.infer<typeof intervalField> | undefined },
): Promise<PlannedPhase> {
  if (phase.until && phase.periods) {
    throw new ToolError('invalid_phase', 'A phase ends on a day or after some periods, not both.', {
      next: 'Give until or periods.',
    });
  }
  const items = await Promise.all(
    phase.items.map(async (item) => {
      const interval = item.interval ?? (item.price ? undefined : known.interval);
      const priced = await resolvePrice(api, {
        ...{ price: item.price, product: item.product, interval },
        ...{ preferredCurrency: known.currency, type: 'recurring' },
      });
      return { ...priced, quantity: quantityOf(priced.price, item.quantity) };
    }),
  );
  const rhythm = items[0]?.price.recurring;
  const interval = intervalField.parse(rhythm?.interval ?? 'month');
  const count = (rhythm?.interval_count ?? 1) * (phase.periods ?? 1);
  const until = phase.until ? await momentFor(desk, api, phase.until) : undefined;
  return {
    sealed: {
      items: items.map(({ price, quantity }) => ({ price: price.id, quantity })),
      ...(until === undefined ? { duration: { interval, interval_count: count } } : { end_date: until }),
      proration_behavior: phase.proration_behavior ?? 'none',
    },
    words: items
      .map(({ price, product, quantity }) => {
        const times = quantity && quantity > 1 ? `${quantity} × ` : '';
        return `${times}${product.name}, ${priceLabel(price)}`;
      })
      .join(' + '),
    length: until === undefined ? `for ${count} ${interval}${count === 1 ? '' : 's'}` : `until ${day(until)}`,
    currency: items[0]?.price.currency ?? 'usd',
    perPeriod: items.reduce(
      (sum, { price, quantity }) => sum + (price.unit_amount ?? 0) * (quantity ?? 0),
      0,
    ),
    names: new Map(items.map(({ product }) => [product.id, product.name])),
  };
}

/** What each phase is, for a person. */
export function phaseFacts(planned: readonly PlannedPhase[], from: string, end: 'release' | 'cancel') {
  return [
    ...planned.map(({ words, length }, index) => ({
      label: index === 0 ? `From ${from}` : 'Then',
      value: `${words}, ${length}`,
    })),
    { label: 'After that', value: end === 'cancel' ? 'the subscription ends' : 'it goes on like that' },
  ];
}

type Phase = Stripe.SubscriptionSchedule.Phase;
type PhaseParams = Stripe.SubscriptionScheduleUpdateParams.Phase;

const ids = (references: readonly { id: string }[] | null | undefined) => references?.map(({ id }) => id);

function discountParams({ coupon, discount, promotion_code: code }: Phase['discounts'][number]) {
  if (discount) return { discount: idOf(discount) ?? '' };
  return code ? { promotion_code: idOf(code) ?? '' } : { coupon: idOf(coupon) ?? '' };
}

/** A phase that stays as it is: Stripe wants the current one whole with every change of those to come. */
export function keptPhase(phase: Phase, endDate = phase.end_date): PhaseParams {
  const rates = ids(phase.default_tax_rates);
  const method = idOf(phase.default_payment_method);
  return {
    start_date: phase.start_date,
    end_date: endDate,
    proration_behavior: phase.proration_behavior,
    items: phase.items.map((item) => {
      const own = ids(item.tax_rates);
      return {
        price: idOf(item.price) ?? '',
        ...(item.quantity !== undefined && { quantity: item.quantity }),
        ...(own && own.length > 0 && { tax_rates: own }),
        ...(item.discounts.length > 0 && { discounts: item.discounts.map(discountParams) }),
      };
    }),
    ...(phase.discounts.length > 0 && { discounts: phase.discounts.map(discountParams) }),
    ...(rates && rates.length > 0 && { default_tax_rates: rates }),
    ...(method && { default_payment_method: method }),
    ...(phase.collection_method && { collection_method: phase.collection_method }),
    ...(phase.invoice_settings?.days_until_due && {
      invoice_settings: { days_until_due: phase.invoice_settings.days_until_due },
    }),
    ...(phase.trial_end && { trial_end: phase.trial_end }),
    ...(phase.description && { description: phase.description }),
    ...(phase.metadata && { metadata: phase.metadata }),
  };
}

/** The phases that have not begun. */
export function phasesToCome({ phases, current_phase: now }: Stripe.SubscriptionSchedule): Phase[] {
  return phases.filter(({ start_date: start }) => start >= (now?.end_date ?? 0));
}

/** Phases as they would be asked for; undefined where they hold more than can be said that way. */
export function askedAgain(phases: readonly Phase[]): PhaseInput[] | undefined {
  const plain = phases.every(
    (phase) =>
      phase.discounts.length === 0 &&
      !phase.trial_end &&
      phase.items.every((item) => item.discounts.length === 0 && phasePrice(item)?.active === true),
  );
  if (!plain || phases.length === 0) return undefined;
  return phases.map((phase) => ({
    items: phase.items.map((item) => ({ price: idOf(item.price) ?? '', quantity: item.quantity })),
    until: time(phase.end_date),
    proration_behavior: z.enum(prorations).catch('none').parse(phase.proration_behavior),
  }));
}

/** The input of a call that plans something again, as it is kept with an operation. */
export const sealedInput = z.record(z.string(), z.json());

/** @returns the same without what is undefined */
export function inputAgain(input: object): z.infer<typeof sealedInput> {
  return sealedInput.parse(JSON.parse(JSON.stringify(input)));
}
