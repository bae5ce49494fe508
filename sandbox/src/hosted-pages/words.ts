import { formatMoney, money } from '@purser/money';
import type { Account } from '../account.ts';
import { accountObject } from '../accounts.ts';
import type { Coupon } from '../coupons.ts';

/** An amount of minor units for people. */
export function amountText(minor: number, currency: string): string {
  return formatMoney(money(minor, currency)).replace('-', '−');
}

/** Whose page it is. */
export function businessName(account: Account): string {
  const business = accountObject(account);
  return business.business_profile?.name ?? business.settings?.dashboard.display_name ?? 'Sandbox account';
}

/** A day, as in `15 January 2026`; times are UTC. */
export function dayText(seconds: number): string {
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
  return format.format(new Date(seconds * 1000));
}

/** What a coupon takes off. */
export function couponText({ amount_off: amount, currency, percent_off: percent }: Coupon): string {
  if (percent !== null) return `${percent}% off`;
  return amount === null || currency === null ? '' : `${amountText(amount, currency)} off`;
}

/** A kind of payment method, for people: `SEPA Direct Debit`. */
export function methodName(type: string): string {
  const words = type.charAt(0).toUpperCase() + type.slice(1).replaceAll('_', ' ').replace(/ pay$/, ' Pay');
  return methodNames.get(type) ?? words;
}

const methodNames: ReadonlyMap<string, string> = new Map([
  ['acss_debit', 'Pre-authorized debit'],
  ['afterpay_clearpay', 'Afterpay'],
  ['au_becs_debit', 'BECS Direct Debit'],
  ['bacs_debit', 'Bacs Direct Debit'],
  ['blik', 'BLIK'],
  ['cashapp', 'Cash App Pay'],
  ['eps', 'EPS'],
  ['fpx', 'FPX'],
  ['grabpay', 'GrabPay'],
  ['ideal', 'iDEAL'],
  ['kr_card', 'Korean card'],
  ['mb_way', 'MB WAY'],
  ['mobilepay', 'MobilePay'],
  ['nz_bank_account', 'NZ BECS Direct Debit'],
  ['oxxo', 'OXXO'],
  ['p24', 'Przelewy24'],
  ['paynow', 'PayNow'],
  ['paypal', 'PayPal'],
  ['paypay', 'PayPay'],
  ['payto', 'PayTo'],
  ['promptpay', 'PromptPay'],
  ['sepa_debit', 'SEPA Direct Debit'],
  ['twint', 'TWINT'],
  ['upi', 'UPI'],
  ['us_bank_account', 'US bank account'],
  ['wechat_pay', 'WeChat Pay'],
]);
