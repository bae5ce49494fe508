import type Stripe from 'stripe';
import type { Acceptance } from '../mandates.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { TaxIdKind } from '../tax/id-kinds.ts';
import type { Session } from './session.ts';

/** What a customer told on the page where they pay; null where they were not asked. */
export interface Collected {
  readonly email: string | null;
  readonly name: string | null;
  readonly phone: string | null;
  /** The billing address. */
  readonly address: Stripe.Address | null;
  readonly shipping: NonNullable<Session['collected_information']>['shipping_details'];
  readonly businessName: string | null;
  readonly individualName: string | null;
  readonly taxId: { readonly type: TaxIdKind; readonly value: string } | null;
  /** The custom fields by their key. */
  readonly fields: Readonly<Record<string, string>>;
  readonly promotions: 'opt_in' | 'opt_out' | null;
  readonly terms: 'accepted' | null;
}

export const nothingCollected: Collected = {
  email: null,
  name: null,
  phone: null,
  address: null,
  shipping: null,
  businessName: null,
  individualName: null,
  taxId: null,
  fields: {},
  promotions: null,
  terms: null,
};

/** The last time somebody tried to pay a session, by its id: what is needed when the bank has agreed. */
export interface Attempt {
  readonly id: string;
  readonly collected: Collected;
  readonly customer: string | null;
  readonly method: string | null;
  /** The customer wants the card kept for the next time. */
  readonly save: boolean;
  /** What collects the money, also when it is the intent of a subscription's invoice. */
  readonly paymentIntent: string | null;
  readonly setupIntent: string | null;
  readonly subscription: string | null;
  /** What the subscription was made for; it serves another try only while the order is the same. */
  readonly order: string | null;
  /** The money is on its way and may still not come. */
  readonly delayed: boolean;
}
export const attempts: CollectionSpec<Attempt, 'payment_intent' | 'setup_intent'> = {
  name: 'checkout_attempts',
  indexes: {
    payment_intent: (attempt) => attempt.paymentIntent,
    setup_intent: (attempt) => attempt.setupIntent,
  },
};

/** Whoever pays on the page agrees there to be debited. */
export const acceptance: Acceptance = { type: 'online', online: {} };
