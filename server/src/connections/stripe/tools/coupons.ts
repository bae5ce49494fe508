import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { amountFrom, spoken, toStripe } from '../amounts.ts';
import { amountField, currencyField, textField } from '../fields.ts';
import { mark } from '../marks.ts';
import { needs } from '../permissions.ts';
import { type Desk, stripeWrite } from '../stripe-tool.ts';
import { couponLabel, couponView } from '../views/catalogue.ts';

const durations = ['once', 'forever', 'repeating'] as const;

const sealedCoupon = z.object({
  percent_off: z.number().optional(),
  amount_off: z.number().int().optional(),
  currency: z.string().optional(),
  duration: z.enum(durations),
  duration_in_months: z.number().int().optional(),
  max_redemptions: z.number().int().optional(),
  name: z.string().optional(),
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
  })
  .refine(
    (input) => (input.percent_off === undefined) !== (input.amount_off === undefined),
    'Exactly one of percent_off and amount_off is needed.',
  )
  .refine(
    (input) => (input.duration === 'repeating') === (input.duration_in_months !== undefined),
    'duration_in_months goes with "repeating", and only with it.',
  );

type CouponInput = z.infer<typeof couponInput>;

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

/** Tools about discounts. */
export function couponTools(desk: Desk): Tool[] {
  return [
    stripeWrite(desk, {
      name: 'create_coupon',
      title: 'Create coupon',
      description:
        'Creates a discount: a percentage (percent_off 20) or an amount (amount_off "5.00"). "20% off, once" is percent_off 20 with duration "once". It applies to nothing until it is given to a subscription or put behind a code.',
      effect: 'write',
      input: couponInput,
      sealed: sealedCoupon,
      permissions: needs('coupon:write'),
      words: {
        action: 'create',
        object: 'coupon',
        synonyms: ['discount', 'voucher', 'promotion', 'rebate', 'promo'],
      },
      async plan(input) {
        const sealed = couponParams(input, desk.account.defaultCurrency);
        const facts = [
          {
            label: 'Redeemable',
            value: input.max_redemptions ? `${input.max_redemptions} times in all` : 'without limit',
          },
          ...(input.name ? [{ label: 'Name', value: input.name }] : []),
        ];
        return {
          preview: { summary: `Create a coupon: ${couponWords(sealed)}`, facts, objects: [] },
          sealed,
        };
      },
      async act(sealed, api, context) {
        const coupon = await api.coupons.create(
          { ...sealed, ...mark(context) },
          { idempotencyKey: context.idempotencyKey(0) },
        );
        return {
          view: couponView(coupon),
          record: coupon,
          summary: `Created the coupon ${coupon.id}: ${couponLabel(coupon)}`,
          objects: [{ type: 'coupon', id: coupon.id, label: couponLabel(coupon) }],
        };
      },
    }),
  ];
}
