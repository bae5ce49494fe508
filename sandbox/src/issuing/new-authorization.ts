import type { Account } from '../account.ts';
import { exchanged } from '../balance/exchange.ts';
import { newId, randomDigits } from '../ids.ts';
import type { Asking } from '../webhooks/asking.ts';
import { missingParam } from '../wire/errors.ts';
import type { Authorization, PendingRequest } from './authorization.ts';
import type { AuthorizationWish } from './authorization-params.ts';
import { type Card, namedCard } from './card.ts';
import { isConfirmed } from './fraud-challenge.ts';
import { fleetOf, fuelOf } from './fuel.ts';
import { merchantOf } from './merchant.ts';
import { judge, requestOf } from './request.ts';

/** Somebody pays with a card. Answers what comes of it, or the question whether it may be. */
export function authorize(
  account: Account,
  wish: AuthorizationWish,
  isAlwaysTold = false,
): Authorization | Asking<Authorization> {
  const card = namedCard(account, wish.card);
  const request = newRequest(card, wish);
  const fresh = newAuthorization(account, card, wish, request);
  const isSuspicious = wish.risk_assessment?.fraud_risk?.level === 'highest';
  const isKnown = isSuspicious && isConfirmed(account, card, fresh.merchant_data.network_id);
  const asked = { ...fresh, verified_by_fraud_challenge: isKnown ? true : null };
  return judge(account, asked, request, { isSuspicious, isAlwaysTold });
}

/** What is asked for, in the card's currency and in the seller's. */
function newRequest({ currency }: Card, wish: AuthorizationWish): PendingRequest {
  const asked = wish.merchant_amount ?? wish.amount;
  if (asked === undefined) throw missingParam('amount');
  const merchantCurrency = wish.merchant_currency ?? wish.currency ?? currency;
  const isOwn = wish.amount !== undefined && (wish.currency ?? currency) === currency;
  const amount = isOwn ? (wish.amount ?? asked) : exchanged(asked, merchantCurrency, currency);
  const merchantAmount =
    wish.merchant_amount ?? (isOwn ? exchanged(amount, currency, merchantCurrency) : asked);
  const { atm_fee: fee, cashback_amount: cash } = wish.amount_details ?? {};
  return requestOf({
    amount,
    amountDetails: { atm_fee: fee ?? null, cashback_amount: cash ?? null },
    currency,
    isControllable: wish.is_amount_controllable ?? false,
    merchantAmount,
    merchantCurrency,
  });
}

function newAuthorization(
  account: Account,
  card: Card,
  wish: AuthorizationWish,
  request: PendingRequest,
): Authorization {
  const { authorization_method: method = 'online' } = wish;
  const merchant = merchantOf(wish.merchant_data);
  const isPresent = method === 'chip' || method === 'contactless' || method === 'swipe';
  return {
    id: newId('iauth', 24),
    object: 'issuing.authorization',
    amount: 0,
    amount_details: request.amount_details,
    approved: false,
    authorization_method: method,
    balance_transactions: [],
    card,
    card_presence: isPresent ? 'present' : 'not_present',
    cardholder: card.cardholder.id,
    created: account.now(),
    currency: card.currency,
    fleet: fleetOf(wish.fleet),
    fuel: fuelOf(wish.fuel),
    livemode: account.livemode,
    merchant_amount: 0,
    merchant_currency: request.merchant_currency,
    merchant_data: merchant,
    metadata: {},
    network_data: {
      acquiring_institution_id: wish.network_data?.acquiring_institution_id ?? null,
      system_trace_audit_number: randomDigits(6),
      transaction_id: randomDigits(15),
    },
    pending_request: request,
    request_history: [],
    status: 'pending',
    token: null,
    transactions: [],
    verification_data: verificationOf(wish.verification_data),
    verified_by_fraud_challenge: null,
    wallet: wish.wallet ?? null,
  };
}

function verificationOf(
  wish: AuthorizationWish['verification_data'] = {},
): Authorization['verification_data'] {
  return {
    address_line1_check: wish.address_line1_check ?? 'not_provided',
    address_postal_code_check: wish.address_postal_code_check ?? 'not_provided',
    authentication_exemption: wish.authentication_exemption ?? null,
    cvc_check: wish.cvc_check ?? 'match',
    expiry_check: wish.expiry_check ?? 'match',
    postal_code: null,
    three_d_secure: wish.three_d_secure ?? null,
  };
}
