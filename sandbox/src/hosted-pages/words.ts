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
