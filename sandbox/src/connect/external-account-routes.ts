import type { Account } from '../account.ts';
import { accountObject } from '../accounts.ts';
import { update } from '../events.ts';
import { type Call, declare, given, type Resource, refused, route } from '../resource.ts';
import { noSuch } from '../wire/errors.ts';
import { pageOf, pageParams } from '../wire/pages.ts';
import {
  applyMetadata,
  boolean,
  emptyable,
  integer,
  metadata,
  oneOf,
  type Parsed,
  required,
  text,
  unsettableText,
  unsupported,
} from '../wire/params.ts';
import { namedAccount } from './connected-account.ts';
import {
  addExternalAccount,
  bankTokens,
  type Destination,
  demoteDefault,
  destinationTraits,
  externalAccountParam,
  externalAccounts,
  removeExternalAccount,
} from './external-accounts.ts';
import { settle } from './standing.ts';

const permission = 'accounts_kyc_basic';
const createParams = {
  default_for_currency: boolean(),
  external_account: required(externalAccountParam),
  metadata: metadata(),
} as const;
const updateParams = {
  account_holder_name: unsettableText(),
  account_holder_type: emptyable(oneOf('company', 'individual')),
  account_type: oneOf('checking', 'futsu', 'savings', 'toza'),
  address_city: text(),
  address_country: text(),
  address_line1: text(),
  address_line2: text(),
  address_state: text(),
  address_zip: text(),
  default_for_currency: boolean(),
  documents: unsupported(),
  exp_month: integer(1, 12),
  exp_year: integer(2000, 2100),
  metadata: metadata(),
  name: text(),
} as const;

/** What is due, and whether payouts are enabled, depends on there being a destination. */
function settleAfter(account: Account): void {
  if (account.platform) settle(account, accountObject(account));
}

function destinationIn(call: Call<unknown>, account: Account): Destination {
  const destination = account.of(externalAccounts).get(call.id('destination'));
  if (!destination || destination.deleted) throw noSuch('external account', call.id('destination'), 'id');
  return destination;
}

function changed(destination: Destination, params: Parsed<typeof updateParams>): Destination {
  const {
    account_holder_name: holder,
    account_holder_type: holderType,
    account_type: accountType,
    default_for_currency: isDefault,
    metadata: meta,
    documents: _documents,
    ...ofCard
  } = params;
  const common = {
    default_for_currency: isDefault ?? destination.default_for_currency ?? false,
    metadata: applyMetadata(destination.metadata ?? {}, meta),
  };
  if (destination.object === 'card') return { ...destination, ...given(ofCard), ...common };
  return {
    ...destination,
    ...given({ account_holder_name: holder, account_holder_type: holderType, account_type: accountType }),
    ...common,
  };
}

/**
 * `/v1/accounts/:id/external_accounts`. Stripe lets an account change its own in the dashboard only; the sandbox has
 * none, so here the caller's own account may be named, too.
 */
export const externalAccountResource: Resource = {
  collections: [declare(externalAccounts), declare(destinationTraits), declare(bankTokens)],
  routes: [
    route('POST', '/v1/accounts/:id/external_accounts', { permission, params: createParams }, (call) => {
      const account = namedAccount(call.account, call.id());
      const { external_account: input, default_for_currency: isDefault, metadata: meta } = call.params;
      const added = addExternalAccount(account, input, { isDefault, metadata: meta });
      settleAfter(account);
      return added;
    }),
    route(
      'GET',
      '/v1/accounts/:id/external_accounts',
      { permission, params: { ...pageParams, object: oneOf('bank_account', 'card') } },
      (call) => {
        const { object } = call.params;
        return pageOf(namedAccount(call.account, call.id()).of(externalAccounts), call.url, call.params, {
          where: (destination) => object === undefined || destination.object === object,
        });
      },
    ),
    route('GET', '/v1/accounts/:id/external_accounts/:destination', { permission }, (call) =>
      destinationIn(call, namedAccount(call.account, call.id())),
    ),
    route(
      'POST',
      '/v1/accounts/:id/external_accounts/:destination',
      { permission, params: updateParams },
      (call) => {
        const account = namedAccount(call.account, call.id());
        const before = destinationIn(call, account);
        if (call.params.default_for_currency === false && before.default_for_currency)
          throw refused(
            'default_for_currency',
            'You cannot unset the default external account of a currency: make another one the default instead.',
          );
        if (call.params.default_for_currency && !before.default_for_currency)
          demoteDefault(account, before.currency ?? '');
        update(account, externalAccounts, changed(before, call.params), 'account.external_account.updated');
        settleAfter(account);
        return destinationIn(call, account);
      },
    ),
    route('DELETE', '/v1/accounts/:id/external_accounts/:destination', { permission }, (call) => {
      const account = namedAccount(call.account, call.id());
      const currency = accountObject(account).default_currency;
      const deleted = removeExternalAccount(account, destinationIn(call, account), currency);
      settleAfter(account);
      return deleted;
    }),
  ],
};
