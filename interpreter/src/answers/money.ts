import { formatMoney, isCurrency, money, parseMoney, toDecimal } from '@purser/money';

const shownAmount = /^(-?\d{1,15}(?:\.\d{1,4})?) ([A-Za-z]{3})$/;

/**
 * An amount as tools give it (`29.99 USD`) as people read it: `$29.99`, `€1,234.56`, `¥1,000`. Anything else
 * comes back as it is.
 */
export function spokenAmount(text: string): string {
  const match = shownAmount.exec(text);
  const [, decimal = '', code = ''] = match ?? [];
  if (!match || !isCurrency(code.toLowerCase())) return text;
  return spokenDecimal(decimal, code);
}

/** The same from its parts, in the one form that money has everywhere. */
export function spokenDecimal(decimal: string, currency: string): string {
  const code = currency.toLowerCase();
  if (!isCurrency(code)) return `${decimal} ${currency.toUpperCase()}`;
  try {
    return formatMoney(parseMoney(decimal, code));
  } catch {
    return `${decimal} ${currency.toUpperCase()}`;
  }
}

/** Reads `29.99 USD` into an exact amount, undefined where it is none. */
export function readAmount(text: string | undefined): { minor: bigint; currency: string } | undefined {
  const match = text === undefined ? null : shownAmount.exec(text);
  const [, decimal = '', code = ''] = match ?? [];
  if (!match || !isCurrency(code.toLowerCase())) return undefined;
  try {
    return parseMoney(decimal, code.toLowerCase());
  } catch {
    return undefined;
  }
}

/** Minor units as a decimal in major units. */
export function decimalOf(amount: { minor: bigint; currency: string }): string {
  return toDecimal(money(amount.minor, amount.currency));
}
