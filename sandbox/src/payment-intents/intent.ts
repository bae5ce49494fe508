import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { checkCharge } from '../charges/amounts.ts';
import { type Split, unshared } from '../charges/split.ts';
import { create } from '../events.ts';
import { randomText } from '../ids.ts';
import type { AllowedType } from '../payment-methods/allowed-types.ts';
import {
  configurationDetails,
  defaultConfiguration,
  type MethodConfiguration,
  shownTypes,
} from '../payment-methods/configuration.ts';
import type { PaymentMethod } from '../payment-methods/payment-method.ts';
import { type ExcludableType, methodType, redirects } from '../payment-methods/types.ts';
import { refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Wire } from '../wire/shapes.ts';
import { type OptionChanges, optionsAfter } from './options.ts';
import { shownOnIntent } from './split.ts';

/** Its states are in `transitions.ts`. */
export type PaymentIntent = Wire<Stripe.PaymentIntent>;

export const paymentIntents: CollectionSpec<PaymentIntent, 'customer' | 'status'> = {
  name: 'payment_intents',
  indexes: { customer: (intent) => intent.customer, status: (intent) => intent.status },
};

/** What Stripe keeps of an intent and does not show. */
export interface IntentFacts {
  readonly id: string;
  /** The method whose owner authenticated, while the business has yet to confirm again. */
  readonly authenticated?: string | null;
  /** The mandate that the payment is made under. */
  readonly mandate?: string | null;
  readonly offSession?: boolean;
  /** What the customer has sent towards it by bank transfer, in minor units. */
  readonly funded?: number;
  /** Authorisations raised or tried to be raised so far. */
  readonly increments?: number;
}
export const intentFacts: CollectionSpec<IntentFacts> = { name: 'payment_intent_facts', indexes: {} };

export function factsOfIntent(account: Account, id: string): IntentFacts {
  return account.of(intentFacts).get(id) ?? { id };
}

export function rememberOfIntent(account: Account, id: string, facts: Omit<IntentFacts, 'id'>): void {
  account.of(intentFacts).put({ ...factsOfIntent(account, id), ...facts });
}

/** What it takes to make one, for endpoints and for resources above (invoices, checkout). */
export interface IntentInput {
  readonly amount: number;
  readonly currency: string;
  readonly amountDetails?: Wire<Stripe.PaymentIntent.AmountDetails>;
  readonly customer?: string | null;
  readonly method?: PaymentMethod | null;
  readonly captureMethod?: 'automatic' | 'automatic_async' | 'manual';
  readonly confirmationMethod?: 'automatic' | 'manual';
  readonly description?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
  /** What may pay; absent: whatever the dashboard allows, some of which redirects and so needs a return address. */
  readonly allowedTypes?: readonly AllowedType[];
  readonly excludedTypes?: readonly ExcludableType[] | null;
  /** Whose kinds of methods are meant where none are named; absent: the account's default configuration. */
  readonly configuration?: MethodConfiguration;
  /** A fixed list, as before API version 2026-09-30. Resources above pass `['card']`. */
  readonly methodTypes?: readonly AllowedType[];
  readonly allowRedirects?: 'always' | 'never';
  readonly options?: OptionChanges;
  readonly paymentDetails?: Wire<Stripe.PaymentIntent.PaymentDetails>;
  readonly receiptEmail?: string | null;
  readonly setupFutureUsage?: 'on_session' | 'off_session' | null;
  readonly shipping?: Wire<Stripe.PaymentIntent.Shipping> | null;
  readonly statementDescriptor?: string | null;
  readonly statementDescriptorSuffix?: string | null;
  /** How it is shared with a platform or connected accounts. */
  readonly split?: Split;
}

/** Makes an intent to collect a payment; nothing is charged until it is confirmed. Throws for impossible amounts. */
export function createPaymentIntent(account: Account, input: IntentInput): PaymentIntent {
  checkCharge(account, input.amount, input.currency);
  const id = `pi_3${randomText(23)}`;
  const configuration = input.configuration ?? defaultConfiguration(account);
  const types = typesFor({ ...input, configuration });
  const isOpen = !input.methodTypes && !input.allowedTypes;
  const intent: PaymentIntent = {
    id,
    object: 'payment_intent',
    ...shownOnIntent(input.split ?? unshared(account)),
    allowed_payment_method_types: input.allowedTypes ? [...input.allowedTypes] : null,
    amount: input.amount,
    amount_capturable: 0,
    amount_details: { tip: {}, ...input.amountDetails },
    amount_received: 0,
    automatic_payment_methods: input.methodTypes
      ? null
      : { allow_redirects: input.allowRedirects ?? 'always', enabled: true },
    canceled_at: null,
    cancellation_reason: null,
    capture_method: input.captureMethod ?? 'automatic_async',
    client_secret: `${id}_secret_${randomText(25)}`,
    confirmation_method: input.confirmationMethod ?? 'automatic',
    created: account.now(),
    currency: input.currency,
    customer: input.customer ?? null,
    customer_account: null,
    description: input.description ?? null,
    excluded_payment_method_types: input.excludedTypes ? [...input.excludedTypes] : null,
    last_payment_error: null,
    latest_charge: null,
    livemode: account.livemode,
    managed_payments: { enabled: false },
    metadata: input.metadata ?? {},
    next_action: null,
    ...(input.paymentDetails ? { payment_details: input.paymentDetails } : {}),
    payment_method: input.method?.id ?? null,
    payment_method_configuration_details: isOpen ? configurationDetails(configuration) : null,
    payment_method_options: optionsAfter(null, input.options, types),
    payment_method_types: types,
    payment_record: null,
    processing: null,
    receipt_email: input.receiptEmail ?? null,
    review: null,
    setup_future_usage: input.setupFutureUsage ?? null,
    shipping: input.shipping ?? null,
    source: null,
    statement_descriptor: input.statementDescriptor ?? null,
    statement_descriptor_suffix: input.statementDescriptorSuffix ?? null,
    status: input.method ? 'requires_confirmation' : 'requires_payment_method',
  };
  return create(account, paymentIntents, intent, 'payment_intent.created');
}

/** The kinds of methods that can pay. Throws Stripe's refusal when none can in this currency. */
export function typesFor(
  input: Pick<
    IntentInput,
    'allowedTypes' | 'allowRedirects' | 'currency' | 'excludedTypes' | 'methodTypes'
  > & {
    readonly configuration: MethodConfiguration;
  },
): AllowedType[] {
  const { allowRedirects, currency, excludedTypes, methodTypes } = input;
  const paysIn = (type: string) => {
    const currencies = methodType(type)?.currencies;
    return currencies === null || currencies === undefined || currencies.includes(currency);
  };
  if (methodTypes) {
    if (methodTypes.every(paysIn)) return [...methodTypes];
    throw refused(
      'payment_method_types',
      `The currency provided (${currency}) is invalid for one or more payment method types on this PaymentIntent.`,
    );
  }
  const wanted: readonly AllowedType[] = input.allowedTypes ?? shownTypes(input.configuration);
  const fitting = wanted.filter(
    (type) =>
      paysIn(type) &&
      !excludedTypes?.some((excluded) => excluded === type) &&
      !(allowRedirects === 'never' && redirects(type)),
  );
  if (fitting.length > 0) return fitting;
  throw refused(
    input.allowedTypes ? 'allowed_payment_method_types' : 'currency',
    'No valid payment method types for this Payment Intent. Please ensure that you have activated payment methods compatible with your chosen currency in your dashboard (https://dashboard.stripe.com/settings/payment_methods) or specify payment_method_types.',
  );
}

/** Whether paying may lead the customer to another page, so that Stripe insists on an address to come back to. */
export function mayRedirect(intent: PaymentIntent): boolean {
  return intent.payment_method_types.some(redirects);
}
