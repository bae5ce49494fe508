import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import type { ThreeDSecure } from '../behaviours/authentication.ts';
import { secureDetails } from '../charges/details.ts';
import { newId } from '../ids.ts';
import type { PaymentMethod } from '../payment-methods/payment-method.ts';
import { declare, listed, type Resource, referred, route } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { datedPageParams } from '../wire/pages.ts';
import { required, text } from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { type SetupIntent, setupIntents } from './setup-intent.ts';

// requires_action ─▶ succeeded | failed, or abandoned for another attempt; many end at once

export type SetupAttempt = Wire<Stripe.SetupAttempt>;
export const setupAttempts: CollectionSpec<SetupAttempt, 'setup_intent'> = {
  name: 'setup_attempts',
  indexes: { setup_intent: (attempt) => attempt.setup_intent },
};

type Status = 'abandoned' | 'failed' | 'requires_action' | 'succeeded';
export interface AttemptNews {
  readonly status: Status;
  readonly error?: SetupAttempt['setup_error'];
  /** How 3D Secure went; null or absent when there was none. */
  readonly secure?: ThreeDSecure | null;
}

/** Keeps how an attempt to save a method goes: a new one, or one that waits for its customer. Answers its id. */
export function keepAttempt(
  account: Account,
  intent: SetupIntent,
  method: PaymentMethod,
  { error = null, secure = null, status }: AttemptNews,
): string {
  const open = openAttempt(account, intent);
  const attempt: SetupAttempt = {
    id: open?.id ?? newId('setatt', 24),
    object: 'setup_attempt',
    application: intent.application,
    created: open?.created ?? account.now(),
    customer: intent.customer,
    customer_account: null,
    flow_directions: null,
    livemode: intent.livemode,
    on_behalf_of: intent.on_behalf_of,
    payment_method: method.id,
    payment_method_details: detailsOf(method, secure),
    setup_error: error,
    setup_intent: intent.id,
    status,
    usage: intent.usage,
  };
  return account.of(setupAttempts).put(attempt).id;
}

/** Gives up on what still waits for its customer. */
export function abandonAttempt(account: Account, intent: SetupIntent): void {
  const open = openAttempt(account, intent);
  if (open) account.of(setupAttempts).put({ ...open, status: 'abandoned' });
}

function openAttempt(account: Account, { latest_attempt: latest }: SetupIntent): SetupAttempt | undefined {
  const attempt = latest === null ? undefined : account.of(setupAttempts).get(latest);
  return attempt?.status === 'requires_action' ? attempt : undefined;
}

const noBank = {
  bank_code: null,
  bank_name: null,
  bic: null,
  generated_sepa_debit: null,
  generated_sepa_debit_mandate: null,
  iban_last4: null,
  preferred_language: null,
  verified_name: null,
} as const;

function detailsOf(
  method: PaymentMethod,
  secure: ThreeDSecure | null,
): SetupAttempt['payment_method_details'] {
  const { card, type } = method;
  if (card) {
    const { brand, checks, country, exp_month, exp_year, fingerprint, funding, last4, networks } = card;
    return {
      card: {
        brand,
        checks: checks ?? null,
        country,
        exp_month,
        exp_year,
        fingerprint: fingerprint ?? null,
        funding,
        last4,
        network: networks?.preferred ?? brand,
        three_d_secure: secure ? secureDetails(secure) : null,
        wallet: null,
      },
      type,
    };
  }
  if (type === 'bancontact' || type === 'sofort') return { [type]: noBank, type };
  if (type !== 'ideal') return { [type]: {}, type };
  const { preferred_language: _, bank_code: _code, bank_name: _name, ...known } = noBank;
  return { ideal: { ...known, bank: method.ideal?.bank ?? null }, type };
}

const listParams = { ...datedPageParams, setup_intent: required(text()) } as const;

export const setupAttemptResource: Resource = {
  collections: [declare(setupAttempts)],
  expand: {
    setup_attempt: {
      customer: ['customers'],
      on_behalf_of: ['accounts'],
      payment_method: ['payment_methods'],
      setup_intent: ['setup_intents'],
    },
  },
  routes: [
    route('GET', '/v1/setup_attempts', { permission: 'setup_intent', params: listParams }, (call) => {
      const { setup_intent: id } = call.params;
      referred(call.account, setupIntents, 'setupintent', id, 'setup_intent');
      return listed(call, setupAttempts, { index: 'setup_intent', key: id });
    }),
  ],
};
