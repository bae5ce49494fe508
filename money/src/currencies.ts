/** Lower-case ISO 4217 code, as Stripe writes it: `usd`. */
export type CurrencyCode = string & { readonly __currency?: never };

/** Presentment currencies of https://docs.stripe.com/currencies that have two decimals. */
const twoDecimal =
  'usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny cop crc ' +
  'cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr isk jmd kes kgs khr kyd ' +
  'kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr ' +
  'pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah ugx uyu uzs wst xcd ' +
  'xcg yer zar zmw';
/** https://docs.stripe.com/currencies#zero-decimal */
const zeroDecimal = 'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf';
/** https://docs.stripe.com/currencies#three-decimal: charged in steps of ten minor units. */
const threeDecimal = 'bhd jod kwd omr tnd';

const exponents: ReadonlyMap<string, 0 | 2 | 3> = new Map([
  ...twoDecimal.split(' ').map((code) => [code, 2] as const),
  ...zeroDecimal.split(' ').map((code) => [code, 0] as const),
  ...threeDecimal.split(' ').map((code) => [code, 3] as const),
]);

/** Every currency known here, lower case. */
export const currencies: readonly CurrencyCode[] = [...exponents.keys()];

/** True for a known code in lower case. */
export function isCurrency(code: string): code is CurrencyCode {
  return exponents.has(code);
}

/**
 * Decimal places of the amounts Stripe's API takes in this currency. ISK and UGX are two here although they have no
 * subunit: Stripe takes them in hundredths that must be whole (see `chargeStep`).
 * @throws RangeError for an unknown currency.
 */
export function currencyExponent(code: string): 0 | 2 | 3 {
  const exponent = exponents.get(code);
  if (exponent === undefined)
    throw new RangeError(`Unknown currency "${code}": use a lower-case ISO 4217 code such as "usd".`);
  return exponent;
}

/**
 * The smallest step of a charge in minor units: 10 for three-decimal currencies, 100 for ISK and UGX, else 1.
 * Source: https://docs.stripe.com/currencies#special-cases
 */
export function chargeStep(code: string): 1n | 10n | 100n {
  if (currencyExponent(code) === 3) return 10n;
  return code === 'isk' || code === 'ugx' ? 100n : 1n;
}

/** The smallest step of a payout in minor units: HUF and TWD pay out in whole units only. */
export function payoutStep(code: string): 1n | 10n | 100n {
  return code === 'huf' || code === 'twd' ? 100n : chargeStep(code);
}
