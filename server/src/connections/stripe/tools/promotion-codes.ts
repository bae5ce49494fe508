import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { amountFrom, spoken, toStripe } from '../amounts.ts';
import { momentFor } from '../desk.ts';
import { amountField, currencyField, customerField, momentField } from '../fields.ts';
import { markedWrite, once, standing } from '../marked-write.ts';
import { madeSince, mark } from '../marks.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import {
  couponField,
  promotionCodeField,
  resolveCoupon,
  resolvePromotionCode,
} from '../references/discounts.ts';
import { listFields, stripeList } from '../stripe-list.ts';
import type { Desk } from '../stripe-tool.ts';
import { couponLabel, couponRef, promotionCodeRef, promotionCodeRow } from '../views/catalogue.ts';
import { customerNamed, customerRef } from '../views/customers.ts';
import { compact, metadataView, time } from '../views/shape.ts';

function listPromotionCodes(desk: Desk): Tool {
  return stripeList(desk, {
    name: 'list_promotion_codes',
    title: 'List promotion codes',
    description:
      'Codes that customers type in, newest first: the discount behind each, limits, and how often it was redeemed.',
    input: z.strictObject({
      code: z.string().min(1).max(200).optional().describe('Only this code, as customers type it.'),
      coupon: couponField.optional(),
      customer: customerField.optional().describe('Only codes for this customer alone.'),
      active: z.boolean().optional().describe('true: only those that work; false: only those that do not.'),
      ...listFields,
    }),
    permissions: needs('promotion_code:read', 'coupon:read'),
    words: {
      action: 'list',
      object: 'promotion_code',
      synonyms: ['promo code', 'discount code', 'voucher code'],
    },
    of: 'promotion_code',
    async list({ code, coupon: couponAsked, customer: asked, active }, api) {
      const coupon = couponAsked ? await resolveCoupon(api, couponAsked) : undefined;
      const customer = asked ? await resolveCustomer(api, asked) : undefined;
      return {
        pages: (page) =>
          api.promotionCodes.list({
            ...page,
            ...(code && { code: code.trim() }),
            ...(coupon && { coupon: coupon.id }),
            ...(customer && { customer: customer.id }),
            ...(active !== undefined && { active }),
            expand: ['data.promotion.coupon'],
          }),
        row: promotionCodeRow,
        ref: promotionCodeRef,
      };
    },
  });
}

function view(code: Stripe.PromotionCode) {
  return {
    object: 'promotion_code',
    ...promotionCodeRow(code),
    ...compact({ metadata: metadataView(code.metadata), livemode: code.livemode }),
  };
}

const sealedCode = z.object({
  coupon: z.string(),
  code: z.string().optional(),
  customer: z.string().optional(),
  max_redemptions: z.number().int().optional(),
  expires_at: z.number().int().optional(),
  restrictions: z
    .object({
      first_time_transaction: z.boolean().optional(),
      minimum_amount: z.number().int().optional(),
      minimum_amount_currency: z.string().optional(),
    })
    .optional(),
});

const codeInput = z.strictObject({
  coupon: couponField,
  code: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,200}$/)
    .optional()
    .describe('The code itself, letters, digits and dashes: "SUMMER20". Left out: Stripe makes one up.'),
  customer: customerField.optional().describe('Only this customer may use it.'),
  max_redemptions: z.number().int().min(1).max(1_000_000).optional().describe('How often it works in all.'),
  expires_at: momentField.optional().describe('Until when it works: ISO date, or date and time with offset.'),
  minimum_amount: amountField
    .optional()
    .describe('Only on orders of at least this, in major units: "50.00".'),
  currency: currencyField.optional().describe('Currency of minimum_amount.'),
  first_time_only: z.boolean().optional().describe('true: only for customers who never paid before.'),
});

/** What restricts it, as Stripe takes it. */
function restrictionsOf(
  input: z.infer<typeof codeInput>,
  standard: string | null,
): z.infer<typeof sealedCode>['restrictions'] {
  const { minimum_amount: least, first_time_only: first } = input;
  if (least === undefined) return first ? { first_time_transaction: true } : undefined;
  const currency = input.currency ?? standard;
  if (!currency)
    throw new ToolError('missing_input', 'The least amount needs a currency.', { next: 'Ask for it.' });
  const amount = amountFrom(least, currency);
  return {
    ...(first && { first_time_transaction: true }),
    minimum_amount: toStripe(amount),
    minimum_amount_currency: amount.currency,
  };
}

async function refuseTaken(api: Stripe, code: string): Promise<void> {
  const { data } = await api.promotionCodes.list({ code, active: true, limit: 1 });
  if (!data[0]) return;
  throw new ToolError('already_exists', `There is already an active code ${data[0].code}.`, {
    next: 'Take another code, or switch that one off first with update_promotion_code.',
    details: { existing: promotionCodeRow(data[0]) },
  });
}

/** What the code would give, and to whom. */
async function planCode(api: Stripe, desk: Desk, input: z.infer<typeof codeInput>) {
  const coupon = await resolveCoupon(api, input.coupon);
  if (!coupon.valid) {
    throw new ToolError('inactive', `The coupon ${coupon.id} cannot be redeemed any more.`, {
      next: 'Make a new coupon with create_coupon.',
    });
  }
  if (input.code) await refuseTaken(api, input.code);
  const customer = input.customer ? await resolveCustomer(api, input.customer) : undefined;
  const restrictions = restrictionsOf(input, desk.account.defaultCurrency);
  const expires = input.expires_at ? await momentFor(desk, api, input.expires_at) : undefined;
  const least = restrictions?.minimum_amount;
  return {
    preview: {
      summary: `Let ${customer ? customerNamed(customer) : 'anyone'} take ${couponLabel(coupon)} with ${input.code ? `the code ${input.code.toUpperCase()}` : 'a code that Stripe makes up'}`,
      facts: [
        {
          label: 'Works',
          value: input.max_redemptions ? `${input.max_redemptions} times in all` : 'without limit',
        },
        { label: 'Until', value: time(expires) ?? 'no end' },
        ...(least !== undefined && restrictions?.minimum_amount_currency
          ? [
              {
                label: 'On orders of at least',
                value: spoken(least, restrictions.minimum_amount_currency),
              },
            ]
          : []),
        ...(restrictions?.first_time_transaction ? [{ label: 'Only', value: 'first orders' }] : []),
      ],
      objects: [couponRef(coupon), ...(customer ? [customerRef(customer)] : [])],
    },
    sealed: {
      coupon: coupon.id,
      code: input.code,
      customer: customer?.id,
      max_redemptions: input.max_redemptions,
      expires_at: expires,
      restrictions,
    },
  };
}

function createPromotionCode(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'create_promotion_code',
    title: 'Create promotion code',
    description:
      'Puts a code such as "SUMMER20" before an existing coupon, for customers to type in. Limits: one customer, how often, until when, a least amount, first orders only. Make the coupon first with create_coupon.',
    effect: 'money',
    canUndo: 'it can be switched off',
    input: codeInput,
    sealed: sealedCode,
    permissions: needs('promotion_code:write', 'coupon:read'),
    words: {
      action: 'create',
      object: 'promotion_code',
      synonyms: [
        'promo code',
        'discount code',
        'voucher code',
        'make a code',
        'create a code',
        'new code',
        'add a code',
      ],
    },
    plan: (input, api) => planCode(api, desk, input),
    send: ({ coupon, ...sealed }, api, context) =>
      api.promotionCodes.create(
        {
          ...sealed,
          promotion: { type: 'coupon', coupon },
          expand: ['promotion.coupon'],
          ...mark(context),
        },
        once(context),
      ),
    trace: ({ coupon }, api, look) =>
      api.promotionCodes.list({ coupon, limit: 100, expand: ['data.promotion.coupon'], ...madeSince(look) }),
    tell: (code) => ({
      view: view(code),
      record: code,
      summary: `Created the promotion code ${code.code}`,
      objects: [promotionCodeRef(code)],
      undo: {
        tool: 'update_promotion_code',
        input: { promotion_code: code.id, active: false },
        label: `Switch the code ${code.code} off`,
      },
    }),
  });
}

const sealedState = z.object({ active: z.boolean() });

function updatePromotionCode(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'update_promotion_code',
    title: 'Update promotion code',
    description:
      'Switches a promotion code off (active false) or on again (active true). Discounts already given stay. What it takes off cannot be changed: make another code.',
    effect: 'money',
    canUndo: 'yes',
    input: z.strictObject({
      promotion_code: promotionCodeField,
      active: z.boolean().describe('false switches it off, true on again.'),
    }),
    sealed: z.object({ id: z.string(), change: sealedState, before: sealedState }),
    permissions: needs('promotion_code:write', 'coupon:read'),
    words: {
      action: 'update',
      object: 'promotion_code',
      synonyms: [
        'promo code',
        'switch off',
        'deactivate',
        'disable',
        'activate',
        'end the code',
        'turn off',
        'turn off the code',
        'switch off the code',
        'disable the code',
        'deactivate the code',
        'activate the code',
        'switch on the code',
      ],
    },
    async plan(input, api) {
      const code = await resolvePromotionCode(api, input.promotion_code);
      if (code.active === input.active) {
        const state = code.active ? 'on' : 'off';
        throw new ToolError('nothing_to_change', `The code ${code.code} is ${state} already.`, {
          next: 'Nothing needs to be done.',
        });
      }
      return {
        preview: {
          summary: `Switch the code ${code.code} ${input.active ? 'on' : 'off'}`,
          facts: [{ label: 'Redeemed so far', value: `${code.times_redeemed} times` }],
          objects: [promotionCodeRef(code)],
        },
        sealed: { id: code.id, change: { active: input.active }, before: { active: code.active } },
      };
    },
    send: ({ id, change }, api, context) =>
      api.promotionCodes.update(
        id,
        { ...change, expand: ['promotion.coupon'], ...mark(context) },
        once(context),
      ),
    trace: ({ id }, api) => api.promotionCodes.retrieve(id, { expand: ['promotion.coupon'] }),
    was: (object, sealed) => standing(object, sealed),
    tell: (code, { change, before }) => ({
      view: view(code),
      record: code,
      summary: `Switched the code ${code.code} ${change.active ? 'on' : 'off'}`,
      objects: [promotionCodeRef(code)],
      undo: {
        tool: 'update_promotion_code',
        input: { promotion_code: code.id, ...before },
        label: `Switch the code ${code.code} ${before.active ? 'on' : 'off'} again`,
      },
    }),
  });
}

/** Tools about the codes behind which discounts stand. */
export function promotionCodeTools(desk: Desk): Tool[] {
  return [listPromotionCodes(desk), createPromotionCode(desk), updatePromotionCode(desk)];
}
