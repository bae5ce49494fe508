/**
 * Grace period: a subscription whose payment failed is left as it is for some days; then it is moved to a smaller price,
 * paused or ended, and set back when the invoice is paid. What it does is asked for like any other write: those that end
 * on one day stand in the inbox together.
 */
import { formatMoney } from '@purser/money';
import type Stripe from 'stripe';
import { z } from 'zod';
import type { Json } from '../../tools/tool.ts';
import { type Next, playbook, type RunView } from '../playbook.ts';
import { afterQuiet } from '../quiet-hours.ts';
import { letterOf } from './letter.ts';
import { type Overdue, readOverdue } from './overdue.ts';
import { type GraceSettings, graceSettings } from './settings.ts';
import type { Action } from './words.ts';

const dayMs = 86_400_000;
const mostSubscriptions = 1_000;

const input = z.strictObject({
  invoice: z
    .string()
    .regex(/^in_\w+$/)
    .max(100)
    .describe('The unpaid invoice of the subscription: in_….'),
});
type Run = RunView<GraceSettings, z.infer<typeof input>>;

export const grace = playbook<GraceSettings, z.infer<typeof input>>({
  name: 'grace',
  title: 'Grace period',
  description:
    'When a subscription payment fails and stays unpaid longer than the days of grace, moves the subscription to a smaller price, pauses it or ends it. Warns the customer before, and sets it back once they pay.',
  settings: graceSettings,
  input,
  events: ['invoice.payment_failed', 'invoice.paid', 'invoice.voided', 'invoice.marked_uncollectible'],
  looksEveryHours: 24,
  successes: ['paid', 'restored'],
  subjectOf: ({ invoice }) => invoice,
  titleOf: ({ invoice }) => `invoice ${invoice}`,

  heard({ type, objectId, data }) {
    if (!objectId?.startsWith('in_')) return null;
    if (type !== 'invoice.payment_failed') return { subject: objectId };
    const { object } = (data as unknown as Stripe.Event).data;
    const invoice = object as Stripe.Invoice;
    // A first invoice that is not paid never made a subscription active: there is no grace to give.
    const renews =
      invoice.billing_reason === 'subscription_cycle' || invoice.billing_reason === 'subscription_update';
    return renews ? { subject: objectId, begins: { invoice: objectId } } : { subject: objectId };
  },

  find: ({ read }) =>
    read(async (api) => {
      const found = [];
      for await (const { latest_invoice: latest } of api.subscriptions.list({
        status: 'past_due',
        limit: 100,
      })) {
        const invoice = typeof latest === 'string' ? latest : latest?.id;
        if (invoice) found.push({ invoice });
        if (found.length === mostSubscriptions) break;
      }
      return found;
    }),

  async next(run) {
    const overdue = await readOverdue(run, run.input.invoice);
    if (!overdue)
      return { do: 'end', outcome: 'no_subscription', say: 'The invoice is none of a subscription.' };
    const end = new Date(run.startedAt.getTime() + run.settings.graceDays * dayMs);
    const { status, number, paid } = overdue.invoice;
    const applied = run.steps.all.findLast(
      ({ id, status: went }) => id.startsWith('apply_') && went === 'done',
    );
    if (status === 'paid') {
      const amount = formatMoney(paid);
      if (!applied)
        return {
          do: 'end',
          outcome: 'paid',
          amount: paid,
          say: `Invoice ${number} was paid in time: ${amount}.`,
        };
      return restored(run, overdue, applied.id.slice('apply_'.length) as Action, end);
    }
    if (status !== 'open') return { do: 'end', outcome: 'dropped', say: `Invoice ${number} is ${status}.` };
    if (applied) return afterwards(run, overdue, applied, end);
    if (hasEnded(overdue))
      return { do: 'end', outcome: 'ended_otherwise', say: 'The subscription has ended already.' };
    if (overdue.isSecond)
      return {
        do: 'end',
        outcome: 'covered',
        say: 'An older invoice of the subscription is open: its run looks after it.',
      };
    return before(run, overdue, end);
  },
});

const hasEnded = ({ subscription: { status } }: Overdue) =>
  status === 'canceled' || status === 'incomplete_expired';

/** The days of grace: a warning, and what happens at their end. */
function before(run: Run, overdue: Overdue, end: Date): Next {
  const { settings, steps, now, timeZone } = run;
  const { number, open } = overdue.invoice;
  const warnAt = new Date(end.getTime() - settings.warnDaysBefore * dayMs);
  const warning =
    settings.warnDaysBefore > 0 && !steps.of('warn') ? letterOf(run, overdue, 'warning', end) : null;
  if (warning && warnAt > now)
    return {
      do: 'wait',
      until: warnAt,
      say: `Invoice ${number} is open: the customer is warned on ${warnAt.toISOString()}.`,
    };
  if (warning && now < end) {
    const allowed = afterQuiet(now, settings.quietHours, timeZone);
    if (allowed > now && allowed < end)
      return { do: 'wait', until: allowed, say: 'Quiet hours: the warning waits for the morning.' };
    return mailed(
      'warn',
      warning,
      `${formatMoney(open)} are open; on ${end.toISOString()} the days of grace are over.`,
    );
  }
  if (end > now) return { do: 'wait', until: end, say: `The days of grace end on ${end.toISOString()}.` };
  const step = steps.of(`apply_${settings.action}`);
  if (step?.status === 'rejected')
    return { do: 'end', outcome: 'spared', say: `It stays as it is: ${step.error?.message ?? ''}` };
  if (step?.status === 'unknown')
    return {
      do: 'wait',
      until: new Date(now.getTime() + 600_000),
      say: 'Nobody knows yet whether that was done.',
    };
  if (step)
    return { do: 'end', outcome: 'not_possible', say: step.error?.message ?? 'It could not be done.' };
  return {
    ...{
      do: 'call',
      id: `apply_${settings.action}`,
      say: `${formatMoney(open)} of invoice ${number} are open, and the days of grace are over.`,
    },
    ...callOf(settings, overdue),
  };
}

/** The call that ends the grace. Nothing is billed for a change that nobody paid for. */
function callOf(
  { action, price }: GraceSettings,
  { subscription }: Overdue,
): { tool: string; input: { [key: string]: Json } } {
  switch (action) {
    case 'downgrade':
      return {
        tool: 'update_subscription',
        input: { subscription: subscription.id, price, proration_behavior: 'none' },
      };
    case 'pause':
      return { tool: 'pause_collection', input: { subscription: subscription.id, invoices: 'void' } };
    case 'cancel':
      return { tool: 'cancel_subscription_now', input: { subscription: subscription.id } };
  }
}

/** It has happened: the customer is told, and the payment that would set it back is waited for. */
function afterwards(run: Run, overdue: Overdue, applied: { id: string; at: Date }, end: Date): Next {
  const { settings, steps, now } = run;
  const action = applied.id.slice('apply_'.length) as Action;
  const outcome = { downgrade: 'downgraded', pause: 'paused', cancel: 'canceled' }[action];
  const letter =
    settings.tellCustomer && !steps.of('tell_ended') ? letterOf(run, overdue, 'ended', end) : null;
  if (letter) return mailed('tell_ended', letter, `The subscription is ${outcome}.`);
  const until = new Date(applied.at.getTime() + settings.restoreDays * dayMs);
  const waits = settings.restore && action !== 'cancel' && !hasEnded(overdue) && until > now;
  return waits
    ? {
        do: 'wait',
        until,
        say: `The subscription is ${outcome}. A payment until ${until.toISOString()} sets it back.`,
      }
    : { do: 'end', outcome, amount: overdue.invoice.open, say: `The subscription is ${outcome}.` };
}

/** Paid after all: what was done is set back, as far as it still is as it was left. */
function restored(run: Run, overdue: Overdue, action: Action, end: Date): Next {
  const { subscription, billedPrice, invoice } = overdue;
  const done = {
    do: 'end',
    outcome: 'restored',
    amount: invoice.paid,
    say: `Paid: ${formatMoney(invoice.paid)}.`,
  } as const;
  if (!run.settings.restore || action === 'cancel' || hasEnded(overdue))
    return { ...done, outcome: 'paid_late' };
  const step = run.steps.of('restore');
  const isDown = action === 'downgrade' && billedPrice !== null && subscription.price !== billedPrice;
  const isLeft = isDown || (action === 'pause' && subscription.isPaused);
  if (!step && isLeft)
    return {
      ...{ do: 'call', id: 'restore', say: 'The invoice is paid: the subscription is set back.' },
      ...(action === 'pause'
        ? { tool: 'resume_subscription', input: { subscription: subscription.id } }
        : {
            tool: 'update_subscription',
            input: { subscription: subscription.id, price: billedPrice, proration_behavior: 'none' },
          }),
    };
  if (step && step.status !== 'done')
    return { ...done, outcome: 'paid_late', say: `Paid, but not set back: ${step.error?.message ?? ''}` };
  const letter =
    step && run.settings.tellCustomer && !run.steps.of('tell_restored')
      ? letterOf(run, overdue, 'restored', end)
      : null;
  return letter ? mailed('tell_restored', letter, done.say) : done;
}

const mailed = (id: string, input: { [key: string]: Json }, say: string): Next => ({
  do: 'call',
  id,
  tool: 'send_message',
  say,
  input,
});
