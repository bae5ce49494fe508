import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { newId } from '../ids.ts';
import { invalidRequest } from '../wire/errors.ts';
import type { Parsed } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { applyChanges, emptyProfile } from './change.ts';
import { connectedAccounts } from './connected-account.ts';
import { countryCurrencies } from './countries.ts';
import type { createParams } from './params.ts';
import { freshSettings, knownCountry } from './settings.ts';
import { settle } from './standing.ts';

/** How many accounts one platform connects, so that a loop cannot fill the memory. */
const maxConnected = 100_000;

/** Connects a new account to a platform. Throws Stripe's refusals. */
export function createConnected(
  platform: Account,
  params: Parsed<typeof createParams>,
): Wire<Stripe.Account> {
  if (platform.platform)
    throw invalidRequest(
      "You can only create new accounts if you've signed up for Connect, which you can do at https://dashboard.stripe.com/connect.",
    );
  if (platform.of(connectedAccounts).size >= maxConnected)
    throw invalidRequest(`A platform of this sandbox connects at most ${maxConnected} accounts.`);
  const { type, controller, country: where, ...particulars } = params;
  if (type !== undefined && controller)
    throw invalidRequest('You may only specify one of these parameters: type, controller.', {
      param: 'type',
    });
  const country = knownCountry(where ?? 'US');
  const account = platform.connected(newId('acct', 16));
  const fresh: Wire<Stripe.Account> = {
    id: account.id,
    object: 'account',
    business_profile: emptyProfile,
    business_type: null,
    capabilities: {},
    charges_enabled: false,
    controller: controllerFor(type, controller),
    country,
    created: platform.now(),
    default_currency: countryCurrencies[country] ?? 'usd',
    details_submitted: false,
    email: null,
    metadata: {},
    payouts_enabled: false,
    settings: freshSettings(country, null, 'daily'),
    tos_acceptance: { date: null, ip: null, user_agent: null },
    type: type ?? (controller ? 'none' : 'standard'),
  };
  return settle(account, applyChanges(account, fresh, particulars));
}

type ControllerParams = Parsed<typeof createParams>['controller'];

/** Who is responsible for what, by type or as spelled out. */
function controllerFor(
  type: 'custom' | 'express' | 'standard' | undefined,
  params: ControllerParams,
): Wire<Stripe.Account.Controller> {
  const made = (
    payer: Wire<Stripe.Account.Controller.Fees.Payer>,
    losses: 'application' | 'stripe',
    collection: 'application' | 'stripe',
    dashboard: 'express' | 'full' | 'none',
  ): Wire<Stripe.Account.Controller> => ({
    fees: { payer },
    is_controller: true,
    losses: { payments: losses },
    requirement_collection: collection,
    stripe_dashboard: { type: dashboard },
    type: 'application',
  });
  if (type === 'express') return made('application_express', 'application', 'stripe', 'express');
  if (type === 'custom') return made('application_custom', 'application', 'application', 'none');
  const {
    fees: { payer = 'account' } = {},
    losses: { payments: losses = 'stripe' } = {},
    requirement_collection: collection = 'stripe',
    stripe_dashboard: { type: dashboard = 'full' } = {},
  } = params ?? {};
  if (collection === 'application' && (dashboard !== 'none' || losses !== 'application'))
    throw invalidRequest(
      'When `controller[requirement_collection]` is `application`, `controller[losses][payments]` must be `application` and `controller[stripe_dashboard][type]` must be `none`.',
      { param: 'controller[requirement_collection]' },
    );
  if (dashboard === 'full' && losses === 'application')
    throw invalidRequest(
      'When `controller[stripe_dashboard][type]` is `full`, `controller[losses][payments]` must be `stripe`.',
      { param: 'controller[losses][payments]' },
    );
  return made(payer, losses, collection, dashboard);
}
