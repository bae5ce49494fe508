import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { invalidRequest, StripeFault } from '../wire/errors.ts';
import type { Wire } from '../wire/shapes.ts';

/** The accounts connected to a platform, kept by the platform; a deleted one keeps its place as a stub. */
export const connectedAccounts: CollectionSpec<Wire<Stripe.Account> | Stripe.DeletedAccount> = {
  name: 'accounts',
  indexes: {},
};

/** What Stripe says of a connected account, or undefined when this is no platform of it. */
export function connectedObject(platform: Account, id: string): Wire<Stripe.Account> | undefined {
  const stored = platform.platform ? undefined : platform.of(connectedAccounts).get(id);
  return stored && !stored.deleted ? stored : undefined;
}

/** The state of an account connected to a platform, or undefined when there is none by that id. */
export function connectedAccount(platform: Account, id: string): Account | undefined {
  return connectedObject(platform, id) ? platform.connected(id) : undefined;
}

/**
 * The account a request acts on: `Stripe-Account: acct_1`, or `Stripe-Context: acct_1` or `acct_platform/acct_1`. Throws
 * Stripe's 403 for any account that is neither the key's own nor connected to it. `key` is the key as errors show it.
 */
export function actedOn(
  own: Account,
  headers: { readonly account: string | undefined; readonly context: string | undefined },
  key: string,
): Account {
  const name = headers.context ?? headers.account;
  if (name === undefined) return own;
  if (headers.account !== undefined && headers.account !== name)
    throw invalidRequest('You may only send one of these headers: Stripe-Account, Stripe-Context.');
  const path = name.split('/');
  const id = path.at(-1) ?? '';
  const isOurs = path.length === 1 || (path.length === 2 && path[0] === own.id);
  const found = id === own.id ? own : connectedAccount(own, id);
  if (!found || !isOurs) throw accountInvalid(id, key);
  return found;
}

/** The account an endpoint's address or parameter names: the caller's own or one connected to it. Throws the 403. */
export function namedAccount(account: Account, id: string): Account {
  const found = id === account.id ? account : connectedAccount(account, id);
  if (!found) throw accountInvalid(id, account.request?.key ?? '');
  return found;
}

/** 403: not an account of this key. Stripe does not tell missing ones from other people's. */
function accountInvalid(id: string, key: string): StripeFault {
  return new StripeFault(403, {
    type: 'invalid_request_error',
    code: 'account_invalid',
    message: `The provided key '${key}' does not have access to account '${id.slice(0, 60)}' (or that account does not exist). Application access may have been revoked.`,
  });
}
