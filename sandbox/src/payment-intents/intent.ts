import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { checkAmount } from '../charges/amounts.ts';
import { type Split, unshared } from '../charges/split.ts';
import { create } from '../events.ts';
import { randomText } from '../ids.ts';
import type { AllowedType } from '../payment-methods/allowed-types.ts';
import type { PaymentMethod } from '../payment-methods/payment-method.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Wire } from '../wire/shapes.ts';
import { shownOnIntent } from './split.ts';

//                             ┌────────── declined, authentication failed ──────────┐
//                             ▼                                                      │
// requires_payment_method ─▶ requires_confirmation ─confirm─▶ requires_action ─▶ (charge) ─▶ succeeded
//                                        └───────────confirm──────────────────────▶ │  └─manual─▶ requires_capture ─capture─▶ succeeded
// every state but succeeded ─cancel─▶ canceled;  requires_capture ─7 days─▶ canceled

export type PaymentIntent = Wire<Stripe.PaymentIntent>;

export const paymentIntents: CollectionSpec<PaymentIntent, 'customer' | 'status'> = {
  name: 'payment_intents',
  indexes: { customer: (intent) => intent.customer, status: (intent) => intent.status },
};

/** What it takes to make one, for endpoints and for resources above (invoices, checkout). */
export interface IntentInput {
  readonly amount: number;
  readonly currency: string;
  readonly customer?: string | null;
  readonly method?: PaymentMethod | null;
  readonly captureMethod?: 'automatic' | 'automatic_async' | 'manual';
  readonly confirmationMethod?: 'automatic' | 'manual';
  readonly description?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
  /** What may pay; absent: whatever the dashboard allows, some of which redirects and so needs a return address. */
  readonly allowedTypes?: readonly AllowedType[];
  /** A fixed list, as before API version 2026-09-30. Resources above pass `['card']`. */
  readonly methodTypes?: readonly AllowedType[];
  readonly allowRedirects?: 'always' | 'never';
  readonly options?: Wire<Stripe.PaymentIntent.PaymentMethodOptions> | null;
  readonly receiptEmail?: string | null;
  readonly setupFutureUsage?: 'on_session' | 'off_session' | null;
  readonly shipping?: Wire<Stripe.PaymentIntent.Shipping> | null;
  readonly statementDescriptor?: string | null;
  readonly statementDescriptorSuffix?: string | null;
  readonly split?: Split;
}

/** Makes an intent to collect a payment; nothing is charged until it is confirmed. Throws for impossible amounts. */
export function createPaymentIntent(account: Account, input: IntentInput): PaymentIntent {
  checkAmount(input.amount, input.currency);
  const id = `pi_3${randomText(23)}`;
  const intent: PaymentIntent = {
    id,
    object: 'payment_intent',
    ...shownOnIntent(input.split ?? unshared(account)),
    allowed_payment_method_types: input.allowedTypes ? [...input.allowedTypes] : null,
    amount: input.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
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
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: account.livemode,
    managed_payments: null,
    metadata: input.metadata ?? {},
    next_action: null,
    payment_method: input.method?.id ?? null,
    payment_method_configuration_details: null,
    payment_method_options: input.options ?? {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
    },
    payment_method_types: [
      ...(input.methodTypes ?? input.allowedTypes ?? dashboardTypes(input.allowRedirects)),
    ],
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

/** What an account's dashboard allows: cards and link, and ways to pay that lead to another page unless forbidden. */
function dashboardTypes(redirects: 'always' | 'never' = 'always'): readonly string[] {
  return redirects === 'never' ? ['card', 'link'] : ['card', 'klarna', 'link', 'amazon_pay'];
}

/** Whether paying may lead the customer to another page, so that Stripe insists on an address to come back to. */
export function mayRedirect(intent: PaymentIntent): boolean {
  return intent.payment_method_types.some((type) => type !== 'card' && type !== 'link');
}
