import { currencyExponent, money, scale } from '@purser/money';
import type { Account } from '../account.ts';
import { accountObject } from '../accounts.ts';
import { destinationsOf } from '../connect/external-accounts.ts';
import { tenThousandthsPerDollar } from './exchange-rates.ts';

/** Every account is taken to have bank accounts in these, so that they stay what they are. */
const kept: ReadonlySet<string> = new Set(['usd', 'eur', 'gbp', 'jpy']);

/** The currency that money in a currency is kept in: itself where the account has a bank account, else the account's own. */
export function settlementCurrency(account: Account, currency: string): string {
  if (kept.has(currency)) return currency;
  const { default_currency: own = 'usd' } = accountObject(account);
  if (currency === own || destinationsOf(account).some((one) => one.currency === currency)) return currency;
  return own;
}

/** An amount in minor units of one currency, in minor units of another, halves rounded away from zero. */
export function exchanged(amount: number, from: string, to: string): number {
  if (from === to) return amount;
  const steps = currencyExponent(to) - currencyExponent(from);
  const numerator = tenThousandthsPerDollar(to) * 10n ** BigInt(Math.max(steps, 0));
  const denominator = tenThousandthsPerDollar(from) * 10n ** BigInt(Math.max(-steps, 0));
  return Number(scale(money(amount, to), numerator, denominator).minor);
}

/** What one unit of a currency is in another, as balance transactions show it. */
export function exchangeRate(from: string, to: string): number {
  const rate = Number(tenThousandthsPerDollar(to)) / Number(tenThousandthsPerDollar(from));
  return Number(rate.toPrecision(6));
}
