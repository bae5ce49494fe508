import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { accountObject, keepAccountObject } from './accounts.ts';
import { currencyBalances } from './balance/balance.ts';
import { day, hour } from './clock.ts';
import { dueJobs } from './due.ts';
import { createPayout } from './payouts.ts';
import { type Resource, route } from './resource.ts';
import { boolean, integer, list, object, oneOf, type Parsed, unsupported } from './wire/params.ts';
import type { Wire } from './wire/shapes.ts';

type Schedule = Wire<Stripe.Account.Settings.Payouts.Schedule>;
type Weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday';

const intervals = ['daily', 'manual', 'monthly', 'weekly'] as const;

const morningJob = 'payout.morning';
const weekdays: readonly (Weekday | null)[] = [
  null,
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  null,
];

/** Sets when available money is paid out by itself; `manual` stops it. Works in the account's own time from now on. */
export function setPayoutSchedule(account: Account, schedule: Schedule): void {
  const details = accountObject(account);
  const { settings } = details;
  if (!settings?.payouts) return;
  const payouts = { ...settings.payouts, schedule };
  account.transact(() => {
    keepAccountObject(account, { ...details, settings: { ...settings, payouts } });
    if (schedule.interval !== 'manual' && !waitsForMorning(account))
      account.schedule(nextMorning(account.now()), morningJob, '');
  });
}

/** A schedule set, stopped and set again within a day must not pay out twice. */
function waitsForMorning(account: Account): boolean {
  for (const job of account.of(dueJobs).oldestFirst()) if (job.kind === morningJob) return true;
  return false;
}

/** Whether a schedule pays out on the day that contains `now` (UTC). */
export function paysOutOn(schedule: Schedule, now: number): boolean {
  const date = new Date(now * 1000);
  if (schedule.interval === 'daily') return true;
  if (schedule.interval === 'weekly') {
    const today = weekdays[date.getUTCDay()];
    return (
      today !== null && today !== undefined && (schedule.weekly_payout_days ?? ['monday']).includes(today)
    );
  }
  if (schedule.interval === 'monthly')
    return (schedule.monthly_payout_days ?? [1]).includes(date.getUTCDate());
  return false;
}

function nextMorning(now: number): number {
  return (Math.floor(now / day) + 1) * day + 6 * hour;
}

/** Pays out everything available when today is a day for it. Runs each morning as a due job. */
function payThisMorning(account: Account): void {
  const schedule = accountObject(account).settings?.payouts?.schedule;
  if (!schedule || schedule.interval === 'manual') return;
  if (paysOutOn(schedule, account.now())) {
    for (const { id: currency, available } of [...account.of(currencyBalances).oldestFirst()]) {
      if (available > 0) createPayout(account, { amount: available, currency, automatic: true });
    }
  }
  account.schedule(nextMorning(account.now()), morningJob, '');
}

function balanceSettings(account: Account): Wire<Stripe.BalanceSettings> {
  const payouts = accountObject(account).settings?.payouts;
  const schedule = payouts?.schedule;
  return {
    object: 'balance_settings',
    payments: {
      debit_negative_balances: payouts?.debit_negative_balances ?? true,
      payouts: {
        automatic_transfer_rules_by_currency: null,
        minimum_balance_by_currency: null,
        schedule: {
          interval: intervals.find((interval) => interval === schedule?.interval) ?? 'manual',
          ...(schedule?.monthly_payout_days ? { monthly_payout_days: schedule.monthly_payout_days } : {}),
          ...(schedule?.weekly_payout_days ? { weekly_payout_days: schedule.weekly_payout_days } : {}),
        },
        statement_descriptor: payouts?.statement_descriptor ?? null,
        status: 'enabled',
      },
      settlement_timing: { delay_days: schedule?.delay_days ?? 2, start_of_day: null },
    },
  };
}

const scheduleFields = object({
  interval: oneOf(...intervals),
  monthly_payout_days: list(integer(1, 31), 31),
  weekly_payout_days: list(oneOf('monday', 'tuesday', 'wednesday', 'thursday', 'friday'), 5),
});
const updateParams = {
  payments: object({
    debit_negative_balances: boolean(),
    payouts: object({
      automatic_transfer_rules_by_currency: unsupported(),
      minimum_balance_by_currency: unsupported(),
      schedule: scheduleFields,
    }),
    settlement_timing: unsupported(),
  }),
} as const;

function applySettings(account: Account, params: Parsed<typeof updateParams>): void {
  const schedule = params.payments?.payouts?.schedule;
  const before = accountObject(account).settings?.payouts?.schedule;
  if (schedule)
    setPayoutSchedule(account, { delay_days: 2, interval: before?.interval ?? 'manual', ...schedule });
}

export const payoutScheduleResource: Resource = {
  jobs: { [morningJob]: payThisMorning },
  routes: [
    route('GET', '/v1/balance_settings', { permission: 'balance' }, ({ account }) =>
      balanceSettings(account),
    ),
    route(
      'POST',
      '/v1/balance_settings',
      { permission: 'balance', params: updateParams },
      ({ account, params }) => {
        applySettings(account, params);
        return balanceSettings(account);
      },
    ),
  ],
};
