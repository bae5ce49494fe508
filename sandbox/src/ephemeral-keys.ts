import type Stripe from 'stripe';
import { hour } from './clock.ts';
import { existingCustomer } from './customers.ts';
import { newId, randomText } from './ids.ts';
import { type Call, declare, found, type Resource, route } from './resource.ts';
import type { CollectionSpec } from './store/collection.ts';
import { invalidRequest } from './wire/errors.ts';
import { type Parsed, text, unsupported } from './wire/params.ts';
import type { Wire } from './wire/shapes.ts';

/** As stored: its secret is told once. */
interface EphemeralKey extends Wire<Stripe.EphemeralKey> {
  /** What it opens; answered by Stripe and not in the SDK's type. */
  readonly associated_objects: readonly { readonly id: string; readonly type: string }[];
}
const ephemeralKeys: CollectionSpec<EphemeralKey> = { name: 'ephemeral_keys', indexes: {} };

const permission = 'ephemeral_key';
const createParams = {
  customer: text(),
  issuing_card: unsupported(),
  nonce: unsupported(),
  verification_session: unsupported(),
} as const;

function create({ account, params }: Call<Parsed<typeof createParams>>): EphemeralKey {
  if (params.customer === undefined)
    throw invalidRequest(
      'You must specify one of these parameters: customer, issuing_card, verification_session.',
    );
  const customer = existingCustomer(account, params.customer);
  const key: EphemeralKey = {
    id: newId('ephkey', 24),
    object: 'ephemeral_key',
    associated_objects: [{ id: customer.id, type: 'customer' }],
    created: account.now(),
    expires: account.now() + hour,
    livemode: account.livemode,
  };
  account.of(ephemeralKeys).put(key);
  return { ...key, secret: `ek_${account.livemode ? 'live' : 'test'}_${randomText(60)}` };
}

/** Ends a key before its time. */
function remove(call: Call<unknown>): EphemeralKey {
  const { account } = call;
  const key = found(call, ephemeralKeys, 'ephemeral key', 'key');
  return account.of(ephemeralKeys).put({ ...key, expires: Math.min(key.expires, account.now()) });
}

/**
 * `/v1/ephemeral_keys`: what a server makes for Stripe's mobile SDKs. Nothing is answered to the keys themselves: no
 * such SDK speaks to the sandbox.
 */
export const ephemeralKeyResource: Resource = {
  collections: [declare(ephemeralKeys)],
  routes: [
    route('POST', '/v1/ephemeral_keys', { permission, params: createParams }, create),
    route('DELETE', '/v1/ephemeral_keys/:key', { permission }, remove),
  ],
};
