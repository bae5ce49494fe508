import { isCurrency, money, parseMoney, toDecimal } from '@purser/money';

const shownAmount = /^(-?\d{1,15}(?:\.\d{1,4})?) ([A-Za-z]{3})$/;

/**
 * An amount as tools give it (`29.99 USD`) as people read it: `$29.99`, `1,234.56 EUR`, `1,000 JPY`. Anything else
 * comes back as it is.
 */
export function spokenAmount(text: string): string {
  const match = shownAmount.exec(text);
  const [, decimal = '', code = ''] = match ?? [];
  if (!match || !isCurrency(code.toLowerCase())) return text;
  return spokenDecimal(decimal, code);
}

/** The same from its parts; decimals are filled up to what the currency has. */
export function spokenDecimal(decimal: string, currency: string): string {
  const code = currency.toLowerCase();
  if (!isCurrency(code)) return `${decimal} ${currency.toUpperCase()}`;
  const digits = exact(decimal, code);
  const negative = digits.startsWith('-');
  const [whole = '0', fraction] = digits.replace('-', '').split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  const number = fraction === undefined ? grouped : `${grouped}.${fraction}`;
  const sign = negative ? '-' : '';
  return code === 'usd' ? `${sign}$${number}` : `${sign}${number} ${code.toUpperCase()}`;
}

function exact(decimal: string, currency: string): string {
  try {
    return toDecimal(parseMoney(decimal, currency));
  } catch {
    return decimal;
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
