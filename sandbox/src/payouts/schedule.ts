import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { accountObject, keepAccountObject } from '../accounts.ts';
import { currencyBalances } from '../balance/balance.ts';
import { awaitMorning, payoutMornings } from '../balance/mornings.ts';
import { defaultDestination } from '../connect/external-accounts.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Wire } from '../wire/shapes.ts';
import { createPayout } from './payout.ts';

export type Schedule = Wire<Stripe.Account.Settings.Payouts.Schedule>;

/** What automatic payouts leave in the balance, in minor units, by currency. */
export interface MinimumBalance {
  /** The currency. */
  readonly id: string;
  readonly amount: number;
}
export const minimumBalances: CollectionSpec<MinimumBalance> = { name: 'minimum_balances', indexes: {} };

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;

/** Sets when available money is paid out by itself; `manual` stops it. Works in the account's own time from now on. */
export function setPayoutSchedule(account: Account, schedule: Schedule): void {
  const details = accountObject(account);
  const { settings } = details;
  if (!settings?.payouts) return;
  const payouts = { ...settings.payouts, schedule };
  account.transact(() => {
    keepAccountObject(account, { ...details, settings: { ...settings, payouts } });
    awaitMorning(account);
  });
}

/** Whether a schedule pays out on the day that contains `now` (UTC). */
export function paysOutOn(schedule: Schedule, now: number): boolean {
  const date = new Date(now * 1000);
  if (schedule.interval === 'daily') return true;
  if (schedule.interval === 'weekly') {
    const { weekly_payout_days: days = [schedule.weekly_anchor ?? 'monday'] } = schedule;
    return days.some((day) => day === weekdays[date.getUTCDay()]);
  }
  if (schedule.interval !== 'monthly') return false;
  const { monthly_payout_days: days = [schedule.monthly_anchor ?? 1] } = schedule;
  // In a month that has no such day, its last day stands in.
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  return days.some((day) => Math.min(day, last) === date.getUTCDate());
}

/** Pays out what is available when today is a day for it. Runs as a due job on mornings after money moved. */
export function payThisMorning(account: Account): void {
  account.of(payoutMornings).delete('next');
  const settings = accountObject(account).settings?.payouts;
  if (!settings || settings.schedule.interval === 'manual') return;
  const isToday = paysOutOn(settings.schedule, account.now());
  for (const { id: currency, available } of [...account.of(currencyBalances).oldestFirst()]) {
    const kept = account.of(minimumBalances).get(currency)?.amount ?? 0;
    const amount =
      available < 0 ? (settings.debit_negative_balances ? available : 0) : Math.max(0, available - kept);
    if (amount === 0) continue;
    if (isToday && canPayOut(account, currency))
      createPayout(account, { amount, currency, automatic: true, kept: Math.min(kept, available) });
    else awaitMorning(account);
  }
}

/** A bank account that sent a payout back is not tried by itself again. */
function canPayOut(account: Account, currency: string): boolean {
  const destination = defaultDestination(account, currency);
  if (!account.platform) return destination?.status !== 'errored';
  return (
    accountObject(account).payouts_enabled && destination !== undefined && destination.status !== 'errored'
  );
}
