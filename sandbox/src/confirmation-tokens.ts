import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { addressOf, shippingFields } from './addresses.ts';
import { hour } from './clock.ts';
import { newId } from './ids.ts';
import type { Acceptance } from './mandates.ts';
import { methodData } from './payment-methods/input.ts';
import {
  createPaymentMethod,
  type PaymentMethod,
  paymentMethods,
  resolveMethod,
} from './payment-methods/payment-method.ts';
import { declare, found, type Resource, referred, refused, route } from './resource.ts';
import type { CollectionSpec } from './store/collection.ts';
import { missingParam } from './wire/errors.ts';
import { object, oneOf, type Parsed, text } from './wire/params.ts';
import type { Wire } from './wire/shapes.ts';

type ConfirmationToken = Wire<Stripe.ConfirmationToken>;

/** A token with the method that its preview shows. */
interface StoredToken {
  readonly id: string;
  readonly token: ConfirmationToken;
  readonly method: string;
}
export const confirmationTokens: CollectionSpec<StoredToken> = { name: 'confirmation_tokens', indexes: {} };

/** How long a token can be used to confirm something, in seconds. */
const lifetime = 12 * hour;

const createParams = {
  payment_method: text(),
  payment_method_data: methodData,
  payment_method_options: object({ card: object({ installments: object({ plan: object({}) }) }) }),
  return_url: text(),
  setup_future_usage: oneOf('off_session', 'on_session'),
  shipping: object(shippingFields),
} as const;

/** What a token brings to the confirmation of an intent. */
export interface TokenUse {
  readonly method: PaymentMethod;
  readonly setupFutureUsage?: 'off_session' | 'on_session';
  readonly shipping?: Wire<Stripe.PaymentIntent.Shipping>;
  readonly returnUrl?: string;
  readonly acceptance?: Acceptance;
  /** Says what it was used for; it cannot be used again. */
  usedFor(intent: { readonly payment_intent: string } | { readonly setup_intent: string }): void;
}

/** What a token stands for. Throws Stripe's refusals of one that is unknown, used or too old. */
export function useConfirmationToken(account: Account, id: string): TokenUse {
  const { method: methodId, token } = referred(
    account,
    confirmationTokens,
    'confirmation_token',
    id,
    'confirmation_token',
  );
  const usedFor = token.payment_intent ? 'PaymentIntent' : token.setup_intent ? 'SetupIntent' : null;
  if (usedFor)
    throw refused(
      'confirmation_token',
      `The confirmation token has already been used to confirm a previous ${usedFor}.`,
    );
  if ((token.expires_at ?? Number.POSITIVE_INFINITY) <= account.now())
    throw refused('confirmation_token', 'The confirmation token has expired. Please create a new one.');
  const acceptance = token.mandate_data?.customer_acceptance;
  return {
    method: referred(account, paymentMethods, 'PaymentMethod', methodId, 'confirmation_token'),
    ...(token.setup_future_usage ? { setupFutureUsage: token.setup_future_usage } : {}),
    ...(token.shipping ? { shipping: { carrier: null, tracking_number: null, ...token.shipping } } : {}),
    ...(token.return_url === null ? {} : { returnUrl: token.return_url }),
    ...(acceptance ? { acceptance: { type: 'online' } } : {}),
    usedFor(intent) {
      const used: ConfirmationToken = { ...token, ...intent, expires_at: null };
      account.of(confirmationTokens).put({ id, token: used, method: methodId });
    },
  };
}

/** What Stripe's payment form would make of what the customer entered. */
function createToken(account: Account, params: Parsed<typeof createParams>): ConfirmationToken {
  const { payment_method: given, payment_method_data: data, shipping } = params;
  if (given === undefined && !data) throw missingParam('payment_method');
  if (given !== undefined && data)
    throw refused(
      'payment_method',
      'You may only specify one of these parameters: payment_method, payment_method_data.',
    );
  const method = data
    ? createPaymentMethod(account, data, 'payment_method_data')
    : resolveMethod(account, given ?? '', 'payment_method');
  const token: ConfirmationToken = {
    id: newId('ctoken', 24),
    object: 'confirmation_token',
    created: account.now(),
    expires_at: account.now() + lifetime,
    livemode: account.livemode,
    mandate_data: {
      customer_acceptance: {
        online: { ip_address: '127.0.0.1', user_agent: 'Purser sandbox' },
        type: 'online',
      },
    },
    metadata: {},
    payment_intent: null,
    payment_method_options: { card: { cvc_token: null } },
    payment_method_preview: previewOf(method),
    return_url: params.return_url ?? null,
    setup_future_usage: params.setup_future_usage ?? null,
    setup_intent: null,
    shipping: shipping
      ? {
          address: addressOf(shipping.address ?? {}),
          name: shipping.name ?? '',
          phone: shipping.phone ?? null,
        }
      : null,
    use_stripe_sdk: true,
  };
  account.of(confirmationTokens).put({ id: token.id, token, method: method.id });
  return token;
}

/** A method without what makes it an object of its own. */
function previewOf(method: PaymentMethod): ConfirmationToken['payment_method_preview'] {
  const {
    id: _id,
    object: _object,
    created: _created,
    livemode: _livemode,
    metadata: _metadata,
    ...shown
  } = method;
  return shown;
}

export const confirmationTokenResource: Resource = {
  collections: [declare(confirmationTokens)],
  routes: [
    route(
      'GET',
      '/v1/confirmation_tokens/:id',
      { permission: 'confirmation_token' },
      (call) => found(call, confirmationTokens, 'confirmation_token').token,
    ),
    route(
      'POST',
      '/v1/test_helpers/confirmation_tokens',
      { permission: 'confirmation_token', params: createParams },
      ({ account, params }) => createToken(account, params),
    ),
  ],
};
