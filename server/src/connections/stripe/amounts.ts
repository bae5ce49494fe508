import { formatMoney, type Money, MoneyError, money, parseMoney, sumMoney, toDecimal } from '@purser/money';
import { ToolError } from '../../tools/tool.ts';

/** Stripe's minor units of a currency as an exact amount. */
export function fromStripe(minor: number, currency: string): Money {
  return money(BigInt(minor), currency);
}

/** An exact amount in the minor units Stripe's API takes. */
export function toStripe(amount: Money): number {
  return Number(amount.minor);
}

/** As views carry it: `29.99 USD`. */
export function shown(minor: number, currency: string): string {
  return shownMoney(fromStripe(minor, currency));
}

function shownMoney(amount: Money): string {
  return `${toDecimal(amount)} ${amount.currency.toUpperCase()}`;
}

/** For people, in previews and summaries: `$29.99`. */
export function spoken(minor: number, currency: string): string {
  return formatMoney(fromStripe(minor, currency));
}

/** What a preview says that moves. */
export function moved(minor: number, currency: string): { decimal: string; currency: string } {
  return { decimal: toDecimal(fromStripe(minor, currency)), currency };
}

/** One total per currency, as views carry them. */
export function totals(amounts: Iterable<Money>): string[] {
  return sumMoney(amounts).map(shownMoney);
}

/**
 * Reads what a model gave as an amount. More than nothing unless `allowZero`.
 * @throws ToolError `invalid_amount` in the words of the money module.
 */
export function amountFrom(decimal: string, currency: string, options: { allowZero?: boolean } = {}): Money {
  const next = 'Give the amount in major units as a decimal string such as "29.99", with its currency.';
  try {
    const amount = parseMoney(decimal.trim(), currency);
    const least = options.allowZero ? 0n : 1n;
    if (amount.minor < least)
      throw new ToolError('invalid_amount', 'The amount must be more than zero.', { next });
    return amount;
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    throw new ToolError('invalid_amount', error.message, {
      next,
      details: { amount: decimal, currency },
      cause: error,
    });
  }
}
