import type Stripe from 'stripe';
import { given, refused } from '../resource.ts';
import type { Wire } from '../wire/shapes.ts';
import { countryCurrencies } from './countries.ts';
import type { SettingsParams } from './params.ts';

type Settings = Wire<Stripe.Account.Settings>;
type Schedule = Wire<Stripe.Account.Settings.Payouts.Schedule>;

/** Days until a charge can be paid out, where an account is; Stripe starts with more outside a few countries. */
export function usualDelayDays(country: string | undefined): number {
  return country === 'US' || country === 'AU' ? 2 : 7;
}

/** What a new account starts with. */
export function freshSettings(country: string, name: string | null, interval: 'daily' | 'manual'): Settings {
  return {
    bacs_debit_payments: { display_name: null, service_user_number: null },
    branding: { icon: null, logo: null, primary_color: null, secondary_color: null },
    card_issuing: { tos_acceptance: { date: null, ip: null } },
    card_payments: {
      decline_on: { avs_failure: false, cvc_failure: false },
      statement_descriptor_prefix: null,
      statement_descriptor_prefix_kana: null,
      statement_descriptor_prefix_kanji: null,
    },
    dashboard: { display_name: name, timezone: 'Etc/UTC' },
    invoices: { default_account_tax_ids: null, hosted_payment_method_save: 'always' },
    payments: {
      statement_descriptor: null,
      statement_descriptor_kana: null,
      statement_descriptor_kanji: null,
      statement_descriptor_prefix_kana: null,
      statement_descriptor_prefix_kanji: null,
    },
    payouts: {
      debit_negative_balances: interval === 'daily',
      schedule: { delay_days: usualDelayDays(country), interval },
      statement_descriptor: null,
    },
    sepa_debit_payments: {},
  };
}

/** Settings after a request's changes, each group on its own. */
export function changedSettings(
  before: Settings,
  params: SettingsParams | undefined,
  country: string,
): Settings {
  if (!params) return before;
  const {
    branding,
    card_payments: card,
    dashboard: _none,
    invoices,
    payments,
    payouts,
    ...rest
  } = {
    dashboard: undefined,
    ...params,
  };
  const { bacs_debit_payments: bacs, card_issuing: issuing, treasury } = rest;
  const { schedule, ...payoutRest } = payouts ?? {};
  const { decline_on: decline, ...cardRest } = card ?? {};
  const currentPayouts = before.payouts ?? freshSettings(country, null, 'manual').payouts;
  return {
    ...before,
    branding: { ...before.branding, ...given(branding ?? {}) },
    card_payments: {
      ...before.card_payments,
      ...given(cardRest),
      decline_on: {
        avs_failure: false,
        cvc_failure: false,
        ...before.card_payments.decline_on,
        ...given(decline ?? {}),
      },
    },
    payments: { ...before.payments, ...given(payments ?? {}) },
    ...(bacs
      ? { bacs_debit_payments: { display_name: bacs.display_name ?? null, service_user_number: null } }
      : {}),
    ...(issuing?.tos_acceptance
      ? { card_issuing: { tos_acceptance: accepted(issuing.tos_acceptance) } }
      : {}),
    ...(treasury?.tos_acceptance ? { treasury: { tos_acceptance: accepted(treasury.tos_acceptance) } } : {}),
    ...(invoices && before.invoices ? { invoices: { ...before.invoices, ...given(invoices) } } : {}),
    ...(currentPayouts
      ? {
          payouts: {
            ...currentPayouts,
            ...given(payoutRest),
            schedule: schedule
              ? changedSchedule(currentPayouts.schedule, schedule, country)
              : currentPayouts.schedule,
          },
        }
      : {}),
  };
}

function accepted(acceptance: { date?: number; ip?: string; user_agent?: string | null }) {
  const { date = null, ip = null, user_agent: agent } = acceptance;
  return { date, ip, ...(agent ? { user_agent: agent } : {}) };
}

type ScheduleParams = NonNullable<NonNullable<SettingsParams['payouts']>['schedule']>;

/** A payout schedule after a request's changes. Throws Stripe's refusals of days that do not fit the interval. */
export function changedSchedule(
  before: Schedule,
  params: ScheduleParams,
  country: string | undefined,
): Schedule {
  const { delay_days: delay, interval = before.interval, ...days } = params;
  const least = usualDelayDays(country);
  if (typeof delay === 'number' && delay < least)
    throw refused(
      'settings[payouts][schedule][delay_days]',
      `You cannot lower this account's delay below ${least} days.`,
    );
  const weekly = [...(days.weekly_payout_days ?? []), ...(days.weekly_anchor ? [days.weekly_anchor] : [])];
  const monthly = [
    ...(days.monthly_payout_days ?? []),
    ...(days.monthly_anchor ? [days.monthly_anchor] : []),
  ];
  if (interval === 'weekly' && weekly.length === 0 && before.interval !== 'weekly')
    throw refused(
      'settings[payouts][schedule][weekly_anchor]',
      'You must specify `weekly_anchor` or `weekly_payout_days` when the interval is `weekly`.',
      'parameter_missing',
    );
  if (interval === 'monthly' && monthly.length === 0 && before.interval !== 'monthly')
    throw refused(
      'settings[payouts][schedule][monthly_anchor]',
      'You must specify `monthly_anchor` or `monthly_payout_days` when the interval is `monthly`.',
      'parameter_missing',
    );
  if ((interval !== 'weekly' && weekly.length > 0) || (interval !== 'monthly' && monthly.length > 0))
    throw refused(
      'settings[payouts][schedule]',
      `Payout days were given that do not go with the interval \`${interval}\`.`,
    );
  const delayed = delay === undefined ? before.delay_days : delay === 'minimum' ? least : delay;
  const kept = before.interval === interval ? before : { delay_days: delayed, interval };
  return { ...kept, ...given(days), delay_days: delayed, interval };
}

/** Whether accounts can be in a country. Throws Stripe's refusal of others. */
export function knownCountry(country: string): string {
  const code = country.toUpperCase();
  if (!Object.hasOwn(countryCurrencies, code))
    throw refused(
      'country',
      `Country '${country}' is unknown. Try using a 2-character alphanumeric country code instead, such as 'US', 'EG', or 'GB'. A full list of country codes is available at https://www.iso.org/obp/ui/#search/code/`,
      'country_unsupported',
    );
  return code;
}
