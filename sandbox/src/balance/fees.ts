import { currencyExponent, money, scale } from '@purser/money';

/** A price: a share of the payment and a fixed part in minor units, at most `most`. */
interface Price {
  readonly thousandths: bigint;
  readonly fixed: number;
  readonly most?: number;
}

/** Stripe's published card price in each currency. */
const cardPrices: Readonly<Record<string, Price>> = {
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

/** Bank debits cost less, and no more than so much. https://stripe.com/pricing/local-payment-methods */
const debitPrices: Readonly<Record<string, Price>> = {
  us_bank_account: { thousandths: 8n, fixed: 0, most: 500 },
  sepa_debit: { thousandths: 0n, fixed: 35 },
  bacs_debit: { thousandths: 10n, fixed: 0, most: 200 },
  au_becs_debit: { thousandths: 10n, fixed: 30, most: 350 },
  acss_debit: { thousandths: 10n, fixed: 40, most: 500 },
};

/** What Stripe keeps of a payment with a kind of method, in minor units; never more than the payment. */
export function processingFee(amount: number, currency: string, type = 'card'): number {
  const {
    thousandths,
    fixed,
    most = amount,
  } = debitPrices[type] ??
    cardPrices[currency] ?? { thousandths: 29n, fixed: currencyExponent(currency) === 3 ? 300 : 30 };
  const share = scale(money(amount, currency), thousandths, 1000n).minor;
  return Math.min(amount, most, Number(share) + fixed);
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
