import type Stripe from 'stripe';
import { z } from 'zod';
import { type ActContext, type ObjectRef, type Tool, ToolError } from '../../../tools/tool.ts';
import { spoken } from '../amounts.ts';
import { isStripeError } from '../client.ts';
import { once } from '../marked-write.ts';
import { bears, mark } from '../marks.ts';
import { needs } from '../permissions.ts';
import { type Desk, type Said, stripeWrite } from '../stripe-tool.ts';
import { subscriptionPlan, subscriptionRef } from '../views/billing.ts';
import { customerNamed, customerRef, sealedWho, whoIs } from '../views/customers.ts';
import { endNow } from './cancel-subscription.ts';
import { type GraceInput, graceInput, obstacle, overdue, targetOf, type Unpaid } from './grace-rows.ts';
import { day } from './subscription-cost.ts';

/** One person has to be able to judge all rows at once. */
const mostRows = 50;

const sealedRow = z.object({
  id: z.string(),
  who: sealedWho,
  plan: z.string(),
  item: z.string().optional(),
  price: z.string().optional(),
});

const sealedGrace = z.object({
  action: z.enum(['cancel', 'downgrade']),
  to: z.string().optional(),
  rows: z.array(sealedRow).min(1).max(mostRows),
});

type Sealed = z.infer<typeof sealedGrace>;
type Row = z.infer<typeof sealedRow>;

function rowFact({ found, since, owed, currency }: Unpaid, then: string) {
  const { subscription, names, who } = found;
  return {
    label: who,
    value: `${subscriptionPlan(subscription, names)}; ${spoken(owed, currency)} unpaid since ${day(since)} → ${then}`,
  };
}

async function planGrace(api: Stripe, desk: Desk, input: GraceInput) {
  const { unpaid, isComplete } = await overdue(api, desk, input);
  const [first] = unpaid;
  if (!first) {
    const among = isComplete ? '' : ' among the newest open invoices, and there are more than were looked at';
    throw new ToolError(
      'nothing_to_do',
      `No subscription is unpaid for ${input.grace_days} days or more${among}.`,
      { next: 'Nothing needs to be done; failed_payments_report shows the younger ones.' },
    );
  }
  const target = await targetOf(api, input, first);
  const price = target && (await api.prices.retrieve(target.price));
  const left = unpaid.flatMap((one) => {
    const why = target && obstacle(one, price);
    return why ? [{ label: `Left out: ${one.found.who}`, value: `the subscription ${why}` }] : [];
  });
  const wanted = unpaid.filter((one) => {
    const [item] = one.found.subscription.items.data;
    return !target || (!obstacle(one, price) && item?.price.id !== target.price);
  });
  const rows = wanted.slice(0, mostRows);
  if (rows.length === 0) {
    throw new ToolError('nothing_to_do', `None of the ${unpaid.length} unpaid subscriptions can be moved.`, {
      next: 'Change them one by one with update_subscription.',
      details: { left_out: left.map(({ label, value }) => `${label}: ${value}`) },
    });
  }
  const then = target ? target.words : 'ends now';
  const many = `${rows.length} ${rows.length === 1 ? 'subscription' : 'subscriptions'}`;
  const objects: ObjectRef[] = rows.flatMap(({ found: { subscription, names, customer } }) => [
    subscriptionRef(subscription, names),
    customerRef(customer),
  ]);
  return {
    preview: {
      summary: target
        ? `Move ${many} unpaid for ${input.grace_days} days to ${target.words}`
        : `End ${many} unpaid for ${input.grace_days} days`,
      facts: [
        ...rows.map((one) => rowFact(one, then)),
        ...left,
        ...(wanted.length > rows.length
          ? [
              {
                label: 'Not in this step',
                value: `${wanted.length - rows.length} more: do it again afterwards`,
              },
            ]
          : []),
        ...(isComplete
          ? []
          : [{ label: 'Not all were looked at', value: 'there are too many open invoices' }]),
        { label: 'Open invoices', value: 'stay open' },
        { label: 'Can be undone', value: target ? 'one by one, with update_subscription' : 'no' },
      ],
      objects,
    },
    sealed: {
      action: input.action,
      to: target?.words,
      rows: rows.map(({ found: { subscription, names, customer } }) => ({
        id: subscription.id,
        who: whoIs(customer),
        plan: subscriptionPlan(subscription, names),
        item: target && subscription.items.data[0]?.id,
        price: target?.price,
      })),
    },
  };
}

/** One row. */
async function carryOut(
  api: Stripe,
  row: Row,
  context: ActContext,
  part: number,
): Promise<Stripe.Subscription> {
  if (row.item && row.price) {
    return api.subscriptions.update(
      row.id,
      { items: [{ id: row.item, price: row.price }], proration_behavior: 'none', ...mark(context) },
      once(context, part),
    );
  }
  return endNow(api, { id: row.id, prorate: false, invoiceNow: false }, () =>
    api.subscriptions.update(row.id, mark(context), once(context, part)),
  );
}

/** Only what Stripe refused of this one row lets the others go on: anything else may be the fate of all. */
function refusalOf(error: unknown): string | undefined {
  if (!isStripeError(error)) return undefined;
  const isRefused = error.statusCode === 400 || error.statusCode === 402 || error.statusCode === 404;
  return isRefused ? error.message : undefined;
}

/** What became of one row. */
interface Outcome {
  readonly row: Row;
  readonly subscription?: Stripe.Subscription;
  readonly refused?: string;
}

function told({ action, to }: Sealed, outcomes: readonly Outcome[]): Said {
  const done = outcomes.flatMap(({ row, subscription }) => (subscription ? [{ row, subscription }] : []));
  const refused = outcomes.filter((one) => one.refused !== undefined);
  const verb = action === 'cancel' ? 'Ended' : 'Moved';
  const where = to ? ` to ${to}` : '';
  const still = refused.length > 0 ? `; ${refused.length} could not be` : '';
  const view = ({ id, who, plan }: Row) => ({
    subscription: id,
    customer: who.id,
    customer_name: who.name ?? null,
    plan,
  });
  return {
    view: {
      object: 'grace_policy',
      action,
      ...(to && { to }),
      done: done.map(({ row, subscription }) => ({ ...view(row), status: subscription.status })),
      refused: refused.map(({ row, refused: why = '' }) => ({ ...view(row), why })),
    },
    record: done.map(({ subscription }) => subscription),
    summary: `${verb} ${done.length} unpaid ${done.length === 1 ? 'subscription' : 'subscriptions'}${where}${still}`,
    objects: done.flatMap(({ row }) => [
      { type: 'subscription', id: row.id, label: row.plan },
      customerRef(row.who),
    ]),
  };
}

/** Ends or downgrades what was not paid for in time, all of it as one decision. */
export function applyGracePolicy(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'apply_grace_policy',
    title: 'Apply grace period',
    description:
      'After a grace period, ends all unpaid subscriptions or moves them to a smaller plan, as one decision with every row visible: grace_days 14, action "cancel", or action "downgrade" with downgrade_to "Free". Their open invoices stay open. Write to the customers first: draft_dunning_message.',
    effect: 'money',
    input: graceInput,
    sealed: sealedGrace,
    permissions: needs('subscription:write', 'invoice:read', 'plan:read', 'product:read', 'customer:read'),
    words: {
      action: 'apply',
      object: 'grace_policy',
      synonyms: [
        'grace period',
        'downgrade unpaid',
        'cancel unpaid',
        'unpaid subscriptions',
        'dunning',
        'after the grace period',
      ],
    },
    plan: (input, api) => planGrace(api, desk, input),
    async act(sealed, api, context) {
      const outcomes: Outcome[] = [];
      for (const [part, row] of sealed.rows.entries()) {
        try {
          outcomes.push({ row, subscription: await carryOut(api, row, context, part) });
        } catch (error) {
          const refused = refusalOf(error);
          if (refused === undefined) throw error;
          outcomes.push({ row, refused });
        }
      }
      const [one] = outcomes;
      if (one && outcomes.every(({ refused }) => refused !== undefined)) {
        throw new ToolError('refused', `Stripe refused all of it: ${one.refused}`, {
          next: 'Look at one of the subscriptions with get_subscription.',
        });
      }
      return told(sealed, outcomes);
    },
    async find(sealed, api, look) {
      const outcomes = await Promise.all(
        sealed.rows.map(async (row) => ({ row, subscription: await api.subscriptions.retrieve(row.id) })),
      );
      const done = outcomes.filter(
        ({ subscription }) =>
          bears(subscription, look) && (sealed.action === 'downgrade' || subscription.status === 'canceled'),
      );
      if (done.length === outcomes.length) return told(sealed, outcomes);
      if (outcomes.every(({ subscription }) => !bears(subscription, look))) return null;
      throw new ToolError(
        'unclear',
        `${done.length} of ${outcomes.length} subscriptions were changed so far.`,
        {
          next: `Look at the others, of ${outcomes.map(({ row }) => customerNamed(row.who)).join(', ')}.`,
        },
      );
    },
  });
}
