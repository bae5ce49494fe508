import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { connectedAccounts, connectedObject } from './connect/connected-account.ts';
import { demoKey } from './demo-key.ts';
import { accountIdOf } from './directory.ts';
import { declare, type Resource, route } from './resource.ts';
import type { CollectionSpec } from './store/collection.ts';
import type { Wire } from './wire/shapes.ts';

const accountDetails: CollectionSpec<Wire<Stripe.Account>> = { name: 'account_details', indexes: {} };

export const demoAccountId = accountIdOf(demoKey);

/**
 * What `/v1/account` answers. A connected account's is kept by its platform; other accounts come into being by use, so
 * they all look alike but for the demo.
 */
export function accountObject(account: Account): Wire<Stripe.Account> {
  const connected = account.platform && connectedObject(account.platform, account.id);
  return connected ?? account.of(accountDetails).get(account.id) ?? freshAccount(account);
}

/** Keeps an account's changed object, where `accountObject` finds it. */
export function keepAccountObject(account: Account, next: Wire<Stripe.Account>): void {
  if (account.platform) account.platform.of(connectedAccounts).put(next);
  else account.of(accountDetails).put(next);
}

function freshAccount(account: Account): Wire<Stripe.Account> {
  const name = account.id === demoAccountId ? 'Northwind Cloud' : 'Sandbox account';
  return {
    id: account.id,
    object: 'account',
    business_profile: {
      annual_revenue: null,
      estimated_worker_count: null,
      mcc: '5734',
      minority_owned_business_designation: null,
      name,
      product_description: null,
      specified_commercial_transactions_act_url: null,
      support_address: null,
      support_email: null,
      support_phone: null,
      support_url: null,
      url: 'https://northwind.example',
    },
    business_type: 'company',
    capabilities: { card_payments: 'active', transfers: 'active' },
    charges_enabled: true,
    country: 'US',
    // The first of January 2020: long enough ago for any report.
    created: 1_577_836_800,
    default_currency: 'usd',
    details_submitted: true,
    email: 'owner@northwind.example',
    metadata: {},
    payouts_enabled: true,
    settings: accountSettings(name),
    type: 'standard',
  };
}

function accountSettings(name: string): Wire<Stripe.Account.Settings> {
  return {
    branding: { icon: null, logo: null, primary_color: null, secondary_color: null },
    card_issuing: { tos_acceptance: { date: null, ip: null } },
    card_payments: {
      decline_on: { avs_failure: false, cvc_failure: false },
      statement_descriptor_prefix: null,
      statement_descriptor_prefix_kana: null,
      statement_descriptor_prefix_kanji: null,
    },
    dashboard: { display_name: name, timezone: 'Etc/UTC' },
    payments: {
      statement_descriptor: name.toUpperCase().slice(0, 22),
      statement_descriptor_kana: null,
      statement_descriptor_kanji: null,
      statement_descriptor_prefix_kana: null,
      statement_descriptor_prefix_kanji: null,
    },
    payouts: {
      debit_negative_balances: true,
      schedule: { delay_days: 2, interval: 'manual' },
      statement_descriptor: null,
    },
    sepa_debit_payments: {},
  };
}

export const accountResource: Resource = {
  collections: [declare(accountDetails)],
  routes: [
    route('GET', '/v1/account', { permission: 'accounts_kyc_basic' }, ({ account }) =>
      accountObject(account),
    ),
  ],
};
