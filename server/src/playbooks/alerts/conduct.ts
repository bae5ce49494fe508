/** What is unusual about what was done to an account, and about the ways to it. Pure. */
import { formatMoney, type Money } from '@purser/money';
import { usualOf } from './robust.ts';
import type { AlertInput, AlertSettings } from './settings.ts';

/** What one person, token, agent or task did through Purser. */
export interface Conduct {
  /** `token:tok_…` */
  readonly requester: string;
  readonly name: string;
  /** Refunds within the last day. */
  readonly refunds: number;
  readonly refunded: readonly Money[];
  /** Refunds on each of the days before, for four weeks, zeros included. */
  readonly refundsBefore: readonly number[];
  /** Operations that the far side, policy or a person refused within the last hour. */
  readonly refusals: number;
  readonly operations: readonly string[];
}

export interface Ways {
  readonly failedPayouts: readonly { readonly id: string; readonly amount: Money; readonly why: string }[];
  readonly webhook: {
    readonly lastReceivedAt: Date | null;
    /** Events of the last day that only the events list told of. */
    readonly untold: number;
    readonly refused: number;
    readonly refusedWhy: string | null;
  } | null;
}

const hourMs = 3_600_000;
/** So many events that no delivery told of are no chance. */
const leastUntold = 5;
const leastRefused = 5;

export function unusualConduct(
  conduct: readonly Conduct[],
  now: Date,
  settings: AlertSettings,
): AlertInput[] {
  const spell = Math.floor(now.getTime() / (settings.againHours * hourMs));
  return conduct.flatMap((one) => {
    const { requester, name, refunds, refunded, refundsBefore, refusals, operations } = one;
    const usual = usualOf(refundsBefore, settings.strictness);
    const found: AlertInput[] = [];
    const objects = operations.slice(0, 5).map((id) => ({ type: 'operation', id }));
    if (refunds >= settings.leastRefunds && (!usual || refunds > usual.high))
      found.push({
        ...{ kind: 'refunds_by_one', key: `${requester} ${spell}`, objects },
        title: `${name} made ${refunds} refunds within a day`,
        text: `Together ${refunded.map((sum) => formatMoney(sum)).join(', ')}. Usually ${usual?.middle ?? 'none'} a day over the last ${refundsBefore.length} days.\n\nLook through them: who got the money, and does each have a reason?`,
      });
    if (refusals >= settings.leastRefusals)
      found.push({
        ...{ kind: 'key_misuse', key: `${requester} ${spell}`, objects },
        title: `${refusals} calls by ${name} were refused within an hour`,
        text: 'Somebody tries what they may not, or a program runs wild.\n\nIf nobody of yours does this, take the token back or stop the agent, and rotate the key.',
      });
    return found;
  });
}

export function unusualWays(
  { failedPayouts, webhook }: Ways,
  now: Date,
  { againHours }: AlertSettings,
): AlertInput[] {
  const spell = String(Math.floor(now.getTime() / (againHours * hourMs)));
  const found: AlertInput[] = failedPayouts.map(({ id, amount, why }) => ({
    ...{ kind: 'payout_failed', key: id, title: `A payout of ${formatMoney(amount)} failed` },
    text: `${why}\n\nThe money is back in your balance. Correct the bank account in Stripe’s settings, or it will fail again.`,
    objects: [{ type: 'payout', id, label: formatMoney(amount) }],
  }));
  if (webhook && webhook.untold >= leastUntold)
    found.push({
      ...{ kind: 'webhook_silence', key: spell, objects: [], title: 'Stripe’s webhooks have gone silent' },
      text: `${webhook.untold} events of the last day came only from the events list; the last delivery was ${webhook.lastReceivedAt?.toISOString() ?? 'never'}. Nothing is lost, but it comes minutes late.\n\nLook at the endpoint on the connection’s page: is it reachable, and enabled at Stripe?`,
    });
  if (webhook && webhook.refused >= leastRefused)
    found.push({
      ...{ kind: 'webhook_silence', key: `refused ${spell}`, objects: [] },
      title: `${webhook.refused} deliveries to the webhook were refused`,
      text: `${webhook.refusedWhy ?? ''}\n\nEither the signing secret is another one, or somebody forges deliveries. What is not signed is never taken.`,
    });
  return found;
}
