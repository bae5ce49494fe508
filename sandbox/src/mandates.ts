import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { emit } from './events.ts';
import { newId, randomText } from './ids.ts';
import type { PaymentMethod } from './payment-methods/payment-method.ts';
import { declare, found, type Resource, route } from './resource.ts';
import type { CollectionSpec } from './store/collection.ts';
import { emptyable, integer, mapOf, object, oneOf, type Parsed, required, text } from './wire/params.ts';
import type { Wire } from './wire/shapes.ts';

export type Mandate = Wire<Stripe.Mandate>;
export const mandates: CollectionSpec<Mandate, 'payment_method'> = {
  name: 'mandates',
  indexes: { payment_method: (mandate) => mandate.payment_method },
};

/** `mandate_data`: how the customer agreed. */
export const mandateData = emptyable(
  object({
    customer_acceptance: required(
      object({
        accepted_at: integer(),
        offline: mapOf(text()),
        online: object({ ip_address: text(), user_agent: text() }),
        type: required(oneOf('offline', 'online')),
      }),
    ),
  }),
);
export type Acceptance = NonNullable<Parsed<{ data: typeof mandateData }>['data']>['customer_acceptance'];

/** Stripe's refusal of a debit that nobody agreed to. */
export function mandateMessage(kind: 'PaymentIntent' | 'SetupIntent'): string {
  return `This ${kind} requires a mandate, but no existing mandate was found. Collect mandate acceptance from the customer and try again, providing acceptance data in the mandate_data parameter.`;
}

/** The mandate under which a method may be debited again, if there is one. */
export function activeMandate(account: Account, methodId: string): Mandate | undefined {
  const usable = account
    .of(mandates)
    .by('payment_method', methodId)
    .filter(({ status, type }) => status === 'active' && type === 'multi_use');
  return usable[0];
}

/** Keeps what the customer agreed to: debits from now on or, with `once`, a single one. */
export function agree(
  account: Account,
  method: PaymentMethod,
  acceptance: Acceptance,
  once?: { readonly amount: number; readonly currency: string },
): Mandate {
  const { accepted_at: at, online, type } = acceptance;
  return account.of(mandates).put({
    id: newId('mandate', 24),
    object: 'mandate',
    customer_acceptance: {
      accepted_at: at ?? account.now(),
      ...(type === 'online'
        ? { online: { ip_address: online?.ip_address ?? null, user_agent: online?.user_agent ?? null } }
        : { offline: {} }),
      type,
    },
    livemode: account.livemode,
    ...(once ? { single_use: { amount: once.amount, currency: once.currency } } : { multi_use: {} }),
    payment_method: method.id,
    payment_method_details: { ...detailsOf(account, method.type), type: method.type },
    status: 'active',
    type: once ? 'single_use' : 'multi_use',
  });
}

/** A bank says that the customer never agreed, or no longer does. */
export function endMandate(account: Account, id: string): void {
  const mandate = account.of(mandates).get(id);
  if (mandate?.status !== 'active') return;
  const ended: Mandate = { ...mandate, status: 'inactive' };
  account.of(mandates).put(ended);
  emit(account, 'mandate.updated', ended, { status: 'active' });
}

function detailsOf(account: Account, type: string): Partial<Wire<Stripe.Mandate.PaymentMethodDetails>> {
  const reference = randomText(16).toUpperCase();
  const url = `${account.origin()}/_sandbox/mandates/${reference}`;
  switch (type) {
    case 'acss_debit':
      return {
        acss_debit: {
          interval_description: null,
          payment_schedule: 'sporadic',
          transaction_type: 'personal',
        },
      };
    case 'au_becs_debit':
      return { au_becs_debit: { url } };
    case 'bacs_debit':
      return {
        bacs_debit: {
          display_name: null,
          network_status: 'accepted',
          reference,
          revocation_reason: null,
          service_user_number: null,
          url,
        },
      };
    case 'paypal':
      return { paypal: { billing_agreement_id: `B-${reference}`, payer_id: null } };
    case 'sepa_debit':
      return { sepa_debit: { reference, url } };
    default:
      return { [type]: {} };
  }
}

export const mandateResource: Resource = {
  collections: [declare(mandates)],
  expand: { mandate: { payment_method: ['payment_methods'] } },
  routes: [
    route('GET', '/v1/mandates/:id', { permission: 'mandate' }, (call) => found(call, mandates, 'mandate')),
  ],
};
