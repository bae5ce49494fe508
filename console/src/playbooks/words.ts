import type { Order, PlaybookRun } from '@purser/server/api';
import { capitalised } from '../ui/capitalised.ts';
import type { TagTone } from '../ui/tag.tsx';

/** `partially_refunded` → `Partially refunded` */
export function inWords(name: string): string {
  const text = name.replaceAll('_', ' ');
  return capitalised(text);
}

const orderTones: Record<string, TagTone> = {
  received: 'accent',
  awaiting_payment: 'warn',
  paid: 'good',
  fulfilling: 'accent',
  fulfilled: 'good',
  partially_refunded: 'plain',
  refunded: 'plain',
  canceled: 'plain',
  expired: 'plain',
  payment_failed: 'danger',
  fulfilment_failed: 'danger',
  not_fulfilled: 'danger',
  not_possible: 'danger',
  rejected: 'danger',
  failed: 'danger',
  stopped: 'plain',
};

export const orderTone = ({ status }: Pick<Order, 'status'>): TagTone => orderTones[status] ?? 'plain';

type Standing = Pick<PlaybookRun, 'state' | 'outcome' | 'awaitingApproval' | 'standing'>;

/** How a run stands, in a word or two. */
export function runState(run: Standing, successes: readonly string[]): { label: string; tone: TagTone } {
  const { state, outcome, awaitingApproval, standing } = run;
  if (awaitingApproval) return { label: 'Waiting for you', tone: 'warn' };
  if (state === 'done' && outcome !== null)
    return { label: inWords(outcome), tone: successes.includes(outcome) ? 'good' : 'plain' };
  if (state === 'failed') return { label: 'Failed', tone: 'danger' };
  if (state === 'stopped') return { label: 'Stopped', tone: 'plain' };
  if (state === 'working') return { label: 'At work', tone: 'accent' };
  return { label: standing ? inWords(standing.stage) : 'Waiting', tone: 'accent' };
}

/** `every 5 minutes`, `every 6 hours` */
export function everyInWords(hours: number): string {
  if (hours === 1) return 'every hour';
  return hours < 1 ? `every ${Math.round(hours * 60)} minutes` : `every ${hours} hours`;
}

/** `2 × Mug, 1 × price_…` */
export const itemsText = ({ items }: Pick<Order, 'items'>): string =>
  items.map(({ quantity, name, price }) => `${quantity} × ${name ?? price ?? ''}`).join(', ');

export function buyerText({ customer }: Pick<Order, 'customer'>): string {
  if (typeof customer === 'string') return customer;
  if ('id' in customer) return customer.id;
  return customer.name ? `${customer.name} (${customer.email})` : customer.email;
}
