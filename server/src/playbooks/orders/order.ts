/** An order as people and clients see it: the run of the playbook that fulfils it. */
import type { Json } from '../../tools/tool.ts';
import type { PlaybookRun } from '../rows.ts';
import type { OrderInput } from './settings.ts';

export interface Order {
  /** `ord_…` */
  id: string;
  /** `received`, a stage on the way, or how it ended: `awaiting_payment`, `fulfilled`, `payment_failed`, … */
  status: string;
  connectionId: string;
  reference: string | null;
  customer: OrderInput['customer'];
  items: OrderInput['items'];
  paymentMethod: string | null;
  metadata: { [key: string]: string };
  /** null until it was computed. */
  total: { decimal: string; currency: string } | null;
  refunded: { decimal: string; currency: string } | null;
  /** Where the customer pays, while that is open. */
  payUrl: string | null;
  paymentIntent: string | null;
  /** The customer at Stripe. */
  customerId: string | null;
  /** It waits for somebody's approval in the inbox. */
  awaitingApproval: boolean;
  /** Why it does not go on, where something is wrong. */
  problem: string | null;
  /** The playbook's run, and the thread in which each step stands. */
  runId: string;
  threadId: string;
  createdAt: string;
  finishedAt: string | null;
}

/** `ord_…` and `pbr_…` are two names of one thing. */
export const orderIdOf = (run: string): string => run.replace(/^[a-z]+_/, 'ord_');
export const runIdOf = (order: string): string => order.replace(/^ord_/, 'pbr_');

type Amount = Order['total'];

export function toOrder(run: PlaybookRun): Order {
  const { id, connectionId, state, outcome, standing, awaitingApproval, problem, threadId } = run;
  const { customer, items, reference = null, paymentMethod = null, metadata = {} } = run.input as OrderInput;
  const fact = (name: string): Json => standing?.[name] ?? null;
  const text = (name: string) => (typeof fact(name) === 'string' ? String(fact(name)) : null);
  const isOver = state !== 'waiting' && state !== 'working';
  return {
    id: orderIdOf(id),
    status: outcome ?? (isOver ? state : (standing?.stage ?? 'received')),
    ...{ connectionId, reference, customer, items, paymentMethod, metadata, awaitingApproval, problem },
    total: fact('total') as Amount,
    refunded: fact('refunded') as Amount,
    payUrl: isOver ? null : text('payUrl'),
    paymentIntent: text('paymentIntent'),
    customerId: text('customer'),
    ...{ runId: id, threadId, createdAt: run.startedAt, finishedAt: run.finishedAt },
  };
}

/** The answer to the request that placed it: the same however often that is sent again. */
export function receivedOrder(run: PlaybookRun): Order {
  return toOrder({
    ...run,
    ...{
      state: 'waiting',
      outcome: null,
      standing: null,
      awaitingApproval: false,
      problem: null,
      finishedAt: null,
    },
  });
}
