import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { accountObject, keepAccountObject } from '../accounts.ts';
import { awaitMorning } from '../balance/mornings.ts';
import { chargeCurrency } from '../charges/amounts.ts';
import { changedSchedule, usualDelayDays } from '../connect/settings.ts';
import { emit, previousAttributes } from '../events.ts';
import { refused } from '../resource.ts';
import {
  boolean,
  emptyable,
  integer,
  list,
  mapOf,
  object,
  oneOf,
  type Parsed,
  text,
  unsupported,
} from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { minimumBalances } from './schedule.ts';

type Settings = Wire<Stripe.BalanceSettings>;

export const settingsParams = {
  payments: object({
    debit_negative_balances: boolean(),
    payouts: object({
      automatic_transfer_rules_by_currency: unsupported(),
      minimum_balance_by_currency: emptyable(mapOf(emptyable(integer(0)))),
      schedule: object({
        interval: oneOf('daily', 'manual', 'monthly', 'weekly'),
        monthly_payout_days: list(integer(1, 31), 31),
        weekly_payout_days: list(oneOf('monday', 'tuesday', 'wednesday', 'thursday', 'friday'), 5),
      }),
      statement_descriptor: text(22),
    }),
    settlement_timing: object({
      delay_days_override: emptyable(integer(0, 31)),
      start_of_day: unsupported(),
    }),
  }),
} as const;

/** When an account's money is settled and paid out: the same that its `settings.payouts` say. */
export function balanceSettings(account: Account): Settings {
  const details = accountObject(account);
  const payouts = details.settings?.payouts;
  const schedule = payouts?.schedule;
  const usual = usualDelayDays(details.country);
  const delay = schedule?.delay_days ?? usual;
  const minimums = [...account.of(minimumBalances).oldestFirst()];
  return {
    object: 'balance_settings',
    payments: {
      debit_negative_balances: payouts?.debit_negative_balances ?? true,
      payouts: {
        automatic_transfer_rules_by_currency: null,
        minimum_balance_by_currency:
          minimums.length === 0 ? null : Object.fromEntries(minimums.map(({ id, amount }) => [id, amount])),
        schedule: {
          interval: intervalOf(schedule?.interval),
          ...(schedule?.monthly_payout_days ? { monthly_payout_days: schedule.monthly_payout_days } : {}),
          ...(schedule?.weekly_payout_days ? { weekly_payout_days: schedule.weekly_payout_days } : {}),
        },
        statement_descriptor: payouts?.statement_descriptor ?? null,
        status: account.platform && !details.payouts_enabled ? 'disabled' : 'enabled',
      },
      settlement_timing: {
        delay_days: delay,
        ...(delay === usual ? {} : { delay_days_override: delay }),
        start_of_day: null,
      },
    },
  };
}

function intervalOf(interval: string | undefined) {
  if (interval === 'daily' || interval === 'monthly' || interval === 'weekly') return interval;
  return 'manual';
}

/** Changes an account's settings. Throws Stripe's refusals. */
export function changeBalanceSettings(account: Account, params: Parsed<typeof settingsParams>): Settings {
  const before = balanceSettings(account);
  const {
    payouts: wanted,
    debit_negative_balances: debit,
    settlement_timing: timing,
  } = params.payments ?? {};
  const details = accountObject(account);
  const { settings } = details;
  if (!settings?.payouts) return before;
  const override = timing?.delay_days_override;
  const delay = override === undefined ? {} : { delay_days: override ?? ('minimum' as const) };
  const schedule =
    wanted?.schedule || override !== undefined
      ? changedSchedule(settings.payouts.schedule, { ...wanted?.schedule, ...delay }, details.country)
      : settings.payouts.schedule;
  const payouts = {
    debit_negative_balances: debit ?? settings.payouts.debit_negative_balances,
    schedule,
    statement_descriptor: wanted?.statement_descriptor ?? settings.payouts.statement_descriptor,
  };
  keepAccountObject(account, { ...details, settings: { ...settings, payouts } });
  if (wanted?.minimum_balance_by_currency !== undefined)
    setMinimums(account, wanted.minimum_balance_by_currency);
  awaitMorning(account);
  const after = balanceSettings(account);
  const previous = previousAttributes(before, after);
  if (Object.keys(previous).length > 0) emit(account, 'balance_settings.updated', after, previous);
  return after;
}

function setMinimums(account: Account, minimums: Readonly<Record<string, number | null>> | null): void {
  const kept = account.of(minimumBalances);
  if (minimums === null) for (const { id } of [...kept.oldestFirst()]) kept.delete(id);
  for (const [name, amount] of Object.entries(minimums ?? {})) {
    const currency = chargeCurrency.parse(name, 'payments[payouts][minimum_balance_by_currency]');
    if (currency !== name)
      throw refused('payments[payouts][minimum_balance_by_currency]', `Invalid currency: ${name}.`);
    if (amount === null) kept.delete(currency);
    else kept.put({ id: currency, amount });
  }
}
