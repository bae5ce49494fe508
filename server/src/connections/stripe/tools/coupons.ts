import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { amountFrom, spoken, toStripe } from '../amounts.ts';
import { momentFor } from '../desk.ts';
import { amountField, currencyField, momentField, productField, textField } from '../fields.ts';
import { markedWrite, once, stripeRemoval } from '../marked-write.ts';
import { madeSince, mark } from '../marks.ts';
import { follow } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveProduct } from '../references/catalogue.ts';
import { couponField, resolveCoupon } from '../references/discounts.ts';
import { listFields, stripeList } from '../stripe-list.ts';
import { type Desk, permitted } from '../stripe-tool.ts';
import { couponLabel, couponRef, couponRow, couponView, productRef } from '../views/catalogue.ts';
import { time } from '../views/shape.ts';

const durations = ['once', 'forever', 'repeating'] as const;

const sealedCoupon = z.object({
  percent_off: z.number().optional(),
  amount_off: z.number().int().optional(),
  currency: z.string().optional(),
  duration: z.enum(durations),
  duration_in_months: z.number().int().optional(),
  max_redemptions: z.number().int().optional(),
  name: z.string().optional(),
  applies_to: z.object({ products: z.array(z.string()) }).optional(),
  redeem_by: z.number().int().optional(),
});

const couponInput = z
  .strictObject({
    percent_off: z
      .number()
      .gt(0)
      .max(100)
      .optional()
      .describe('Percentage taken off, such as 20. Either this or amount_off.'),
    amount_off: amountField
      .optional()
      .describe('Amount taken off in major units, such as "5.00". Either this or percent_off.'),
    currency: currencyField.optional().describe('Currency of amount_off.'),
    duration: z
      .enum(durations)
      .describe(
        'For how many bills of one subscription: "once" for the first only, "forever" for all, "repeating" for some months.',
      ),
    duration_in_months: z
      .number()
      .int()
      .min(1)
      .max(120)
      .optional()
      .describe('With duration "repeating": how many months.'),
    max_redemptions: z
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('How often it can be redeemed in all, over all customers.'),
    name: textField('Name shown to customers.', 40).optional(),
    products: z
      .array(productField)
      .min(1)
      .max(20)
      .optional()
      .describe('Only for these products, by id or name. Left out: for everything.'),
    redeem_by: momentField.optional().describe('Until when it can be redeemed: ISO date or date and time.'),
  })
  .refine(
    (input) => (input.percent_off === undefined) !== (input.amount_off === undefined),
    'Exactly one of percent_off and amount_off is needed.',
  )
  .refine(
    (input) => (input.duration === 'repeating') === (input.duration_in_months !== undefined),
    'duration_in_months goes with "repeating", and only with it.',
  );

type CouponInput = Omit<z.infer<typeof couponInput>, 'products' | 'redeem_by'>;

function couponParams(
  { amount_off: off, currency, ...rest }: CouponInput,
  standard: string | null,
): z.infer<typeof sealedCoupon> {
  if (off === undefined) return rest;
  const named = currency ?? standard;
  if (!named)
    throw new ToolError('missing_input', 'An amount off needs a currency.', {
      next: 'Ask for the currency.',
    });
  const amount = amountFrom(off, named);
  return { ...rest, amount_off: toStripe(amount), currency: amount.currency };
}

function couponWords(coupon: z.infer<typeof sealedCoupon>): string {
  const off =
    coupon.percent_off === undefined
      ? spoken(coupon.amount_off ?? 0, coupon.currency ?? 'usd')
      : `${coupon.percent_off}%`;
  return `${off} off ${coupon.duration === 'repeating' ? `for ${coupon.duration_in_months} months` : coupon.duration}`;
}

function listCoupons(desk: Desk): Tool {
  return stripeList(desk, {
    name: 'list_coupons',
    title: 'List coupons',
    description:
      'Coupons, newest first: what they take off, for how long, how often they were redeemed. Codes that customers type in are behind list_promotion_codes.',
    input: z.strictObject({
      valid: z
        .boolean()
        .optional()
        .describe('true: only those that can still be redeemed; false: only others.'),
      ...listFields,
    }),
    permissions: needs('coupon:read'),
    words: { action: 'list', object: 'coupon', synonyms: ['discount', 'voucher', 'promotion', 'rebate'] },
    of: 'coupon',
    list: ({ valid }, api) => ({
      pages: (page) => api.coupons.list({ ...page, expand: ['data.applies_to'] }),
      ...(valid !== undefined && { fits: (coupon: Stripe.Coupon) => coupon.valid === valid }),
      row: couponRow,
      ref: couponRef,
    }),
  });
}

function createCoupon(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'create_coupon',
    title: 'Create coupon',
    description:
      'Creates a discount: a percentage (percent_off 20) or an amount (amount_off "5.00"). "20% off, once" is percent_off 20 with duration "once". It applies to nothing until it is given to a subscription (apply_discount) or put behind a code (create_promotion_code).',
    effect: 'money',
    canUndo: 'it can be deleted; discounts given by it stay',
    input: couponInput,
    sealed: sealedCoupon,
    permissions: needs('coupon:write'),
    words: {
      action: 'create',
      object: 'coupon',
      synonyms: ['discount', 'voucher', 'promotion', 'rebate', 'promo'],
    },
    async plan({ products: named, redeem_by: redeemBy, ...input }, api) {
      const products = await Promise.all((named ?? []).map((product) => resolveProduct(api, product)));
      const sealed = {
        ...couponParams(input, desk.account.defaultCurrency),
        ...(products.length > 0 && { applies_to: { products: products.map(({ id }) => id) } }),
        ...(redeemBy && { redeem_by: await momentFor(desk, api, redeemBy) }),
      };
      const facts = [
        {
          label: 'Redeemable',
          value: input.max_redemptions ? `${input.max_redemptions} times in all` : 'without limit',
        },
        ...(sealed.redeem_by ? [{ label: 'Until', value: time(sealed.redeem_by) }] : []),
        {
          label: 'Products',
          value: products.map(({ name }) => name).join(', ') || 'all',
        },
        ...(input.name ? [{ label: 'Name', value: input.name }] : []),
      ];
      return {
        preview: {
          summary: `Create a coupon: ${couponWords(sealed)}`,
          facts,
          objects: products.map(productRef),
        },
        sealed,
      };
    },
    send: (sealed, api, context) => api.coupons.create({ ...sealed, ...mark(context) }, once(context)),
    trace: (_, api, look) => api.coupons.list({ limit: 100, ...madeSince(look) }),
    tell: (coupon) => ({
      view: couponView(coupon),
      record: coupon,
      summary: `Created the coupon ${coupon.id}: ${couponLabel(coupon)}`,
      objects: [couponRef(coupon)],
      undo: {
        tool: 'delete_coupon',
        input: { coupon: coupon.id },
        label: 'Delete the coupon again; discounts already given stay',
      },
    }),
  });
}

function deleteCoupon(desk: Desk): Tool {
  return stripeRemoval(desk, {
    name: 'delete_coupon',
    title: 'Delete coupon',
    description:
      'Deletes a coupon for good: nobody can redeem it any more, its codes stop working, and discounts already given stay. To switch off one code only use update_promotion_code.',
    input: z.strictObject({ coupon: couponField }),
    sealed: z.object({ id: z.string(), label: z.string() }),
    permissions: needs('coupon:write'),
    words: { action: 'delete', object: 'coupon', synonyms: ['remove', 'discount', 'voucher', 'withdraw'] },
    of: 'coupon',
    async plan(input, api) {
      const coupon = await resolveCoupon(api, input.coupon);
      const codes = await permitted(
        follow((page) => api.promotionCodes.list({ ...page, coupon: coupon.id, active: true })),
      );
      return {
        preview: {
          summary: `Delete the coupon ${coupon.id}: ${couponLabel(coupon)}`,
          facts: [
            { label: 'Redeemed', value: `${coupon.times_redeemed} times; those discounts stay` },
            {
              label: 'Codes that stop working',
              value: codes ? codes.items.map(({ code }) => code).join(', ') || 'none' : 'unknown',
            },
            { label: 'Can be undone', value: 'no' },
          ],
          objects: [couponRef(coupon)],
        },
        sealed: { id: coupon.id, label: coupon.id },
      };
    },
    remove: (id, api) => api.coupons.del(id),
    retrieve: (id, api) => api.coupons.retrieve(id),
  });
}

/** Tools about discounts. */
export function couponTools(desk: Desk): Tool[] {
  return [listCoupons(desk), createCoupon(desk), deleteCoupon(desk)];
}
