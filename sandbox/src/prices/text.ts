import { currencyExponent } from '@purser/money';
import type { Account } from '../account.ts';
import { products } from '../product-store.ts';
import type { CostPart } from './cost.ts';
import type { Price } from './price.ts';

/** How invoices describe what was bought: `31 credit × Usage (Tier 2 at $0.036 / month)`; a flat fee has no quantity. */
export function describeCost(account: Account, price: Price, part: CostPart, currency: string): string {
  const { name, label } = productOf(account, price);
  const amount = part.unitAmountDecimal ?? String(part.amount);
  const tier = part.tier === null ? '' : `Tier ${part.tier} `;
  const terms = `(${tier}at ${unitText(amount, currency)}${packageText(price)}${intervalText(price)})`;
  if (part.unitAmountDecimal === null) return `${name} ${terms}`;
  return `${part.quantityDecimal} ${label === null ? '' : `${label} `}× ${name} ${terms}`;
}

/** The name people know a price by, and what its units are called. */
export function productOf(
  account: Account,
  price: Price,
): { readonly name: string; readonly label: string | null } {
  const product = account.of(products).get(price.product);
  if (!product || product.deleted) return { name: price.product, label: null };
  return { name: product.name, label: product.unit_label ?? null };
}

/** An exact amount of minor units for people: `3.6` US cents are `$0.036`. The digits never pass through a float. */
export function unitText(decimal: string, currency: string): string {
  const exponent = currencyExponent(currency);
  const [digits = '0', fraction = ''] = decimal.split('.');
  const padded = digits.replace('-', '').padStart(exponent + 1, '0');
  const cut = padded.length - exponent;
  const sign = digits.startsWith('-') ? '-' : '';
  const major = `${sign}${padded.slice(0, cut)}.${padded.slice(cut)}${fraction}`;
  const format = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency: currency.toUpperCase(),
    minimumFractionDigits: exponent,
    maximumFractionDigits: 15,
  });
  // ECMA-402 (NumberFormat v3) formats decimal strings exactly; TypeScript asks for a literal number type.
  return format.format(major as `${number}`);
}

function packageText({ transform_quantity: packages }: Price): string {
  return packages ? ` per ${packages.divide_by} units` : '';
}

/** How often a price recurs: ` / month`; '' for what is paid once. */
export function intervalText({ recurring }: Price): string {
  if (!recurring) return '';
  const { interval, interval_count: count } = recurring;
  return count === 1 ? ` / ${interval}` : ` / every ${count} ${interval}s`;
}
