import { chargeCurrency } from '../charges/amounts.ts';
import { type Call, declare, found, given, listed, type Resource, refused, route } from '../resource.ts';
import { datedPageParams } from '../wire/pages.ts';
import { applyMetadata, boolean, integer, metadata, oneOf, required, text } from '../wire/params.ts';
import { type Authorization, authorizations, changed, expiryJob, shown } from './authorization.ts';
import { captureParams, createAuthorizationParams } from './authorization-params.ts';
import { respond } from './fraud-challenge.ts';
import { fleetFields, fleetOf, fuelFields, fuelOf } from './fuel.ts';
import { cover } from './funds.ts';
import { requireTestMode } from './issuer.ts';
import { capture, expire, expireUncaptured, finalizeAmount, increment, reverse } from './lifecycle.ts';
import { authorize } from './new-authorization.ts';
import { decide, unansweredJob } from './request.ts';

const permission = 'issuing_authorization';
const listParams = {
  ...datedPageParams,
  card: text(),
  cardholder: text(),
  status: oneOf('closed', 'expired', 'pending', 'reversed'),
} as const;
const amountParam = integer(1, 99_999_999);

const named = (call: Call<unknown>): Authorization =>
  found(call, authorizations, 'authorization', 'authorization');

/** One that a test helper does something to. */
function simulated(call: Call<unknown>): Authorization {
  requireTestMode(call.account);
  return named(call);
}

/** What the official CLI calls to trigger `issuing_authorization.request`; not in Stripe's reference. */
const cliParams = {
  authorization_method: oneOf('chip', 'contactless', 'keyed_in', 'online', 'swipe'),
  held_amount: required(amountParam),
  held_currency: chargeCurrency,
} as const;

/** The decision by API that Stripe has deprecated, while the endpoint that was asked has not answered yet. */
function decideByApi(
  call: Call<{ amount?: number; metadata?: '' | Readonly<Record<string, string>> }>,
  approved: boolean,
): Authorization {
  const { account, params } = call;
  const authorization = named(call);
  const { pending_request: request } = authorization;
  if (!request) throw refused('authorization', 'This authorization has no pending request to respond to.');
  const { amount, metadata: meta } = params;
  if (amount !== undefined && (!request.is_amount_controllable || amount > request.amount))
    throw refused(
      'amount',
      'You can only choose an amount up to what is requested, and only if `is_amount_controllable` is true.',
    );
  return decide(account, authorization.id, () => ({
    approved,
    ...(amount === undefined ? {} : { amount }),
    ...(meta === undefined ? {} : { metadata: meta }),
    reason: approved ? 'webhook_approved' : 'webhook_declined',
    message: null,
  }));
}

/** `/v1/issuing/authorizations`: what cards were used for, and the test helpers that use them. */
export const authorizationResource: Resource = {
  collections: [declare(authorizations)],
  expand: {
    'issuing.authorization': { cardholder: ['issuing_cardholders'] },
  },
  jobs: {
    [expiryJob]: expireUncaptured,
    [unansweredJob]: (account, id) => {
      if (account.of(authorizations).get(id)?.pending_request)
        decide(account, id, () => ({ approved: false, reason: 'webhook_timeout', message: null }));
    },
  },
  routes: [
    route('GET', '/v1/issuing/authorizations', { permission, params: listParams }, (call) => {
      const { card, cardholder, status } = call.params;
      const by =
        card !== undefined
          ? { index: 'card', key: card }
          : cardholder !== undefined
            ? { index: 'cardholder', key: cardholder }
            : status !== undefined
              ? { index: 'status', key: status }
              : {};
      const page = listed(call, authorizations, {
        ...by,
        where: (one) =>
          (cardholder === undefined || one.cardholder === cardholder) &&
          (status === undefined || one.status === status),
      });
      return { ...page, data: page.data.map((one) => shown(call.account, one)) };
    }),
    route('GET', '/v1/issuing/authorizations/:authorization', { permission }, (call) =>
      shown(call.account, named(call)),
    ),
    route(
      'POST',
      '/v1/issuing/authorizations/:authorization',
      { permission, params: { metadata: metadata() } },
      (call) => {
        const before = named(call);
        const next = { ...before, metadata: applyMetadata(before.metadata, call.params.metadata) };
        // While it waits for a decision, the endpoint that decides may note something on it.
        return changed(call.account, before, next);
      },
    ),
    route(
      'POST',
      '/v1/issuing/authorizations/:authorization/approve',
      { permission, params: { amount: amountParam, metadata: metadata() } },
      (call) => decideByApi(call, true),
    ),
    route(
      'POST',
      '/v1/issuing/authorizations/:authorization/decline',
      { permission, params: { metadata: metadata() } },
      (call) => decideByApi(call, false),
    ),
    route(
      'POST',
      '/v1/test_helpers/issuing/authorizations',
      { permission, params: createAuthorizationParams },
      ({ account, params }) => {
        requireTestMode(account);
        return authorize(account, params);
      },
    ),
    route(
      'POST',
      '/v1/test_helpers/issuing/authorizations/:authorization/capture',
      { permission, params: captureParams },
      (call) => capture(call.account, simulated(call), call.params),
    ),
    route('POST', '/v1/test_helpers/issuing/authorizations/:authorization/expire', { permission }, (call) =>
      expire(call.account, simulated(call)),
    ),
    route(
      'POST',
      '/v1/test_helpers/issuing/authorizations/:authorization/finalize_amount',
      {
        permission,
        params: { final_amount: required(integer(0, 99_999_999)), fleet: fleetFields, fuel: fuelFields },
      },
      (call) => {
        const { final_amount, fleet, fuel } = call.params;
        return finalizeAmount(call.account, simulated(call), {
          final_amount,
          fleet: fleetOf(fleet),
          fuel: fuelOf(fuel),
        });
      },
    ),
    route(
      'POST',
      '/v1/test_helpers/issuing/authorizations/:authorization/fraud_challenges/respond',
      { permission, params: { confirmed: required(boolean()) } },
      (call) => respond(call.account, simulated(call), call.params.confirmed),
    ),
    route(
      'POST',
      '/v1/test_helpers/issuing/authorizations/:authorization/increment',
      { permission, params: { increment_amount: required(amountParam), is_amount_controllable: boolean() } },
      (call) => increment(call.account, simulated(call), call.params),
    ),
    route(
      'POST',
      '/v1/test_helpers/issuing/authorizations/:authorization/reverse',
      { permission, params: { reverse_amount: amountParam } },
      (call) => reverse(call.account, simulated(call), call.params.reverse_amount),
    ),
    route(
      'POST',
      '/v1/issuing/cards/:card/test/authorizations',
      { permission, params: cliParams },
      (call) => {
        const { account, params } = call;
        requireTestMode(account);
        const { authorization_method, held_amount: amount, held_currency: currency } = params;
        // Its fixtures add no money first.
        cover(account, amount, currency ?? 'usd');
        return authorize(
          account,
          { card: call.id('card'), amount, ...given({ authorization_method, currency }) },
          true,
        );
      },
    ),
  ],
};
