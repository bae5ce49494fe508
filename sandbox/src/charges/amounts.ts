import { chargeStep, currencyExponent, formatMoney, isCurrency, money } from '@purser/money';
import type { Account } from '../account.ts';
import { exchanged, settlementCurrency } from '../balance/exchange.ts';
import { refused } from '../resource.ts';
import { StripeFault } from '../wire/errors.ts';
import type { Param } from '../wire/params.ts';
import { integer, text } from '../wire/params.ts';

/** Smallest charges Stripe publishes, in minor units; other currencies take about half a US dollar. */
const smallest: Readonly<Record<string, number>> = {
  usd: 50,
  aed: 200,
  ars: 50,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  cop: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17500,
  idr: 50,
  ils: 50,
  inr: 50,
  jpy: 50,
  krw: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  php: 50,
  pln: 200,
  ron: 200,
  rub: 50,
  sek: 300,
  sgd: 50,
  thb: 1000,
  zar: 50,
};
/** Stripe's limits in minor units: eight digits, but for a few currencies with small units. */
const largest = new Map([
  ['idr', 999_999_999_999],
  ['cop', 9_999_999_999],
  ['inr', 999_999_999],
]);
const largestElsewhere = 99_999_999;

/** A currency a charge can be in, in lower case. */
export const chargeCurrency: Param<string> & { readonly required: false } = {
  required: false,
  parse(value, path) {
    const code = text(10).parse(value, path).toLowerCase();
    if (!isCurrency(code))
      throw refused(
        path,
        `Invalid currency: ${code}. Stripe currently supports these currencies: usd, aed, aud, brl, cad, chf, eur, gbp, jpy, and others.`,
      );
    return code;
  },
};

/** An amount as it arrives; its limits depend on the currency, see `checkAmount`. */
export const chargeAmount = integer();

/** The smallest and the largest charge in a currency, in minor units. */
export function chargeLimits(currency: string): { readonly least: number; readonly most: number } {
  return { least: smallestCharge(currency), most: largest.get(currency) ?? largestElsewhere };
}

/** Throws Stripe's refusals for amounts that can be charged nowhere. */
export function checkAmount(amount: number, currency: string, param = 'amount'): void {
  if (amount < 1)
    throw refused(param, 'This value must be greater than or equal to 1.', 'parameter_invalid_integer');
  const { least, most } = chargeLimits(currency);
  if (amount < least) throw tooSmall(least, currency, param);
  if (amount > most) {
    throw refused(
      param,
      `Amount must be no more than ${formatMoney(money(most, currency))}`,
      'amount_too_large',
    );
  }
  if (BigInt(amount) % chargeStep(currency) !== 0n) {
    throw refused(
      param,
      `Invalid amount: amounts in ${currency} must be a multiple of ${chargeStep(currency)}.`,
      'parameter_invalid_integer',
    );
  }
}

/** The same for an account: what is exchanged must come to a charge in the currency that it is kept in. */
export function checkCharge(account: Account, amount: number, currency: string): void {
  checkAmount(amount, currency);
  const kept = settlementCurrency(account, currency);
  const worth = exchanged(amount, currency, kept);
  const least = smallestCharge(kept);
  if (kept === currency || worth >= least) return;
  const wanted = kept === 'usd' ? `${least} cents` : formatMoney(money(least, kept));
  throw refused(
    'amount',
    `Amount must convert to at least ${wanted}. ${formatMoney(money(amount, currency))} converts to approximately ${formatMoney(money(worth, kept))}.`,
    'amount_too_small',
  );
}

/** Whether an amount is not too small to be charged; those that are too large throw Stripe's refusal. */
export function canBeCharged(account: Account, amount: number, currency: string): boolean {
  try {
    checkCharge(account, amount, currency);
    return true;
  } catch (error) {
    if (error instanceof StripeFault && error.body.code === 'amount_too_small') return false;
    if (amount < 1) return false;
    throw error;
  }
}

function smallestCharge(currency: string): number {
  return smallest[currency] ?? (currencyExponent(currency) === 3 ? 100 : 1);
}

function tooSmall(least: number, currency: string, param: string): StripeFault {
  return refused(
    param,
    `Amount must be at least ${formatMoney(money(least, currency))} ${currency}`,
    'amount_too_small',
  );
}
