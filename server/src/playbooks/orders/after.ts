/** An order after its payment: fulfilment is told, the customer has it confirmed, and what changes later is passed on. */
import { formatMoney, subtractMoney, toDecimal } from '@purser/money';
import type { Json } from '../../tools/tool.ts';
import type { Next } from '../playbook.ts';
import type { Delivery } from './deliveries.ts';
import { letterOf } from './letter.ts';
import { orderIdOf } from './order.ts';
import type { Paid } from './payment.ts';
import { isCancelAsked, type OrderRun, standingOf, waitUnknown } from './run.ts';

const dayMs = 86_400_000;

export function followOrder(run: OrderRun, paid: Paid, told: readonly Delivery[]): Next {
  const { intent, total, refunded, at, buyer } = paid;
  const facts = { total, refunded, paymentIntent: intent, customer: buyer.id, paidAt: at.toISOString() };
  const isKept = !isCancelAsked(run);
  const next =
    moneyBack(run, paid) ??
    tell(run, paid, isKept ? { type: 'order.paid' } : null) ??
    write(run, paid, run.settings.confirm && isKept ? { kind: 'confirmed', id: 'mail_confirmed' } : null) ??
    passOn(run, paid) ??
    rest(run, paid, told);
  return { ...next, standing: standingOf(stageOf(run, paid, told), facts) };
}

/** As a list shows it. */
function stageOf(run: OrderRun, paid: Paid, told: readonly Delivery[]): string {
  if (isRefunded(paid)) return isCancelAsked(run) ? 'canceled' : 'refunded';
  if (untoldBecause(run, told)) return 'fulfilment_failed';
  if (told.some(({ state }) => state === 'queued')) return 'fulfilling';
  if (paid.refunded.minor > 0n) return 'partially_refunded';
  return told.length > 0 ? 'fulfilled' : 'paid';
}

const isRefunded = ({ total, refunded }: Paid): boolean => refunded.minor >= total.minor;

/** Canceled after it was paid: everything goes back, once. */
function moneyBack(run: OrderRun, paid: Paid): Next | null {
  if (!isCancelAsked(run) || isRefunded(paid) || paid.intent === null) return null;
  const step = run.steps.of('refund');
  if (step?.status === 'unknown') return waitUnknown(run, 'Nobody knows yet whether that was refunded.');
  if (step) return null;
  return {
    ...{ do: 'call', id: 'refund', tool: 'create_refund' },
    say: `The order was canceled: ${formatMoney(subtractMoney(paid.total, paid.refunded))} go back to the customer.`,
    input: { payment_intent: paid.intent, full: true, reason: 'requested_by_customer' },
  };
}

/** What happened to the payment since, to fulfilment and to the customer. */
function passOn(run: OrderRun, paid: Paid): Next | null {
  const { refunded, isDisputed } = paid;
  if (isDisputed) {
    const next = tell(run, paid, { type: 'order.disputed' });
    if (next) return next;
  }
  if (refunded.minor === 0n) return null;
  const type = isCancelAsked(run) && isRefunded(paid) ? 'order.canceled' : 'order.refunded';
  return (
    tell(run, paid, { type, refunded: toDecimal(refunded) }) ??
    write(
      run,
      paid,
      run.settings.tellChanges ? { kind: 'refunded', id: `mail_refunded_${refunded.minor}` } : null,
    )
  );
}

/** Posts one piece of news to the endpoint, once; again where a person asked for it after it could not be. */
function tell(
  { id, settings, steps, asked }: OrderRun,
  { intent }: Paid,
  news: { type: string; refunded?: string } | null,
): Next | null {
  if (!news || settings.endpoint === null) return null;
  const base = ['tell', news.type.split('.')[1], news.refunded?.replace('.', '_')].filter(Boolean).join('_');
  const tries = steps.all.filter((step) => step.id === base || step.id.startsWith(`${base}_again_`));
  const retries = asked.filter(({ what }) => what === 'retry').length;
  if (tries.some(({ status }) => status === 'done') || tries.length > retries) return null;
  const input: { [key: string]: Json } = { order: orderIdOf(id), payment_intent: intent ?? '', ...news };
  return {
    ...{ do: 'call', tool: 'tell_fulfilment', say: `Fulfilment is told: ${news.type}.`, input },
    id: tries.length === 0 ? base : `${base}_again_${tries.length}`,
  };
}

function write(
  run: OrderRun,
  { buyer, lines, total, refunded }: Paid,
  letter: { kind: 'confirmed' | 'refunded'; id: string } | null,
): Next | null {
  const { email } = buyer;
  if (!letter || !email || run.steps.of(letter.id)) return null;
  return {
    ...{ do: 'call', id: letter.id, tool: 'send_message' },
    say:
      letter.kind === 'confirmed'
        ? 'The customer has the order confirmed.'
        : 'The customer is told of the refund.',
    input: letterOf(run, letter.kind, { buyer: { ...buyer, email }, lines, total, refunded }),
  };
}

/** Nothing is to be done now. */
function rest(run: OrderRun, paid: Paid, told: readonly Delivery[]): Next {
  const { intent, total, refunded, at } = paid;
  const on = intent === null ? {} : { on: intent };
  const open = told.find(({ state }) => state === 'queued');
  if (open) {
    const again = open.problem ? `, again: ${open.problem}` : '.';
    return { ...{ do: 'wait', until: null, ...on }, say: `Fulfilment is told${again}` };
  }
  const stage = stageOf(run, paid, told);
  if (isRefunded(paid)) {
    const say = `The order is ${stage}: ${formatMoney(refunded)} went back.`;
    return { do: 'end', outcome: stage, say };
  }
  const untold = untoldBecause(run, told);
  const until = new Date(at.getTime() + run.settings.followDays * dayMs);
  if (until > run.now)
    return {
      ...{ do: 'wait', until, ...on },
      say:
        untold ??
        `It is ${stage.replaceAll('_', ' ')}. Until ${until.toISOString()} refunds and disputes are passed on.`,
    };
  const amount = subtractMoney(total, refunded);
  const outcome = untold ? 'not_fulfilled' : 'fulfilled';
  return { do: 'end', outcome, amount, say: untold ?? `The order is history: ${formatMoney(amount)} stay.` };
}

/** Why fulfilment does not know of the order. */
function untoldBecause({ steps, settings }: OrderRun, told: readonly Delivery[]): string | null {
  const failed = told.find(({ state }) => state === 'failed');
  if (failed) return `The endpoint did not take it: ${failed.problem ?? ''}`;
  const last = steps.all.findLast(({ tool }) => tool === 'tell_fulfilment');
  if (settings.endpoint === null || !last || last.status === 'done') return null;
  return `Fulfilment was not told: ${last.error?.message ?? ''}`;
}
