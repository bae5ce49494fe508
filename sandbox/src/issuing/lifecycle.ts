import type { Account } from '../account.ts';
import { refused } from '../resource.ts';
import type { Asking } from '../webhooks/asking.ts';
import {
  type Authorization,
  authorizations,
  captured,
  cardOf,
  changed,
  dueHold,
  held,
  holding,
  shown,
  withHold,
} from './authorization.ts';
import type { CaptureWish } from './authorization-params.ts';
import type { Fleet, Fuel } from './fuel.ts';
import { cover } from './funds.ts';
import { judge, requestOf } from './request.ts';
import { recordCapture } from './transaction.ts';

/** The seller takes the money, or a part of it. Captures of approved authorizations always succeed. */
export function capture(account: Account, before: Authorization, wish: CaptureWish): Authorization {
  requirePending(before, 'captured');
  const { capture_amount: part, close_authorization: closes = true, purchase_details: details } = wish;
  const left = Math.max(before.amount - captured(before), 0);
  const amount = part ?? left;
  if (amount === 0)
    throw refused('capture_amount', 'There is nothing left to capture of this authorization.');
  // Set free before it is taken, so that it can be.
  const released = holding(account, before, (closes ? 0 : Math.max(left - amount, 0)) - held(before));
  account.of(authorizations).put(released);
  recordCapture(
    account,
    {
      amount,
      merchantAmount: inMerchantCurrency(before, amount),
      merchantCurrency: before.merchant_currency,
      card: cardOf(account, before),
      merchant: before.merchant_data,
      authorization: before.id,
      authorizationCode:
        before.request_history.findLast(({ approved }) => approved)?.authorization_code ?? null,
      amountDetails: before.amount_details,
      wallet: walletOf(before),
    },
    details,
  );
  // The transaction is in it by now.
  const after = account.of(authorizations).get(before.id) ?? released;
  return changed(account, before, closes ? { ...after, status: 'closed' } : after);
}

/** The seller gives up the money, or a part of it. */
export function reverse(account: Account, before: Authorization, part?: number): Authorization {
  requirePending(before, 'reversed');
  const onHold = held(before);
  if (part !== undefined && part > onHold)
    throw refused(
      'reverse_amount',
      `The reversal amount (${part}) is greater than what is left of this authorization (${onHold}).`,
    );
  const amount = part ?? onHold;
  return ended(account, before, amount, amount === onHold ? 'reversed' : 'pending');
}

/** The seller never came for the money. */
export function expire(account: Account, before: Authorization): Authorization {
  requirePending(before, 'expired');
  return ended(account, before, held(before), 'expired');
}

/** Runs as a due job. */
export function expireUncaptured(account: Account, id: string): void {
  const authorization = account.of(authorizations).get(id);
  if (authorization?.status === 'pending' && authorization.approved) expire(account, authorization);
}

/** The seller asks for more. */
export function increment(
  account: Account,
  before: Authorization,
  wish: { readonly increment_amount: number; readonly is_amount_controllable?: boolean },
): Authorization | Asking<Authorization> {
  requirePending(before, 'incremented');
  const request = requestOf({
    amount: wish.increment_amount,
    amountDetails: null,
    currency: before.currency,
    isControllable: wish.is_amount_controllable ?? false,
    merchantAmount: inMerchantCurrency(before, wish.increment_amount),
    merchantCurrency: before.merchant_currency,
  });
  const asked = { ...shown(account, before), pending_request: request };
  return judge(account, asked, request, { isSuspicious: false, isAlwaysTold: false });
}

/** The seller, who only guessed, knows the amount now: a pump after filling up. */
export function finalizeAmount(
  account: Account,
  before: Authorization,
  wish: { readonly final_amount: number; readonly fleet: Fleet | null; readonly fuel: Fuel | null },
): Authorization {
  requirePending(before, 'finalized');
  const after: Authorization = {
    ...before,
    amount: wish.final_amount,
    merchant_amount: inMerchantCurrency(before, wish.final_amount),
    fleet: wish.fleet ?? before.fleet,
    fuel: wish.fuel ?? before.fuel,
  };
  cover(account, dueHold(after) - held(before), before.currency);
  return changed(account, before, withHold(account, after));
}

function ended(
  account: Account,
  before: Authorization,
  amount: number,
  status: Authorization['status'],
): Authorization {
  const after: Authorization = {
    ...before,
    amount: before.amount - amount,
    merchant_amount: before.merchant_amount - inMerchantCurrency(before, amount),
    // What was captured in part is done with.
    status: status !== 'pending' && before.transactions.length > 0 ? 'closed' : status,
  };
  return changed(account, before, withHold(account, after));
}

function requirePending(authorization: Authorization, done: string): void {
  const { approved, pending_request: request, status } = authorization;
  if (request) throw refused('authorization', 'This authorization has a request that is not decided yet.');
  if (status !== 'pending' || !approved)
    throw refused(
      'authorization',
      `Authorizations can only be ${done} while they are approved and pending. This authorization is ${status}.`,
    );
}

/** An amount in the card's currency, in that of the seller: as much of it as of the whole. */
function inMerchantCurrency(
  { amount: whole, merchant_amount: merchant }: Authorization,
  amount: number,
): number {
  return whole === 0 ? amount : Math.round((merchant / whole) * amount);
}

function walletOf({ wallet }: Authorization): 'apple_pay' | 'google_pay' | 'samsung_pay' | null {
  return wallet === 'apple_pay' || wallet === 'google_pay' || wallet === 'samsung_pay' ? wallet : null;
}
