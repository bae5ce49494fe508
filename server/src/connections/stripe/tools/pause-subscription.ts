import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { moved, spoken } from '../amounts.ts';
import { momentFor } from '../desk.ts';
import { momentField } from '../fields.ts';
import { markedWrite, once } from '../marked-write.ts';
import { mark } from '../marks.ts';
import { idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import {
  namedSubscription,
  subscriptionFields,
  subscriptionInput,
} from '../references/subscription-input.ts';
import type { Desk, Said } from '../stripe-tool.ts';
import { subscriptionPlan, subscriptionRef, subscriptionView } from '../views/billing.ts';
import { customerNamed, customerRef, sealedWho, whoIs, withWho } from '../views/customers.ts';
import { time } from '../views/shape.ts';
import { assertRunning } from './cancel-subscription.ts';
import { day, upcoming } from './subscription-cost.ts';

const behaviors = ['void', 'keep_as_draft', 'mark_uncollectible'] as const;

const behaviorWords: Readonly<Record<(typeof behaviors)[number], string>> = {
  void: 'are voided: nothing is owed for that time',
  keep_as_draft: 'stay drafts, to be collected later',
  mark_uncollectible: 'are written off, and stay on record',
};

const pauseInput = z
  .strictObject({
    ...subscriptionFields,
    invoices: z
      .enum(behaviors)
      .optional()
      .describe(
        'Invoices made meanwhile: "void" (default, the time is free), "keep_as_draft" (collected later), "mark_uncollectible" (written off).',
      ),
    resumes_at: momentField
      .optional()
      .describe(
        'When it starts again by itself: ISO date, or date and time with offset. Left out: not by itself.',
      ),
  })
  .refine((input) => input.subscription || input.customer, 'A subscription or a customer is needed.');

const named = z.object({ id: z.string(), who: sealedWho, names: z.record(z.string(), z.string()) });

function told(
  subscription: Stripe.Subscription,
  { who, names }: z.infer<typeof named>,
  summary: string,
): Said {
  const map = new Map(Object.entries(names));
  return {
    view: withWho(subscriptionView(subscription, map), who),
    record: subscription,
    summary,
    objects: [subscriptionRef(subscription, map), customerRef(who)],
  };
}

/** What stops, and what becomes of the invoices meanwhile. */
async function planPause(api: Stripe, desk: Desk, input: z.infer<typeof pauseInput>) {
  const { subscription, names, who, customer } = await namedSubscription(api, input);
  assertRunning(subscription);
  if (subscription.pause_collection) {
    throw new ToolError('nothing_to_change', `Collecting ${who}'s subscription is paused already.`, {
      next: 'Start it again with resume_subscription first, if it should be paused otherwise.',
    });
  }
  const behavior = input.invoices ?? 'void';
  const resumesAt = input.resumes_at ? await momentFor(desk, api, input.resumes_at) : undefined;
  return {
    preview: {
      summary: `Stop collecting ${who}'s subscription to ${subscriptionPlan(subscription, names)}`,
      facts: [
        { label: 'Invoices meanwhile', value: behaviorWords[behavior] },
        { label: 'Starts again', value: time(resumesAt) ?? 'when somebody resumes it' },
        {
          label: 'Next bill would have been',
          value: day(subscription.items.data[0]?.current_period_end),
        },
        { label: 'Can be undone', value: 'at any time, with resume_subscription' },
      ],
      objects: [subscriptionRef(subscription, names), customerRef(customer)],
    },
    sealed: {
      id: subscription.id,
      who: whoIs(customer),
      names: Object.fromEntries(names),
      behavior,
      resumesAt,
    },
  };
}

/** Stops collecting; the customer keeps what they have. */
export function pauseCollection(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'pause_collection',
    title: 'Pause collection',
    description:
      'Stops collecting a subscription for a while: it stays active and keeps its dates, and its invoices are voided, kept as drafts or written off. resume_subscription starts it again. It does not take access away; to end it use cancel_subscription_at_period_end.',
    effect: 'money',
    canUndo: 'yes, by resuming',
    input: pauseInput,
    sealed: named.extend({ behavior: z.enum(behaviors), resumesAt: z.number().int().optional() }),
    permissions: needs('subscription:write'),
    words: {
      action: 'pause',
      object: 'subscription',
      synonyms: ['hold', 'freeze', 'suspend', 'stop billing', 'payment holiday', 'put on hold'],
    },
    plan: (input, api) => planPause(api, desk, input),
    send: ({ id, behavior, resumesAt }, api, context) =>
      api.subscriptions.update(
        id,
        {
          pause_collection: { behavior, ...(resumesAt !== undefined && { resumes_at: resumesAt }) },
          ...mark(context),
        },
        once(context),
      ),
    trace: ({ id }, api) => api.subscriptions.retrieve(id),
    was: ({ pause_collection: pause }, { behavior }) => ({
      asWanted: pause?.behavior === behavior,
      asBefore: pause === null,
    }),
    tell: (subscription, sealed) => ({
      ...told(subscription, sealed, `Stopped collecting ${customerNamed(sealed.who)}'s subscription`),
      undo: {
        tool: 'resume_subscription',
        input: { subscription: sealed.id },
        label: 'Collect the subscription again',
      },
    }),
  });
}

const sealedResume = named.extend({
  /** `collection`: it was only not collected; `subscription`: it had stopped after a trial without a card. */
  paused: z.enum(['collection', 'subscription']),
  pause: z.object({ behavior: z.enum(behaviors), resumesAt: z.string().optional() }).optional(),
  /** Newer subscriptions can be charged in the same step. */
  isFlexible: z.boolean(),
  /** The latest invoice before. */
  invoice: z.string().optional(),
});

/** The mark first where Stripe takes none with the step itself. */
async function resume(
  api: Stripe,
  { id, paused, isFlexible }: z.infer<typeof sealedResume>,
  options: { op: ReturnType<typeof mark>; once: (part: number) => { idempotencyKey: string } },
): Promise<Stripe.Subscription> {
  if (paused === 'collection')
    return api.subscriptions.update(id, { pause_collection: '', ...options.op }, options.once(0));
  await api.subscriptions.update(id, options.op, options.once(0));
  return api.subscriptions.resume(
    id,
    {
      billing_cycle_anchor: { type: 'now' },
      ...(isFlexible && { payment_behavior: 'resume_on_payment_success' }),
    },
    options.once(1),
  );
}

/** What starts again, and what that bills. */
async function planResume(api: Stripe, input: z.infer<typeof subscriptionInput>) {
  const { subscription, names, who, customer } = await namedSubscription(api, input);
  assertRunning(subscription);
  const { pause_collection: pause, status } = subscription;
  if (!pause && status !== 'paused') {
    throw new ToolError('nothing_to_change', `${who}'s subscription is not paused: it is ${status}.`, {
      next: subscription.cancel_at_period_end
        ? 'It ends with its period: update_subscription with cancel_at_period_end false takes that back.'
        : 'Nothing needs to be done.',
    });
  }
  const next = await upcoming(api, {
    subscription: subscription.id,
    ...(status === 'paused' && { subscription_details: { resume_at: 'now' as const } }),
  });
  const bill = next ? spoken(next.amount_due, next.currency) : 'unknown: the key may not preview invoices';
  const behavior = z.enum(behaviors).safeParse(pause?.behavior).data;
  return {
    preview: {
      summary: `${status === 'paused' ? 'Start' : 'Collect'} ${who}'s subscription to ${subscriptionPlan(subscription, names)} again`,
      facts:
        status === 'paused'
          ? [{ label: 'Billed now', value: bill }]
          : [
              { label: 'Billed now', value: 'nothing' },
              {
                label: 'Next bill',
                value: `${bill} on ${day(subscription.items.data[0]?.current_period_end)}`,
              },
            ],
      ...(next && next.amount_due > 0 && { amount: moved(next.amount_due, next.currency) }),
      objects: [subscriptionRef(subscription, names), customerRef(customer)],
    },
    sealed: {
      id: subscription.id,
      who: whoIs(customer),
      names: Object.fromEntries(names),
      paused: status === 'paused' ? ('subscription' as const) : ('collection' as const),
      pause: behavior && { behavior, resumesAt: time(pause?.resumes_at) },
      isFlexible: subscription.billing_mode.type === 'flexible',
      invoice: idOf(subscription.latest_invoice),
    },
  };
}

/** Collects again, or starts again what had stopped after a trial. */
export function resumeSubscription(desk: Desk): Tool {
  return markedWrite(desk, {
    name: 'resume_subscription',
    title: 'Resume subscription',
    description:
      'Starts again what was paused: collecting goes on with the next invoice, or a subscription that stopped after its trial begins a new period, which is billed at once. To take back a planned cancellation use update_subscription with cancel_at_period_end false.',
    effect: 'money',
    canUndo: 'yes, by pausing again',
    input: subscriptionInput,
    sealed: sealedResume,
    permissions: needs('subscription:write'),
    words: {
      action: 'resume',
      object: 'subscription',
      synonyms: ['unpause', 'restart', 'start again', 'unfreeze', 'continue'],
    },
    plan: (input, api) => planResume(api, input),
    send: (sealed, api, context) =>
      resume(api, sealed, { op: mark(context), once: (part) => once(context, part) }),
    trace: ({ id }, api) => api.subscriptions.retrieve(id),
    isDone: (subscription, sealed) =>
      subscription.pause_collection === null &&
      (subscription.status !== 'paused' || idOf(subscription.latest_invoice) !== sealed.invoice),
    tell: (subscription, sealed) => ({
      ...told(
        subscription,
        sealed,
        sealed.paused === 'collection'
          ? `${customerNamed(sealed.who)}'s subscription is collected again`
          : subscription.status === 'paused'
            ? `${customerNamed(sealed.who)}'s subscription starts again when its new invoice is paid`
            : `Started ${customerNamed(sealed.who)}'s subscription again: it is ${subscription.status}`,
      ),
      ...(sealed.pause && {
        undo: {
          tool: 'pause_collection',
          input: {
            subscription: sealed.id,
            invoices: sealed.pause.behavior,
            ...(sealed.pause.resumesAt && { resumes_at: sealed.pause.resumesAt }),
          },
          label: 'Pause it again as before',
        },
      }),
    }),
  });
}
