/**
 * Dunning: who did not pay for a subscription is written to, in steps over days, until they have. It never charges: Stripe's
 * own retries do, and the mails say when.
 */
import { formatMoney } from '@purser/money';
import type Stripe from 'stripe';
import { z } from 'zod';
import { type Next, playbook, type RunView, type Surroundings } from '../playbook.ts';
import { afterQuiet } from '../quiet-hours.ts';
import { type Arrears, readArrears } from './arrears.ts';
import { type DunningSettings, dunningSettings } from './settings.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** More unpaid invoices than this are not gone through in one look; the next look goes on. */
const mostInvoices = 1_000;

const input = z.strictObject({
  invoice: z
    .string()
    .regex(/^in_\w+$/)
    .max(100)
    .describe('The unpaid invoice: in_….'),
});
type Run = RunView<DunningSettings, z.infer<typeof input>>;

export const dunningName = 'dunning';

export interface DunningSources {
  /** When the last dunning mail of a connection went to an address. */
  lastMailTo(connectionId: string, address: string): Promise<Date | null>;
}

export const dunning = (sources: DunningSources) =>
  playbook<DunningSettings, z.infer<typeof input>>({
    name: dunningName,
    title: 'Dunning',
    description:
      'When a subscription payment fails, writes to the customer: why, what helps, and where to pay, in steps over days and in their language. Stops at once when the invoice is paid. Charges nothing itself: Stripe’s own retries do.',
    settings: dunningSettings,
    input,
    events: ['invoice.payment_failed', 'invoice.paid', 'invoice.voided', 'invoice.marked_uncollectible'],
    looksEveryHours: 1,
    successes: ['recovered'],
    subjectOf: ({ invoice }) => invoice,
    titleOf: ({ invoice }) => `invoice ${invoice}`,

    heard({ type, objectId, data }) {
      if (!objectId?.startsWith('in_')) return null;
      if (type !== 'invoice.payment_failed') return { subject: objectId };
      const { object } = (data as unknown as Stripe.Event).data;
      return isDunned(object as Stripe.Invoice)
        ? { subject: objectId, begins: { invoice: objectId } }
        : { subject: objectId };
    },

    find: ({ read, now }: Surroundings, { withinHours }) =>
      read(async (api) => {
        const found = [];
        const since = Math.floor((now.getTime() - withinHours * hourMs) / 1000);
        const list = api.invoices.list({ ...{ limit: 100, status: 'open' }, created: { gte: since } });
        for await (const invoice of list) {
          if (isDunned(invoice) && invoice.attempted && invoice.attempt_count > 0)
            found.push({ invoice: invoice.id });
          if (found.length === mostInvoices) break;
        }
        return found;
      }),

    async next(run) {
      const arrears = await readArrears(run, run.input.invoice);
      return over(run, arrears) ?? mail(run, arrears, sources);
    },
  });

function isDunned(invoice: Stripe.Invoice): boolean {
  return (
    invoice.parent?.type === 'subscription_details' && invoice.collection_method === 'charge_automatically'
  );
}

const stepId = (step: number) => `mail_${step}`;

/** How it ends, where the invoice itself says so. */
function over(run: Run, { status, number, paid, isSubscription }: Arrears): Next | null {
  if (status === 'paid') {
    const wrote = run.steps.all.some(
      (step) => step.tool === 'send_dunning_message' && step.status === 'done',
    );
    const amount = formatMoney(paid);
    return wrote
      ? {
          do: 'end',
          outcome: 'recovered',
          amount: paid,
          say: `Invoice ${number} is paid: ${amount} came in.`,
        }
      : {
          do: 'end',
          outcome: 'paid_unasked',
          amount: paid,
          say: `Invoice ${number} was paid before any mail went out.`,
        };
  }
  if (status !== 'open')
    return { do: 'end', outcome: 'dropped', say: `Invoice ${number} is ${status}: nobody is to pay it.` };
  if (!isSubscription)
    return { do: 'end', outcome: 'not_dunned', say: `Invoice ${number} is not charged for a subscription.` };
  return null;
}

/** The next mail, when it is time for it. */
async function mail(run: Run, arrears: Arrears, sources: DunningSources): Promise<Next> {
  const { settings, steps, startedAt, now, timeZone, connectionId } = run;
  const unreachable = steps.all.find((step) => cannotReach.has(step.error?.code ?? ''));
  if (unreachable)
    return { do: 'end', outcome: 'unreachable', amount: arrears.open, say: unreachable.error?.message ?? '' };
  const next = settings.steps.findIndex((_, index) => !steps.of(stepId(index + 1)));
  const planned = settings.steps[next];
  if (!planned) return follow(run, arrears);
  const step = next + 1;
  const due = new Date(startedAt.getTime() + planned.afterDays * dayMs);
  if (due > now)
    return {
      do: 'wait',
      until: due,
      say: `Mail ${step} goes out on ${due.toISOString()}, unless the invoice is paid.`,
    };
  const { nextAttempt } = arrears;
  const soon = now.getTime() + settings.retrySoonHours * hourMs;
  if (nextAttempt && nextAttempt > now && nextAttempt.getTime() <= soon) {
    const until = new Date(nextAttempt.getTime() + hourMs);
    return {
      do: 'wait',
      until,
      say: `Stripe tries the card again at ${nextAttempt.toISOString()}: mail ${step} waits for it.`,
    };
  }
  const allowed = afterQuiet(now, settings.quietHours, timeZone);
  if (allowed > now)
    return {
      do: 'wait',
      until: allowed,
      say: `Quiet hours: mail ${step} goes out at ${allowed.toISOString()}.`,
    };
  const { email } = arrears.customer;
  const last = email ? await sources.lastMailTo(connectionId, email) : null;
  const apart = last && new Date(last.getTime() + settings.apartHours * hourMs);
  if (apart && apart > now)
    return {
      do: 'wait',
      until: apart,
      say: `${email} was written to about another invoice: mail ${step} waits until ${apart.toISOString()}.`,
    };
  const why = `Invoice ${arrears.number} is open with ${formatMoney(arrears.open)}; what helps: ${helps[arrears.declineClass]}.`;
  return {
    ...{ do: 'call', say: why, id: stepId(step), tool: 'send_dunning_message' },
    input: { invoice: arrears.id, step },
  };
}

const cannotReach = new Set(['no_address', 'address_bounced', 'invalid_input']);

const helps: Record<Arrears['declineClass'], string> = {
  retry_later: 'trying again later',
  other_method: 'another card',
  authenticate: 'confirming it at the bank',
  fix_details: 'entering the card again',
  never_retry: 'another card',
};

/** All mails are out: the money may still come. */
function follow({ settings, steps, now, startedAt }: Run, { number, open }: Arrears): Next {
  const last = steps.all.at(-1)?.at ?? startedAt;
  const until = new Date(last.getTime() + settings.followDays * dayMs);
  return until > now
    ? {
        do: 'wait',
        until,
        say: `All mails are out. Until ${until.toISOString()} it is seen whether the invoice is paid.`,
      }
    : {
        do: 'end',
        outcome: 'given_up',
        amount: open,
        say: `Invoice ${number} was not paid: ${formatMoney(open)} are open.`,
      };
}
