import { type Money, toDecimal } from '@purser/money';
import type { Json } from '../../tools/tool.ts';
import type { Next, RunView, Standing } from '../playbook.ts';
import type { OrderInput, OrderSettings } from './settings.ts';

export type OrderRun = RunView<OrderSettings, OrderInput>;

/** So long an outcome that nobody knows is waited for before it is looked at again. */
const unknownMs = 10 * 60_000;

export const isCancelAsked = ({ asked }: OrderRun): boolean => asked.some(({ what }) => what === 'cancel');

export const end = (outcome: string, say: string): Next => ({ do: 'end', outcome, say });

export const saidNo = (reason: string | undefined): Next =>
  end('rejected', `A person said no${reason ? `: ${reason}` : '.'}`);

export function waitUnknown({ now }: OrderRun, say: string): Next {
  return { do: 'wait', say, until: new Date(now.getTime() + unknownMs) };
}

/** Where an order stands: a stage, and what its page shows beside. */
export function standingOf(stage: string, facts: { total: Money; [fact: string]: Json | Money }): Standing {
  const shown = Object.entries(facts).map(([name, value]) => [
    name,
    isMoney(value) ? shownMoney(value) : value,
  ]);
  return { stage, ...Object.fromEntries(shown) };
}

const shownMoney = (amount: Money) => ({ decimal: toDecimal(amount), currency: amount.currency });

const isMoney = (value: Json | Money): value is Money =>
  typeof value === 'object' && value !== null && 'minor' in value && typeof value.minor === 'bigint';

/** The id of what a step made; null where it is only assumed (dry run). */
export function idIn(view: Json | undefined): string | null {
  return typeof view === 'object' && view !== null && !Array.isArray(view) && typeof view.id === 'string'
    ? view.id
    : null;
}
