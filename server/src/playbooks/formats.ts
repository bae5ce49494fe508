/** Amounts and dates as customers read them, in their language. */
import { type Money, toDecimal } from '@purser/money';

/** `25,00 $` for `de`. Exact: the decimal goes in as text. */
export function moneyIn(language: string, amount: Money): string {
  const format = new Intl.NumberFormat(language, {
    style: 'currency',
    currency: amount.currency.toUpperCase(),
  });
  return format.format(toDecimal(amount) as `${number}`);
}

/** `3. November 2026` */
export function dateIn(language: string, moment: Date, timeZone: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone }).format(moment);
}
