import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { addressFields, addressOf } from '../addresses.ts';
import type { Behaviour } from '../behaviours/behaviour.ts';
import {
  type CardDetails,
  type cardFields,
  cardFromDetails,
  tokenUnknown,
} from '../behaviours/cards/card-input.ts';
import type { TestCard } from '../behaviours/cards/test-card.ts';
import { cardByFingerprint, cardByToken, cardFingerprint } from '../behaviours/cards/test-cards.ts';
import type { Decline } from '../behaviours/declines.ts';
import { emit } from '../events.ts';
import { newId } from '../ids.ts';
import { refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { noSuch, StripeFault } from '../wire/errors.ts';
import {
  applyMetadata,
  emptyable,
  type MetadataChange,
  object,
  type Parsed,
  unsettableText,
} from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';

/** A payment method as stored: the customer is always an id. */
export type PaymentMethod = Wire<Stripe.PaymentMethod>;

export const paymentMethods: CollectionSpec<PaymentMethod, 'customer'> = {
  name: 'payment_methods',
  indexes: { customer: (method) => method.customer },
};

/** Methods whose owner has authenticated once for later use, by setup or payment. */
export interface SetUpMark {
  readonly id: string;
}
export const setUpMarks: CollectionSpec<SetUpMark> = { name: 'set_up_marks', indexes: {} };

/** Methods that were used or detached without a customer: Stripe lets nobody use them again. */
export const spentMarks: CollectionSpec<SetUpMark> = { name: 'spent_marks', indexes: {} };

/** Tokens from `/v1/tokens` and the method each stands for. */
export interface CardToken {
  readonly id: string;
  readonly fingerprint: string;
  readonly expMonth: number;
  readonly expYear: number;
  readonly used: boolean;
  readonly token: Wire<Stripe.Token>;
}
export const cardTokens: CollectionSpec<CardToken> = { name: 'card_tokens', indexes: {} };

export const billingFields = {
  address: emptyable(object(addressFields)),
  email: unsettableText(512),
  name: unsettableText(),
  phone: unsettableText(),
  tax_id: unsettableText(),
} as const;
type Billing = Parsed<typeof billingFields>;

export interface MethodInput {
  readonly card?: Parsed<typeof cardFields> | { readonly token: string };
  readonly billing?: Billing;
  readonly metadata?: MetadataChange;
  readonly allowRedisplay?: 'always' | 'limited' | 'unspecified';
}

/** What a method's card does when used. */
export function behaviourOf(method: PaymentMethod): Behaviour {
  return cardByFingerprint(method.card?.fingerprint)?.behaviour ?? {};
}

/** Makes a method from details, a token of `/v1/tokens`, or `tok_visa`. Nothing is announced: attaching is. */
export function createPaymentMethod(account: Account, input: MethodInput, path = 'card'): PaymentMethod {
  if (!input.card) throw refused('card', 'You must provide card details or a token.', 'parameter_missing');
  const details =
    'token' in input.card
      ? detailsOfToken(account, input.card.token, `${path}[token]`)
      : cardFromDetails(input.card, path, account.now());
  const method = methodOf(account, 'pm', details);
  return account.of(paymentMethods).put({
    ...method,
    allow_redisplay: input.allowRedisplay ?? 'unspecified',
    billing_details: billingOf(method.billing_details, input.billing),
    metadata: applyMetadata({}, input.metadata),
  });
}

/** The method behind an id or a test token: `pm_card_visa` and `tok_visa` make a new one each time. */
export function resolveMethod(account: Account, id: string, param: string): PaymentMethod {
  const stored = account.of(paymentMethods).get(id);
  if (stored) return stored;
  const card = cardByToken(id);
  if (card && id.startsWith('pm_'))
    return account.of(paymentMethods).put(methodOf(account, 'pm', plainDetails(account, card)));
  if (id.startsWith('tok_'))
    return account.of(paymentMethods).put(methodOf(account, 'card', detailsOfToken(account, id, param)));
  throw noSuch('PaymentMethod', id, param);
}

/** Gives a method to a customer. Throws 402 when the card is refused, 400 when it belongs to another. */
export function attachMethod(account: Account, method: PaymentMethod, customer: string): PaymentMethod {
  if (method.customer === customer) return method;
  if (method.customer !== null) {
    throw refused(
      'payment_method',
      'The payment method you provided has already been attached to a customer.',
      'payment_method_unexpected_state',
    );
  }
  requireUnspent(account, method);
  const { decline, onlyWhenCharged } = behaviourOf(method);
  if (decline && !onlyWhenCharged) throw declinedFault(decline);
  const attached: PaymentMethod = { ...method, customer };
  account.of(paymentMethods).put(attached);
  emit(account, 'payment_method.attached', attached);
  return attached;
}

/** Takes a method from its customer; it cannot be used again. */
export function detachMethod(account: Account, method: PaymentMethod): PaymentMethod {
  const detached: PaymentMethod = { ...method, customer: null };
  account.of(paymentMethods).put(detached);
  markSpent(account, method.id);
  emit(account, 'payment_method.detached', detached, { customer: method.customer });
  return detached;
}

export function markSpent(account: Account, methodId: string): void {
  account.of(spentMarks).put({ id: methodId });
}

/** Throws Stripe's refusal of a method that was used or detached without a customer. */
export function requireUnspent(account: Account, method: PaymentMethod): void {
  if (method.customer !== null || !account.of(spentMarks).get(method.id)) return;
  throw refused(
    'payment_method',
    'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
  );
}

export function markSetUp(account: Account, methodId: string): void {
  if (!account.of(setUpMarks).get(methodId)) account.of(setUpMarks).put({ id: methodId });
}

/** The 402 of a refused card. With `keeps`, what was done on the way (the failed charge) stays. */
export function declinedFault(
  decline: Decline,
  extra: Partial<StripeFault['body']> = {},
  options: { keeps?: boolean } = {},
): StripeFault {
  const body = {
    type: 'card_error',
    code: decline.code,
    message: decline.message,
    ...(decline.declineCode === null ? {} : { decline_code: decline.declineCode }),
    ...(decline.adviceCode === undefined ? {} : { advice_code: decline.adviceCode }),
    ...(decline.networkDeclineCode === undefined ? {} : { network_decline_code: decline.networkDeclineCode }),
    ...(decline.param === undefined ? {} : { param: decline.param }),
    ...extra,
  } as const;
  return new StripeFault(402, body, options);
}

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

/** Keeps a token for details; the token is single-use. */
export function createToken(account: Account, details: CardDetails): Wire<Stripe.Token> {
  const id = newId('tok', 24);
  const token: Wire<Stripe.Token> = {
    id,
    object: 'token',
    card: legacyCard(details),
    client_ip: null,
    created: account.now(),
    livemode: account.livemode,
    type: 'card',
    used: false,
  };
  const { card, expMonth, expYear } = details;
  account
    .of(cardTokens)
    .put({ id, fingerprint: cardFingerprint(card), expMonth, expYear, used: false, token });
  return token;
}

function detailsOfToken(account: Account, id: string, param: string): CardDetails {
  const stored = account.of(cardTokens).get(id);
  if (stored) {
    if (stored.used)
      throw refused(param, `You cannot use a Stripe token more than once: ${id}.`, 'token_already_used');
    account.of(cardTokens).put({ ...stored, used: true, token: { ...stored.token, used: true } });
    const card = cardByFingerprint(stored.fingerprint);
    if (card) return { card, expMonth: stored.expMonth, expYear: stored.expYear, cvcGiven: true };
  }
  const card = cardByToken(id);
  if (!card) throw tokenUnknown(id, param);
  return plainDetails(account, card);
}

function plainDetails(account: Account, card: TestCard): CardDetails {
  const now = new Date(account.now() * 1000);
  return { card, expMonth: now.getUTCMonth() + 1, expYear: now.getUTCFullYear() + 1, cvcGiven: false };
}

function methodOf(account: Account, prefix: 'pm' | 'card', details: CardDetails): PaymentMethod {
  return {
    id: newId(prefix, 24),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: {
      address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
      email: null,
      name: null,
      phone: null,
      tax_id: null,
    },
    card: cardView(details),
    created: account.now(),
    customer: null,
    customer_account: null,
    livemode: account.livemode,
    metadata: {},
    type: 'card',
  };
}

function cardView({ card, expMonth, expYear, cvcGiven }: CardDetails): Wire<Stripe.PaymentMethod.Card> {
  const { checks = {}, authentication } = card.behaviour;
  return {
    brand: card.brand,
    checks: {
      address_line1_check: checks.line1 ?? null,
      address_postal_code_check: checks.postalCode ?? null,
      cvc_check: checks.cvc ?? (cvcGiven ? 'pass' : 'unchecked'),
    },
    country: card.country,
    display_brand: card.brand === 'amex' ? 'american_express' : card.brand,
    exp_month: expMonth,
    exp_year: expYear,
    fingerprint: cardFingerprint(card),
    funding: card.funding,
    generated_from: null,
    last4: card.last4,
    networks: { available: [...card.networks], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: authentication !== 'notSupported' },
    wallet: null,
  };
}

function legacyCard({ card, expMonth, expYear, cvcGiven }: CardDetails): Wire<Stripe.Card> {
  return {
    id: newId('card', 24),
    object: 'card',
    address_city: null,
    address_country: null,
    address_line1: null,
    address_line1_check: null,
    address_line2: null,
    address_state: null,
    address_zip: null,
    address_zip_check: null,
    brand:
      {
        visa: 'Visa',
        mastercard: 'MasterCard',
        amex: 'American Express',
        discover: 'Discover',
        diners: 'Diners Club',
        jcb: 'JCB',
        unionpay: 'UnionPay',
      }[card.brand] ?? 'Unknown',
    country: card.country,
    cvc_check: cvcGiven ? 'unchecked' : null,
    dynamic_last4: null,
    exp_month: expMonth,
    exp_year: expYear,
    fingerprint: cardFingerprint(card),
    funding: card.funding,
    last4: card.last4,
    metadata: {},
    name: null,
    regulated_status: 'unregulated',
    tokenization_method: null,
  };
}
