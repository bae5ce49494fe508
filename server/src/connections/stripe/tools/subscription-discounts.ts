import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { spoken } from '../amounts.ts';
import { markedWrite, once } from '../marked-write.ts';
import { mark } from '../marks.ts';
import { expanded, idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import {
  couponField,
  promotionCodeField,
  resolveCoupon,
  resolvePromotionCode,
} from '../references/discounts.ts';
import {
  type NamedSubscription,
  namedSubscription,
  subscriptionFields,
} from '../references/subscription-input.ts';
import type { Desk, Said } from '../stripe-tool.ts';
import { discountRow, subscriptionPlan, subscriptionRef, subscriptionView } from '../views/billing.ts';
import { couponLabel, couponRef, promotionCodeRef } from '../views/catalogue.ts';
import { customerNamed, customerRef, sealedWho, whoIs, withWho } from '../views/customers.ts';
import { assertRunning } from './cancel-subscription.ts';
import { day, upcoming } from './subscription-cost.ts';

const expand = ['discounts.source.coupon'];

const sealedDiscount = z.object({
  id: z.string(),
  who: sealedWho,
  names: z.record(z.string(), z.string()),
  /** The whole list as it is to be: what was there, by id, and what comes. */
  discounts: z.array(
    z.object({
      discount: z.string().optional(),
      coupon: z.string().optional(),
      promotion_code: z.string().optional(),
    }),
  ),
  said: z.string(),
  /** The coupon that sets a removal back. */
  coupon: z.string().optional(),
});

type Sealed = z.infer<typeof sealedDiscount>;

/** The discounts of a subscription with their coupons. */
export async function discountsOf(
  api: Stripe,
  subscription: Stripe.Subscription,
): Promise<Stripe.Discount[]> {
  if (subscription.discounts.length === 0) return [];
  const full = await api.subscriptions.retrieve(subscription.id, { expand });
  return full.discounts.flatMap((discount) => expanded<Stripe.Discount>(discount) ?? []);
}

/** What the next bill is, and what it becomes. */
async function nextBills(
  api: Stripe,
  subscription: Stripe.Subscription,
  discounts: Sealed['discounts'],
): Promise<{ label: string; value: string }[]> {
  const before = await upcoming(api, { subscription: subscription.id });
  const after = await upcoming(api, {
    subscription: subscription.id,
    discounts: discounts.length > 0 ? discounts : '',
  });
  const due = day(subscription.items.data[0]?.current_period_end);
  if (!before || !after) return [{ label: 'Next bill', value: `on ${due}; the key may not preview it` }];
  const { currency } = before;
  return [
    {
      label: 'Next bill',
      value: `${spoken(before.total, currency)} → ${spoken(after.total, currency)} on ${due}`,
    },
  ];
}

const send = (
  { id, discounts }: Sealed,
  api: Stripe,
  op: ReturnType<typeof mark>,
  key: { idempotencyKey: string },
) => api.subscriptions.update(id, { discounts: discounts.length > 0 ? discounts : '', expand, ...op }, key);

function told(subscription: Stripe.Subscription, { who, names, said }: Sealed): Said {
  const map = new Map(Object.entries(names));
  return {
    view: withWho(subscriptionView(subscription, map), who),
    record: subscription,
    summary: said,
    objects: [subscriptionRef(subscription, map), customerRef(who)],
  };
}

const applyInput = z
  .strictObject({
    ...subscriptionFields,
    coupon: couponField
      .optional()
      .describe('The coupon to give: its id, or its name. Either this or promotion_code.'),
    promotion_code: promotionCodeField.optional(),
  })
  .refine((input) => input.subscription || input.customer, 'A subscription or a customer is needed.')
  .refine(
    (input) => (input.coupon === undefined) !== (input.promotion_code === undefined),
    'Exactly one of coupon and promotion_code is needed.',
  );

/** The coupon that is given, and how it is sent. */
async function offer(api: Stripe, input: z.infer<typeof applyInput>) {
  if (input.promotion_code === undefined) {
    const coupon = await resolveCoupon(api, input.coupon ?? '');
    return { coupon, works: coupon.valid, sent: { coupon: coupon.id }, refs: [couponRef(coupon)] };
  }
  const code = await resolvePromotionCode(api, input.promotion_code);
  const coupon =
    expanded<Stripe.Coupon>(code.promotion.coupon) ??
    (await resolveCoupon(api, idOf(code.promotion.coupon) ?? ''));
  const refs = [promotionCodeRef(code), couponRef(coupon)];
  return { coupon, works: code.active && coupon.valid, sent: { promotion_code: code.id }, refs };
}

/** Gives a discount on what is billed from now on. */
export function applyDiscount(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'apply_discount',
    title: 'Apply discount',
    description:
      'Gives a running subscription a discount, by a coupon or a promotion code, beside those it has: a retention offer, an apology. The preview shows the next bill before and after. Make the coupon first with create_coupon.',
    effect: 'money',
    canUndo: 'it can be removed again; bills made meanwhile keep it',
    input: applyInput,
    sealed: sealedDiscount,
    permissions: needs('subscription:write', 'coupon:read'),
    words: {
      action: 'apply',
      object: 'discount',
      synonyms: [
        'coupon',
        'voucher',
        'apply the coupon',
        'give a discount',
        'give the coupon',
        'give the voucher',
        'use the coupon',
        'put the coupon',
        'redeem',
        'retention offer',
        'promo code',
        'percent off',
        'use the code',
        'use the promo code',
        'give percent off',
      ],
    },
    async plan(input, api) {
      const found = await namedSubscription(api, input);
      const { subscription, names, who, customer } = found;
      assertRunning(subscription);
      const { coupon, works, sent, refs } = await offer(api, input);
      if (!works) {
        throw new ToolError('inactive', `${refs[0]?.label} cannot be redeemed any more.`, {
          next: 'Use another: list_coupons and list_promotion_codes show which are valid.',
        });
      }
      const has = await discountsOf(api, subscription);
      if (has.some((discount) => idOf(discount.source.coupon) === coupon.id)) {
        throw new ToolError(
          'nothing_to_change',
          `${who}'s subscription has ${couponLabel(coupon)} already.`,
          {
            next: 'Nothing needs to be done.',
            details: { discounts: has.map(discountRow) },
          },
        );
      }
      const discounts = [...has.map(({ id }) => ({ discount: id })), sent];
      return {
        preview: {
          summary: `Give ${who} ${couponLabel(coupon)} on ${subscriptionPlan(subscription, names)}`,
          facts: [
            ...(await nextBills(api, subscription, discounts)),
            { label: 'Discounts it has', value: has.length === 0 ? 'none' : `${has.length}; they stay` },
            { label: 'Can be undone', value: 'with remove_discount, for bills that are not made yet' },
          ],
          objects: [subscriptionRef(subscription, names), customerRef(customer), ...refs],
        },
        sealed: {
          id: subscription.id,
          who: whoIs(customer),
          names: Object.fromEntries(names),
          discounts,
          said: `Gave ${customerNamed(customer)} ${couponLabel(coupon)}`,
          coupon: coupon.id,
        },
      };
    },
    send: (sealed, api, context) => send(sealed, api, mark(context), once(context)),
    trace: ({ id }, api) => api.subscriptions.retrieve(id, { expand }),
    tell: (subscription, sealed) => ({
      ...told(subscription, sealed),
      undo: {
        tool: 'remove_discount',
        input: { subscription: sealed.id, ...(sealed.coupon && { coupon: sealed.coupon }) },
        label: 'Take the discount off again',
      },
    }),
  });
}

const removeInput = z
  .strictObject({
    ...subscriptionFields,
    coupon: couponField.optional().describe('Which one, by its coupon, when the subscription has several.'),
  })
  .refine((input) => input.subscription || input.customer, 'A subscription or a customer is needed.');

/** The one discount meant: the only one, or that of the coupon named. */
async function discountMeant(
  api: Stripe,
  found: NamedSubscription,
  named: string | undefined,
): Promise<{ gone: Stripe.Discount; has: Stripe.Discount[] }> {
  const has = await discountsOf(api, found.subscription);
  const coupon = named === undefined ? undefined : await resolveCoupon(api, named);
  const fitting = coupon ? has.filter(({ source }) => idOf(source.coupon) === coupon.id) : has;
  const [gone, ...others] = fitting;
  if (gone && others.length === 0) return { gone, has };
  if (gone) {
    throw new ToolError('ambiguous', `${found.who}'s subscription has ${fitting.length} discounts.`, {
      next: 'Ask which one is meant and give its coupon.',
      details: { candidates: fitting.map(discountRow) },
    });
  }
  throw new ToolError('not_found', `${found.who}'s subscription has no such discount.`, {
    next: 'A discount of the customer as a whole is not one of the subscription.',
    details: { discounts: has.map(discountRow) },
  });
}

/** Takes a discount off what is billed from now on. */
export function removeDiscount(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'remove_discount',
    title: 'Remove discount',
    description:
      'Takes a discount off a running subscription: the next bill is without it. Bills already made stay as they are.',
    effect: 'money',
    canUndo: 'it can be given again',
    input: removeInput,
    sealed: sealedDiscount,
    permissions: needs('subscription:write', 'coupon:read'),
    words: {
      action: 'remove',
      object: 'discount',
      synonyms: [
        'coupon',
        'take off the discount',
        'take off the coupon',
        'end the discount',
        'take the discount off',
        'take off discount',
        'drop the discount',
        'cancel the discount',
        'end the coupon of',
      ],
    },
    async plan(input, api) {
      const found = await namedSubscription(api, input);
      const { subscription, names, who, customer } = found;
      assertRunning(subscription);
      const { gone, has } = await discountMeant(api, found, input.coupon);
      const coupon = expanded<Stripe.Coupon>(gone.source.coupon);
      const label = coupon ? couponLabel(coupon) : gone.id;
      const discounts = has.filter(({ id }) => id !== gone.id).map(({ id }) => ({ discount: id }));
      return {
        preview: {
          summary: `Take ${label} off ${who}'s subscription to ${subscriptionPlan(subscription, names)}`,
          facts: await nextBills(api, subscription, discounts),
          objects: [
            subscriptionRef(subscription, names),
            customerRef(customer),
            ...(coupon ? [couponRef(coupon)] : []),
          ],
        },
        sealed: {
          id: subscription.id,
          who: whoIs(customer),
          names: Object.fromEntries(names),
          discounts,
          said: `Took ${label} off ${customerNamed(customer)}'s subscription`,
          // Given anew, a discount for some months begins anew: only endless ones come back as they were.
          coupon: coupon?.valid && coupon.duration === 'forever' ? coupon.id : undefined,
        },
      };
    },
    send: (sealed, api, context) => send(sealed, api, mark(context), once(context)),
    trace: ({ id }, api) => api.subscriptions.retrieve(id, { expand }),
    tell: (subscription, sealed) => ({
      ...told(subscription, sealed),
      ...(sealed.coupon && {
        undo: {
          tool: 'apply_discount',
          input: { subscription: sealed.id, coupon: sealed.coupon },
          label: 'Give the discount again',
        },
      }),
    }),
  });
}
