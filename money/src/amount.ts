import { type CurrencyCode, chargeStep, currencyExponent, isCurrency } from './currencies.ts';

/** An exact amount: whole minor units of one currency. 2999 usd is $29.99, 1000 jpy is ¥1000. */
export interface Money {
  readonly minor: bigint;
  readonly currency: CurrencyCode;
}

/** An amount that is not one; the message names what is wrong and what would be right. */
export class MoneyError extends Error {
  readonly code:
    | 'unknown_currency'
    | 'not_an_amount'
    | 'too_many_decimals'
    | 'not_chargeable'
    | 'currency_mismatch';
  constructor(code: MoneyError['code'], message: string) {
    super(message);
    this.name = 'MoneyError';
    this.code = code;
  }
}

/**
 * Makes an amount from minor units, as Stripe's API returns them.
 * @throws MoneyError for an unknown currency or a number that is not a safe integer.
 */
export function money(minor: bigint | number, currency: string): Money {
  const code = knownCurrency(currency);
  if (typeof minor === 'number' && !Number.isSafeInteger(minor)) {
    throw new MoneyError('not_an_amount', `${minor} is not a whole number of minor units.`);
  }
  return { minor: BigInt(minor), currency: code };
}

/**
 * Reads a decimal in major units: `parseMoney('29.99', 'usd')` is 2999 usd. A minus sign is allowed; grouping, symbols
 * and exponents are not: those are a person's way of writing and belong to whoever reads people.
 * @throws MoneyError when it is no decimal, has more decimals than the currency, or cannot be charged in that step.
 */
export function parseMoney(decimal: string, currency: string): Money {
  const code = knownCurrency(currency);
  const match = /^(-?)(\d{1,15})(?:\.(\d{1,15}))?$/.exec(decimal);
  if (!match) {
    throw new MoneyError(
      'not_an_amount',
      `"${decimal}" is not an amount: write major units as digits, such as "29.99".`,
    );
  }
  const [, sign = '', whole = '', fraction = ''] = match;
  const exponent = currencyExponent(code);
  const significant = fraction.replace(/0+$/, '');
  if (significant.length > exponent) {
    const allowed = exponent === 0 ? 'no decimals' : `${exponent} decimals at most`;
    throw new MoneyError(
      'too_many_decimals',
      `"${decimal}" is too precise: ${code.toUpperCase()} has ${allowed}.`,
    );
  }
  const minor = BigInt(whole + significant.padEnd(exponent, '0'));
  const step = chargeStep(code);
  if (minor % step !== 0n) {
    throw new MoneyError(
      'not_chargeable',
      `${decimal} ${code.toUpperCase()} cannot be charged: amounts go in steps of ${toDecimal({ minor: step, currency: code })}.`,
    );
  }
  return { minor: sign ? -minor : minor, currency: code };
}

/** Major units with all of the currency's decimals and no grouping: `"29.99"`, `"1000"`. */
export function toDecimal({ minor, currency }: Money): string {
  const exponent = currencyExponent(currency);
  const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, '0');
  const cut = digits.length - exponent;
  const sign = minor < 0n ? '-' : '';
  return exponent === 0 ? sign + digits : `${sign}${digits.slice(0, cut)}.${digits.slice(cut)}`;
}

/** For people: `$29.99`, `-€1,234.50`, `¥1,000`. Exact: the digits never pass through a float. */
export function formatMoney(amount: Money, locale = 'en-US'): string {
  const exponent = currencyExponent(amount.currency);
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency: amount.currency.toUpperCase(),
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  });
  // ECMA-402 (NumberFormat v3) formats decimal strings exactly; TypeScript asks for a literal number type.
  return format.format(toDecimal(amount) as `${number}`);
}

function knownCurrency(currency: string): CurrencyCode {
  const code = currency.toLowerCase();
  if (isCurrency(code)) return code;
  throw new MoneyError(
    'unknown_currency',
    `"${currency}" is not a currency Stripe knows: use an ISO 4217 code such as "usd".`,
  );
}
