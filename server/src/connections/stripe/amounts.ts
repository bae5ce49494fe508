import {
  currencyExponent,
  formatMoney,
  isCurrency,
  type Money,
  MoneyError,
  money,
  parseMoney,
  sumMoney,
  toDecimal,
} from '@purser/money';
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

/** A price of one unit in minor units, with decimals of its own where units cost less than the smallest coin. */
export type UnitAmount = { readonly unit_amount: number } | { readonly unit_amount_decimal: string };

/** Stripe takes as many decimals of a minor unit. */
const mostUnitDecimals = 12;

/**
 * Reads what one unit costs: `"29.99"`, or `"0.0025"` for a quarter of a cent. Nothing is allowed.
 * @throws ToolError `invalid_amount`
 */
export function unitAmountFrom(decimal: string, currency: string): UnitAmount {
  const [, whole = '', fraction = ''] = /^(\d{1,15})(?:\.(\d+))?$/.exec(decimal.trim()) ?? [];
  const exponent = isCurrency(currency.toLowerCase()) ? currencyExponent(currency.toLowerCase()) : 0;
  const below = fraction.slice(exponent).replace(/0+$/, '');
  if (whole === '' || below === '')
    return { unit_amount: toStripe(amountFrom(decimal, currency, { allowZero: true })) };
  const minor = amountFrom(`${whole}.${fraction.slice(0, exponent)}`.replace(/\.$/, ''), currency, {
    allowZero: true,
  });
  if (below.length > mostUnitDecimals) {
    throw new ToolError('invalid_amount', `"${decimal}" is too precise for a price.`, {
      next: `Stripe takes ${mostUnitDecimals + exponent} decimals at most.`,
    });
  }
  return { unit_amount_decimal: `${minor.minor}.${below}` };
}

/** What one unit costs, for people: `$29.99`, `$0.0025`. */
export function spokenUnit(unit: UnitAmount, currency: string): string {
  if ('unit_amount' in unit) return spoken(unit.unit_amount, currency);
  const [whole = '0', below = ''] = unit.unit_amount_decimal.split('.');
  const base = spoken(Number(whole), currency);
  return below === '' ? base : `${base}${currencyExponent(currency) === 0 ? '.' : ''}${below}`;
}
