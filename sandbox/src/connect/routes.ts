import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { accountObject } from '../accounts.ts';
import { currencyBalances } from '../balance/balance.ts';
import { emit } from '../events.ts';
import { type Call, declare, listed, type Resource, route } from '../resource.ts';
import { invalidRequest } from '../wire/errors.ts';
import { datedPageParams, embeddedList } from '../wire/pages.ts';
import { boolean, oneOf, required } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { applicationOf } from './application.ts';
import { applyChanges, requestCapabilities, requireCapability } from './change.ts';
import { connectedAccounts, namedAccount } from './connected-account.ts';
import { createConnected } from './create.ts';
import { capabilityNames, createParams, updateParams } from './params.ts';
import { accountFacts, capabilityOf, factsOf, settle } from './standing.ts';

const permission = 'accounts_kyc_basic';

/** The connected account that an address names. Throws Stripe's 403 for others, and a refusal for the caller's own. */
export function connectedIn(call: Call<unknown>): Account {
  const account = namedAccount(call.account, call.id());
  if (!account.platform)
    throw invalidRequest(
      'You cannot perform this request on your own account: it is only possible for accounts connected to it. Use the Dashboard instead.',
    );
  return account;
}

function remove(call: Call<unknown>): Stripe.DeletedAccount {
  const account = connectedIn(call);
  const platform = account.platform ?? account;
  const isEmpty = [...account.of(currencyBalances).oldestFirst()].every(
    ({ available, pending }) => available === 0 && pending === 0,
  );
  if (account.livemode && accountObject(account).controller?.stripe_dashboard?.type === 'full')
    throw invalidRequest('Live accounts with a full Stripe Dashboard cannot be deleted by their platform.');
  if (account.livemode && !isEmpty)
    throw invalidRequest('This account cannot be deleted while it has a balance: all balances must be zero.');
  const application: Stripe.Application = { id: applicationOf(platform), object: 'application', name: null };
  emit(account, 'account.application.deauthorized', application);
  return platform
    .of(connectedAccounts)
    .put({ id: account.id, object: 'account', deleted: true }) as Stripe.DeletedAccount;
}

const reasons = [
  'credit',
  'fraud',
  'fraud_no_intent_to_fulfill',
  'fraud_other',
  'fraud_payment_method_casher',
  'fraud_payment_method_tester',
  'other',
  'terms_of_service',
] as const;

function reject(
  account: Account,
  reason: (typeof reasons)[number],
  action: 'none' | 'pause',
): Wire<Stripe.Account> {
  const details = accountObject(account);
  if (details.controller?.losses?.payments !== 'application')
    throw invalidRequest('You cannot reject an account whose negative balances you are not liable for.');
  account
    .of(accountFacts)
    .put({ ...factsOf(account), rejected: { reason, pausesPayouts: action === 'pause' } });
  return settle(account, details);
}

function unreject(account: Account): Wire<Stripe.Account> {
  const facts = factsOf(account);
  if (!facts.rejected) throw invalidRequest('This account was not rejected by your platform.');
  account.of(accountFacts).put({ ...facts, rejected: null });
  return settle(account, accountObject(account));
}

function capabilityIn(call: Call<unknown>): Wire<Stripe.Capability> {
  const account = connectedIn(call);
  requireCapability(call.id('capability'));
  return capabilityOf(account, accountObject(account), call.id('capability'));
}

/** `/v1/accounts`: the accounts connected to a platform, and what they can do. */
export const connectedAccountResource: Resource = {
  collections: [declare(connectedAccounts), declare(accountFacts)],
  routes: [
    route('POST', '/v1/accounts', { permission, params: createParams }, ({ account, params }) =>
      createConnected(account, params),
    ),
    route('GET', '/v1/accounts', { permission, params: datedPageParams }, (call) =>
      listed(call, connectedAccounts),
    ),
    route('GET', '/v1/accounts/:id', { permission }, (call) =>
      accountObject(namedAccount(call.account, call.id())),
    ),
    route('POST', '/v1/accounts/:id', { permission, params: updateParams }, (call) => {
      const account = connectedIn(call);
      return settle(account, applyChanges(account, accountObject(account), call.params));
    }),
    route('DELETE', '/v1/accounts/:id', { permission }, remove),
    route(
      'POST',
      '/v1/accounts/:id/reject',
      { permission, params: { reason: required(oneOf(...reasons)), payouts_action: oneOf('none', 'pause') } },
      (call) => reject(connectedIn(call), call.params.reason, call.params.payouts_action ?? 'pause'),
    ),
    route('POST', '/v1/accounts/:id/unreject', { permission }, (call) => unreject(connectedIn(call))),
    route('GET', '/v1/accounts/:id/capabilities', { permission }, (call) => {
      const account = connectedIn(call);
      const details = accountObject(account);
      const requested = capabilityNames.filter((name) => name in (details.capabilities ?? {}));
      return embeddedList(
        requested.map((name) => capabilityOf(account, details, name)),
        call.url,
      );
    }),
    route('GET', '/v1/accounts/:id/capabilities/:capability', { permission }, capabilityIn),
    route(
      'POST',
      '/v1/accounts/:id/capabilities/:capability',
      { permission, params: { requested: boolean() } },
      (call) => {
        const account = connectedIn(call);
        const before = accountObject(account);
        const wanted = { [call.id('capability')]: call.params };
        requestCapabilities(account, wanted, before.tos_acceptance?.service_agreement);
        settle(account, before);
        return capabilityIn(call);
      },
    ),
  ],
};
