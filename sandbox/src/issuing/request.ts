import type { Account } from '../account.ts';
import { emit } from '../events.ts';
import { randomDigits } from '../ids.ts';
import { Asking, askedAbout } from '../webhooks/asking.ts';
import { applyMetadata } from '../wire/params.ts';
import {
  type Authorization,
  authorizations,
  cardOf,
  changed,
  expiryJob,
  expiryOf,
  type PendingRequest,
  type Reason,
  shown,
  withHold,
} from './authorization.ts';
import { cancelCard } from './card.ts';
import { declineReason } from './decision.ts';
import { challengeOf } from './fraud-challenge.ts';
import { spendable } from './funds.ts';
import { paymentsOf, spentBy } from './spending.ts';
import { type Verdict, verdictOf } from './verdict.ts';

/** Runs when an endpoint that was asked never answered: the sandbox was stopped meanwhile. */
export const unansweredJob = 'issuing.authorization.unanswered';
/** In seconds; longer than the endpoint has. */
const unansweredAfter = 5;

const requestEvent = 'issuing_authorization.request';

interface Manner {
  readonly isSuspicious: boolean;
  /** Whether the request is on record even where no endpoint asks for it, for those who read the list of events. */
  readonly isAlwaysTold: boolean;
}

/**
 * Judges the `pending_request` of an authorization, new or not: Stripe's own checks come first, then the business is
 * asked where it wants to be. Answers the authorization, or the question.
 */
export function judge(
  account: Account,
  asked: Authorization,
  request: PendingRequest,
  { isSuspicious, isAlwaysTold }: Manner,
): Authorization | Asking<Authorization> {
  const card = cardOf(account, asked);
  const reason = declineReason({
    authorization: asked,
    card,
    amount: request.amount,
    now: account.now(),
    spendable: spendable(account, asked.currency),
    spentByCard: (since) => spentBy(account, 'card', card.id, since),
    spentByCardholder: (since) => spentBy(account, 'cardholder', card.cardholder.id, since),
    isSuspicious,
  });
  if (reason) return settle(account, asked, request, { approved: false, reason, message: null });
  const endpoint = askedAbout(account, requestEvent);
  if (endpoint === null && !isAlwaysTold) return approveUnasked(account, asked, request);
  account.of(authorizations).put(asked);
  const event = emit(account, requestEvent, asked);
  if (endpoint === null) return approveUnasked(account, asked, request);
  const job = account.schedule(account.now() + unansweredAfter, unansweredJob, asked.id);
  return new Asking(event.id, endpoint, (heard) => {
    account.cancel(job);
    return decide(account, asked.id, (pending) => verdictOf(heard, pending));
  });
}

/** Decides what still waits for a decision, as `verdict` says; leaves what was decided meanwhile. */
export function decide(
  account: Account,
  id: string,
  verdict: (request: PendingRequest) => Verdict,
): Authorization {
  const authorization = account.of(authorizations).get(id);
  if (!authorization) throw new Error(`The authorization ${id} is gone`);
  const { pending_request: request } = authorization;
  if (!request) return shown(account, authorization);
  const wish = verdict(request);
  const amount = wish.amount ?? request.amount;
  // Something else may have been bought while the endpoint thought.
  const isThere = !wish.approved || amount <= spendable(account, authorization.currency);
  const final: Verdict = isThere ? wish : { ...wish, approved: false, reason: 'insufficient_funds' };
  return settle(account, authorization, request, final);
}

function approveUnasked(account: Account, asked: Authorization, request: PendingRequest): Authorization {
  return settle(account, asked, request, { approved: true, reason: 'card_active', message: null });
}

function settle(
  account: Account,
  asked: Authorization,
  request: PendingRequest,
  verdict: Verdict,
): Authorization {
  const isFirst = asked.request_history.length === 0;
  const noted: Authorization = {
    ...asked,
    metadata: applyMetadata(asked.metadata, verdict.metadata),
    pending_request: null,
    request_history: [...asked.request_history, historyOf(account, request, verdict)],
  };
  const next = verdict.approved
    ? approved(account, noted, request, verdict.amount ?? request.amount)
    : isFirst
      ? declined(account, noted, request, verdict.reason)
      : noted;
  if (!isFirst) return changed(account, { ...asked, pending_request: null }, next);
  account.of(authorizations).put(next);
  emit(account, 'issuing_authorization.created', next);
  if (!verdict.approved) return next;
  account.schedule(expiryOf(account, next), expiryJob, next.id);
  endSingleUse(account, next);
  return shown(account, next);
}

function approved(
  account: Account,
  authorization: Authorization,
  request: PendingRequest,
  amount: number,
): Authorization {
  const share = request.amount === 0 ? 0 : amount / request.amount;
  const merchantAmount = Math.round(request.merchant_amount * share);
  return withHold(account, {
    ...authorization,
    amount: authorization.amount + amount,
    approved: true,
    merchant_amount: authorization.merchant_amount + merchantAmount,
  });
}

/** What was asked for stands in a declined authorization, of which nothing is held. */
function declined(
  account: Account,
  authorization: Authorization,
  { amount, merchant_amount }: PendingRequest,
  reason: Reason,
): Authorization {
  const challenges =
    reason === 'suspected_fraud' ? { fraud_challenges: [challengeOf(cardOf(account, authorization))] } : {};
  return { ...authorization, ...challenges, amount, merchant_amount, status: 'closed' };
}

function historyOf(
  account: Account,
  request: PendingRequest,
  { approved, amount, message, reason }: Verdict,
) {
  return {
    amount: approved ? (amount ?? request.amount) : request.amount,
    amount_details: request.amount_details,
    approved,
    authorization_code: approved ? `S${randomDigits(6)}` : null,
    created: account.now(),
    currency: request.currency,
    merchant_amount: request.merchant_amount,
    merchant_currency: request.merchant_currency,
    network_risk_score: request.network_risk_score,
    reason,
    reason_message: message,
    requested_at: account.now(),
  };
}

/** Ends a card that was made for so many payments and no more. */
function endSingleUse(account: Account, authorization: Authorization): void {
  const card = cardOf(account, authorization);
  const most = card.lifecycle_controls?.cancel_after.payment_count;
  if (most !== undefined && paymentsOf(account, card) >= most) cancelCard(account, card);
}

/** What a request asks for, before it is judged. */
export function requestOf(wish: {
  readonly amount: number;
  readonly amountDetails: PendingRequest['amount_details'];
  readonly currency: string;
  readonly isControllable: boolean;
  readonly merchantAmount: number;
  readonly merchantCurrency: string;
}): PendingRequest {
  return {
    amount: wish.amount,
    amount_details: wish.amountDetails,
    currency: wish.currency,
    is_amount_controllable: wish.isControllable,
    merchant_amount: wish.merchantAmount,
    merchant_currency: wish.merchantCurrency,
    network_risk_score: null,
  };
}
