import { formatMoney, parseMoney } from '@purser/money';

/** `29.99`, `usd` → `$29.99`; what is no amount is shown as it came. */
export function moneyText(decimal: string, currency: string): string {
  try {
    return formatMoney(parseMoney(decimal, currency.toLowerCase()));
  } catch {
    return `${decimal} ${currency.toUpperCase()}`;
  }
}

const amountPattern = /^(-?\d+(?:\.\d+)?) ([A-Za-z]{3})$/;

/** `"29.99 USD"` as views write money → `$29.99`; null where the value is something else. */
export function viewMoney(value: unknown): string | null {
  const match = typeof value === 'string' ? amountPattern.exec(value) : null;
  if (!match) return null;
  const [, decimal = '', currency = ''] = match;
  return moneyText(decimal, currency);
}
