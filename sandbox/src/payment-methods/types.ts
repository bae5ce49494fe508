/**
 * How a payment with a kind of method comes about. `card` is authorised by an issuer; `wallet` is paid at once; `debit`
 * needs a mandate and is settled by the bank later; `page` is approved or declined by the customer elsewhere, `voucher`
 * too, only that they are handed something to pay with; `transfer` is sent by the customer's bank.
 */
export type Flow = 'card' | 'wallet' | 'debit' | 'page' | 'voucher' | 'transfer';

export interface MethodType {
  readonly flow: Flow;
  /** Currencies it can be paid in; null: all. */
  readonly currencies: readonly string[] | null;
  /** Can be authorised first and captured later. */
  readonly holds?: true;
  /** Can be kept for a customer. */
  readonly keeps?: true;
  /** Whether the money can be given back through Stripe: at once, after a while, by asking the customer, or not at all. */
  readonly refund: 'now' | 'later' | 'asks' | 'none';
}

function by(flow: Flow, currencies: string, rest: Partial<MethodType> = {}): MethodType {
  return { flow, currencies: currencies === '' ? null : currencies.split(' '), refund: 'now', ...rest };
}

const holds = { holds: true } as const;
const keeps = { keeps: true } as const;
const debit = { keeps: true, refund: 'later' } as const;

/** https://docs.stripe.com/payments/payment-methods/payment-method-support; terminals are not simulated. */
export const methodTypes = {
  acss_debit: by('debit', 'cad usd', debit),
  affirm: by('page', 'cad usd', { ...holds, refund: 'later' }),
  afterpay_clearpay: by('page', 'aud cad gbp nzd usd', holds),
  alipay: by('page', 'aud cad cny eur gbp hkd jpy myr nzd sgd usd', keeps),
  alma: by('page', 'eur', holds),
  amazon_pay: by('page', 'aud chf dkk eur gbp hkd jpy nok nzd sek usd zar', { ...holds, ...keeps }),
  au_becs_debit: by('debit', 'aud', debit),
  bacs_debit: by('debit', 'gbp', debit),
  bancontact: by('page', 'eur', keeps),
  billie: by('page', 'dkk eur gbp nok sek', holds),
  bizum: by('page', 'eur'),
  blik: by('page', 'pln', keeps),
  boleto: by('voucher', 'brl', { ...keeps, refund: 'none' }),
  card: by('card', '', { ...holds, ...keeps }),
  cashapp: by('page', 'usd', { ...holds, ...keeps }),
  crypto: by('page', 'usd', { refund: 'later' }),
  customer_balance: by('transfer', 'eur gbp jpy mxn usd'),
  eps: by('page', 'eur'),
  fpx: by('page', 'myr', { refund: 'later' }),
  giropay: by('page', 'eur'),
  grabpay: by('page', 'myr sgd'),
  ideal: by('page', 'eur', keeps),
  kakao_pay: by('page', 'krw', { ...holds, ...keeps }),
  klarna: by('page', 'aud cad chf czk dkk eur gbp nok nzd pln ron sek usd', { ...holds, ...keeps }),
  konbini: by('voucher', 'jpy', { refund: 'asks' }),
  kr_card: by('page', 'krw', { ...holds, ...keeps }),
  link: by('wallet', '', { ...holds, ...keeps }),
  mb_way: by('page', 'eur', { refund: 'later' }),
  mobilepay: by('page', 'dkk eur nok sek', holds),
  multibanco: by('voucher', 'eur', { refund: 'asks' }),
  naver_pay: by('page', 'krw', { ...holds, ...keeps }),
  nz_bank_account: by('debit', 'nzd', debit),
  oxxo: by('voucher', 'mxn', { refund: 'none' }),
  p24: by('page', 'eur pln', { refund: 'later' }),
  pay_by_bank: by('page', 'eur gbp', { refund: 'later' }),
  payco: by('page', 'krw', holds),
  paynow: by('page', 'sgd'),
  paypal: by('page', 'aud cad chf czk dkk eur gbp hkd nok nzd pln sek sgd usd', { ...holds, ...keeps }),
  paypay: by('page', 'jpy'),
  payto: by('debit', 'aud', debit),
  pix: by('page', 'brl usd', keeps),
  promptpay: by('page', 'thb', { refund: 'asks' }),
  revolut_pay: by('page', 'eur gbp ron huf pln dkk', { ...holds, ...keeps }),
  samsung_pay: by('page', 'krw', holds),
  satispay: by('page', 'eur', { ...holds, ...keeps }),
  scalapay: by('page', 'eur', holds),
  sepa_debit: by('debit', 'eur', debit),
  sequra: by('page', 'eur', holds),
  sofort: by('page', 'eur', keeps),
  sunbit: by('page', 'usd', holds),
  swish: by('page', 'sek', { refund: 'later' }),
  twint: by('page', 'chf', keeps),
  upi: by('page', 'inr', keeps),
  us_bank_account: by('debit', 'usd', debit),
  wechat_pay: by('page', 'aud cad chf cny dkk eur gbp hkd jpy nok sek sgd usd'),
  zip: by('page', 'aud usd'),
} as const satisfies Record<string, MethodType>;

export type MethodTypeName = keyof typeof methodTypes;
export const methodTypeNames = Object.keys(methodTypes) as MethodTypeName[];

/** What an intent can be kept from being paid with; Link is switched off with cards. */
export type ExcludableType = Exclude<MethodTypeName, 'link'>;
export const excludableTypes = methodTypeNames.filter((name): name is ExcludableType => name !== 'link');

export function isMethodType(name: string): name is MethodTypeName {
  return Object.hasOwn(methodTypes, name);
}

/** The rules of a kind of method; undefined for kinds that are not simulated. */
export function methodType(name: string): MethodType | undefined {
  return isMethodType(name) ? methodTypes[name] : undefined;
}

/** Kinds that pay in a currency without sending the customer anywhere, for what is charged again and again. */
export function directTypes(currency: string): MethodTypeName[] {
  return methodTypeNames.filter((name) => {
    const { currencies, flow }: MethodType = methodTypes[name];
    if (flow !== 'card' && flow !== 'wallet' && flow !== 'debit') return false;
    return currencies === null || currencies.includes(currency);
  });
}

/** Whether paying with it leads the customer to another page, so that there must be an address to come back to. */
export function redirects(name: string): boolean {
  return methodType(name)?.flow === 'page';
}
