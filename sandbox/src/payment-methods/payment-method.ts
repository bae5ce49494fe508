import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { addressOf } from '../addresses.ts';
import { accountByFingerprint, accountByToken } from '../behaviours/banks/test-accounts.ts';
import type { Behaviour } from '../behaviours/behaviour.ts';
import { cardFromDetails } from '../behaviours/cards/card-input.ts';
import { cardByFingerprint, cardByToken } from '../behaviours/cards/test-cards.ts';
import { newId } from '../ids.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { missingParam, noSuch, notSupported } from '../wire/errors.ts';
import { applyMetadata } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { bankDetails, bankDetailsOf } from './banks.ts';
import { blank, noBilling } from './blank.ts';
import { spendCardToken } from './card-tokens.ts';
import { cardMethod, cardView, plainDetails } from './cards.ts';
import { rememberFact } from './facts.ts';
import type { Billing, MethodData } from './input.ts';
import { isMethodType } from './types.ts';

export type PaymentMethod = Wire<Stripe.PaymentMethod>;

export const paymentMethods: CollectionSpec<PaymentMethod, 'customer'> = {
  name: 'payment_methods',
  indexes: { customer: (method) => method.customer },
};

/** What happens when a method is used. Methods that are not published test values do the plain thing. */
export function behaviourOf(method: PaymentMethod): Behaviour {
  const known = method.card
    ? cardByFingerprint(method.card.fingerprint)
    : accountByFingerprint(bankOf(method)?.fingerprint);
  return known?.behaviour ?? {};
}

/** The bank account of a bank debit. */
export function bankOf(
  method: PaymentMethod,
): { fingerprint: string | null; last4: string | null } | undefined {
  return (
    method.us_bank_account ??
    method.sepa_debit ??
    method.bacs_debit ??
    method.au_becs_debit ??
    method.acss_debit
  );
}

/** Makes a method from details or, for cards, a token. Nothing is announced: attaching is. `path` as in errors. */
export function createPaymentMethod(account: Account, data: MethodData, path = ''): PaymentMethod {
  const { type } = data;
  if (!isMethodType(type)) throw notSupported(`payment methods of type ${type}`);
  const method: PaymentMethod = {
    ...blank(account, newId('pm', 24), type),
    ...detailsOf(account, data, path),
  };
  return account.of(paymentMethods).put({
    ...method,
    allow_redisplay: data.allow_redisplay ?? 'unspecified',
    billing_details: billingOf(method.billing_details, data.billing_details),
    metadata: applyMetadata({}, data.metadata),
    ...(data.radar_options?.session === undefined
      ? {}
      : { radar_options: { session: data.radar_options.session } }),
  });
}

/** The method behind an id or a test name: `pm_card_visa` and `pm_usBankAccount_success` make a new one each time. */
export function resolveMethod(account: Account, id: string, param: string): PaymentMethod {
  const methods = account.of(paymentMethods);
  const stored = methods.get(id);
  if (stored) return stored;
  const card = id.startsWith('pm_') ? cardByToken(id) : undefined;
  if (card) return methods.put(cardMethod(account, plainDetails(card, account.now()), newId('pm', 24)));
  const bank = accountByToken(id);
  if (!bank) throw noSuch('PaymentMethod', id, param);
  const method = methods.put({
    ...blank(account, newId('pm', 24), bank.type),
    ...bankDetailsOf(bank),
    billing_details: { ...noBilling, email: 'jenny.rosen@example.com', name: 'Jenny Rosen' },
  });
  rememberFact(account, method.id, { verified: true });
  return method;
}

/** Billing details after a change; null unsets. */
export function billingOf(
  before: Wire<Stripe.PaymentMethod.BillingDetails>,
  given: Billing | undefined,
): Wire<Stripe.PaymentMethod.BillingDetails> {
  if (!given) return before;
  const { address, ...plain } = given;
  return {
    ...before,
    ...plain,
    ...(address === undefined
      ? {}
      : { address: address === null ? null : addressOf({ ...before.address, ...address }) }),
  };
}

function detailsOf(account: Account, data: MethodData, path: string): Partial<PaymentMethod> {
  const at = (name: string) => (path === '' ? name : `${path}[${name}]`);
  const bank = bankDetails(data, path);
  if (bank) return bank;
  switch (data.type) {
    case 'card':
      if (!data.card) throw missingParam(at('card'));
      return cardDetails(account, data.card, at('card'));
    case 'link':
      return { link: { email: data.billing_details?.email ?? null } };
    case 'boleto':
      if (!data.boleto) throw missingParam(at('boleto'));
      return { boleto: data.boleto };
    case 'sofort':
      if (!data.sofort) throw missingParam(at('sofort'));
      return { sofort: data.sofort };
    case 'fpx':
      if (!data.fpx) throw missingParam(at('fpx'));
      return { fpx: { account_holder_type: data.fpx.account_holder_type ?? null, bank: data.fpx.bank } };
    case 'nz_bank_account':
      if (!data.nz_bank_account) throw missingParam(at('nz_bank_account'));
      return { nz_bank_account: nzView(data.nz_bank_account) };
    default:
      return otherDetails(data);
  }
}

/** Kinds whose details may all be left out, and those that have none. */
function otherDetails(data: MethodData): Partial<PaymentMethod> {
  switch (data.type) {
    case 'eps':
      return { eps: { bank: data.eps?.bank ?? null } };
    case 'ideal':
      return { ideal: { bank: data.ideal?.bank ?? null, bic: null } };
    case 'p24':
      return { p24: { bank: data.p24?.bank ?? null } };
    case 'klarna':
      return { klarna: data.klarna?.dob ? { dob: data.klarna.dob } : {} };
    case 'naver_pay':
      return { naver_pay: { buyer_id: null, funding: data.naver_pay?.funding ?? 'card' } };
    case 'cashapp':
      return { cashapp: { buyer_id: null, cashtag: null } };
    case 'kr_card':
      return { kr_card: { brand: null, last4: null } };
    case 'paypal':
      return { paypal: { country: null, payer_email: data.billing_details?.email ?? null, payer_id: null } };
    case 'payto':
      return {
        payto: {
          bsb_number: data.payto?.bsb_number ?? null,
          last4: data.payto?.account_number?.slice(-4) ?? null,
          pay_id: data.payto?.pay_id ?? null,
        },
      };
    case 'upi':
      return { upi: { vpa: null } };
    default:
      return { [data.type]: {} };
  }
}

function nzView(given: NonNullable<MethodData['nz_bank_account']>): Wire<Stripe.PaymentMethod.NzBankAccount> {
  return {
    account_holder_name: given.account_holder_name ?? null,
    bank_code: given.bank_code,
    bank_name: 'STRIPE TEST BANK',
    branch_code: given.branch_code,
    last4: given.account_number.slice(-4),
    suffix: given.suffix,
  };
}

/** A card that was typed in, or the one behind a token, with what the token says of its owner. */
function cardDetails(
  account: Account,
  card: NonNullable<MethodData['card']>,
  path: string,
): Pick<PaymentMethod, 'billing_details' | 'card'> {
  if (!('token' in card))
    return { billing_details: noBilling, card: cardView(cardFromDetails(card, path, account.now())) };
  const { billing_details, card: spent } = spendCardToken(account, card.token, `${path}[token]`);
  const preferred = card.networks?.preferred;
  if (preferred === undefined || !spent?.networks) return { billing_details, card: spent };
  return { billing_details, card: { ...spent, networks: { ...spent.networks, preferred } } };
}
