import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { accountObject } from '../accounts.ts';
import { hour, minute } from '../clock.ts';
import { randomText } from '../ids.ts';
import { declare, type Resource, refused, route } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { requireUrl } from '../urls.ts';
import { invalidRequest, missingParam } from '../wire/errors.ts';
import { object, oneOf, type Parsed, required, text } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { namedAccount } from './connected-account.ts';
import { connectedIn } from './routes.ts';
import { componentsOf, componentsParam } from './session-components.ts';
import { isOurs } from './standing.ts';

/** What lets somebody in who has its address: to the onboarding form, or to an Express dashboard. Kept with the account. */
export interface Pass {
  /** The secret in the address. */
  readonly id: string;
  readonly opens: 'onboarding' | 'dashboard';
  /** Seconds since 1970. */
  readonly expires: number;
  readonly used: boolean;
  readonly returnUrl: string | null;
  readonly refreshUrl: string | null;
}
export const passes: CollectionSpec<Pass> = { name: 'connect_passes', indexes: {} };

export const onboardingPath = '/_sandbox/onboarding/:account/:secret';
export const dashboardPath = '/_sandbox/express/:account/:secret';

const linkParams = {
  account: required(text()),
  collect: oneOf('currently_due', 'eventually_due'),
  collection_options: object({
    fields: oneOf('currently_due', 'eventually_due'),
    future_requirements: oneOf('include', 'omit'),
  }),
  refresh_url: text(),
  return_url: text(),
  type: required(oneOf('account_onboarding', 'account_update')),
} as const;

function pageOf(account: Account, path: string, secret: string): string {
  return account.origin() + path.replace(':account', account.address).replace(':secret', secret);
}

function connectedNamed(caller: Account, id: string): Account {
  const account = namedAccount(caller, id);
  if (!account.platform)
    throw refused(
      'account',
      'You cannot create a link for your own account, only for accounts connected to it.',
    );
  return account;
}

function createAccountLink(caller: Account, params: Parsed<typeof linkParams>): Wire<Stripe.AccountLink> {
  const account = connectedNamed(caller, params.account);
  const { refresh_url: refreshUrl, return_url: returnUrl, type } = params;
  if (refreshUrl === undefined) throw missingParam('refresh_url');
  if (returnUrl === undefined) throw missingParam('return_url');
  for (const [name, url] of [
    ['refresh_url', refreshUrl],
    ['return_url', returnUrl],
  ] as const) {
    requireUrl(url, name);
    if (account.livemode && !url.startsWith('https:'))
      throw refused(name, 'Livemode requests must always be redirected via HTTPS.', 'url_invalid');
  }
  if (type === 'account_update' && !isOurs(accountObject(account)))
    throw refused(
      'type',
      'You cannot create `account_update` type Account Links for this account. Valid link types for this account are: [account_onboarding].',
    );
  const secret = randomText(24);
  const expires = account.now() + 5 * minute;
  account.of(passes).put({ id: secret, opens: 'onboarding', expires, used: false, returnUrl, refreshUrl });
  return {
    object: 'account_link',
    created: account.now(),
    expires_at: expires,
    url: pageOf(account, onboardingPath, secret),
  };
}

/** Stripe's components ask with the session's secret; the sandbox's form opens with it, too. */
function createAccountSession(
  caller: Account,
  params: Parsed<{ account: typeof linkParams.account; components: typeof componentsParam }>,
): Wire<Stripe.AccountSession> {
  const account = connectedNamed(caller, params.account);
  const components = componentsOf(params.components);
  const secret = `accs_secret__${randomText(48)}`;
  const expires = account.now() + hour;
  const isForm = components.account_onboarding.enabled || components.account_management.enabled;
  if (isForm)
    account
      .of(passes)
      .put({ id: secret, opens: 'onboarding', expires, used: false, returnUrl: null, refreshUrl: null });
  return {
    object: 'account_session',
    account: account.id,
    client_secret: secret,
    components,
    expires_at: expires,
    livemode: account.livemode,
  };
}

function createLoginLink(account: Account): Wire<Stripe.LoginLink> {
  const details = accountObject(account);
  if (details.controller?.stripe_dashboard?.type !== 'express')
    throw invalidRequest(
      'Login links can only be created for accounts with access to the Express Dashboard.',
    );
  if (!details.details_submitted)
    throw invalidRequest('Cannot create a login link for an account that has not completed onboarding.');
  const secret = randomText(24);
  const expires = account.now() + 5 * minute;
  account
    .of(passes)
    .put({ id: secret, opens: 'dashboard', expires, used: false, returnUrl: null, refreshUrl: null });
  return { object: 'login_link', created: account.now(), url: pageOf(account, dashboardPath, secret) };
}

const permission = 'accounts_kyc_basic';

export const accountLinkResource: Resource = {
  collections: [declare(passes)],
  routes: [
    route('POST', '/v1/account_links', { permission, params: linkParams }, ({ account, params }) =>
      createAccountLink(account, params),
    ),
    route(
      'POST',
      '/v1/account_sessions',
      { permission, params: { account: required(text()), components: componentsParam } },
      ({ account, params }) => createAccountSession(account, params),
    ),
    route('POST', '/v1/accounts/:id/login_links', { permission }, (call) =>
      createLoginLink(connectedIn(call)),
    ),
  ],
};
