import { currencyExponent, money, scale } from '@purser/money';

/** Stripe's published card price in each currency: a share and a fixed part in minor units. */
const fixedParts: Readonly<Record<string, { thousandths: bigint; fixed: number }>> = {
  usd: { thousandths: 29n, fixed: 30 },
  cad: { thousandths: 29n, fixed: 30 },
  aud: { thousandths: 17n, fixed: 30 },
  eur: { thousandths: 15n, fixed: 25 },
  gbp: { thousandths: 15n, fixed: 20 },
  chf: { thousandths: 29n, fixed: 30 },
  dkk: { thousandths: 15n, fixed: 180 },
  nok: { thousandths: 24n, fixed: 200 },
  sek: { thousandths: 15n, fixed: 180 },
  jpy: { thousandths: 36n, fixed: 0 },
};

/** What Stripe keeps of a card payment, in minor units; never more than the payment. */
export function processingFee(amount: number, currency: string): number {
  const rate = fixedParts[currency] ?? {
    thousandths: 29n,
    fixed: currencyExponent(currency) === 3 ? 300 : 30,
  };
  const share = scale(money(amount, currency), rate.thousandths, 1000n).minor;
  return Math.min(amount, Number(share) + rate.fixed);
}

/** What a dispute costs: 15 US dollars or about as much. */
export function disputeFee(currency: string): number {
  const known: Readonly<Record<string, number>> = {
    usd: 1500,
    eur: 2000,
    gbp: 2000,
    jpy: 1300,
    sek: 15_000,
    nok: 15_000,
    dkk: 11_000,
  };
  return (
    known[currency] ??
    (currencyExponent(currency) === 0 ? 1500 : currencyExponent(currency) === 3 ? 15_000 : 1500)
  );
}
