import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { newId } from '../ids.ts';
import { type Call, declare, found, given, listed, type Resource, refused, route } from '../resource.ts';
import { invalidRequest, noSuch } from '../wire/errors.ts';
import { knownVersions } from '../wire/known-versions.ts';
import { pageParams } from '../wire/pages.ts';
import {
  applyMetadata,
  boolean,
  list,
  metadata,
  oneOf,
  type Parsed,
  required,
  text,
  unsettableText,
} from '../wire/params.ts';
import { deliveries, retryDue } from './delivery.ts';
import { destinationsOf } from './destination.ts';
import { endpointPrivacy, newSigningSecret, webhookEndpoints } from './endpoint.ts';
import { enabledEvents } from './event-types.ts';
import { forgetDeliveries } from './forget.ts';
import { maxEndpoints } from './limits.ts';
import { checkedWebhookUrl } from './url.ts';

const eventList = list(oneOf(...enabledEvents));
const createParams = {
  api_version: oneOf(...knownVersions),
  connect: boolean(),
  description: unsettableText(),
  enabled_events: required(eventList),
  metadata: metadata(),
  url: required(text()),
} as const;
const updateParams = {
  description: unsettableText(),
  disabled: boolean(),
  enabled_events: eventList,
  metadata: metadata(),
  url: text(),
} as const;

function create(account: Account, params: Parsed<typeof createParams>): Stripe.WebhookEndpoint {
  if (account.platform)
    throw invalidRequest(
      'You cannot create a webhook endpoint on behalf of a connected account. Create one on your platform with `connect` set to true instead.',
    );
  if (destinationsOf(account).length >= maxEndpoints) {
    const mode = account.livemode ? 'live' : 'test';
    throw refused('url', `You have reached the maximum of ${maxEndpoints} ${mode} webhook endpoints.`);
  }
  const endpoint: Stripe.WebhookEndpoint = {
    id: newId('we', 24),
    object: 'webhook_endpoint',
    api_version: params.api_version ?? null,
    application: null,
    created: account.now(),
    description: params.description ?? null,
    enabled_events: params.enabled_events,
    livemode: account.livemode,
    metadata: applyMetadata({}, params.metadata),
    status: 'enabled',
    url: checkedWebhookUrl(params.url, account.livemode),
  };
  const secret = newSigningSecret();
  account.of(webhookEndpoints).put(endpoint);
  account.of(endpointPrivacy).put({
    id: endpoint.id,
    connect: params.connect ?? false,
    secrets: [{ secret, expires: null }],
  });
  return { ...endpoint, secret };
}

function update(call: Call<Parsed<typeof updateParams>>): Stripe.WebhookEndpoint {
  const { disabled, metadata: meta, url, ...rest } = call.params;
  const before = existing(call);
  const next: Stripe.WebhookEndpoint = {
    ...before,
    ...given({ description: rest.description, enabled_events: rest.enabled_events }),
    metadata: applyMetadata(before.metadata, meta),
    status: disabled === undefined ? before.status : disabled ? 'disabled' : 'enabled',
    url: url === undefined ? before.url : checkedWebhookUrl(url, call.account.livemode),
  };
  call.account.of(webhookEndpoints).put(next);
  return next;
}

function remove(account: Account, endpoint: Stripe.WebhookEndpoint): Stripe.DeletedWebhookEndpoint {
  forgetDeliveries(account, endpoint.id);
  account.of(endpointPrivacy).delete(endpoint.id);
  const gone = { id: endpoint.id, object: 'webhook_endpoint', deleted: true } as const;
  account.of(webhookEndpoints).put(gone);
  return gone;
}

function existing(call: Call<unknown>): Stripe.WebhookEndpoint {
  const endpoint = found(call, webhookEndpoints, 'webhook endpoint');
  if (endpoint.deleted) throw noSuch('webhook endpoint', endpoint.id, 'id');
  return endpoint;
}

const permission = 'webhook';

/** `/v1/webhook_endpoints`. */
export const webhookEndpointResource: Resource = {
  collections: [declare(webhookEndpoints), declare(endpointPrivacy), declare(deliveries)],
  routes: [
    route('POST', '/v1/webhook_endpoints', { permission, params: createParams }, ({ account, params }) =>
      create(account, params),
    ),
    route('GET', '/v1/webhook_endpoints/:id', { permission }, existing),
    route('POST', '/v1/webhook_endpoints/:id', { permission, params: updateParams }, update),
    route('DELETE', '/v1/webhook_endpoints/:id', { permission }, (call) =>
      remove(call.account, existing(call)),
    ),
    route('GET', '/v1/webhook_endpoints', { permission, params: pageParams }, (call) =>
      listed(call, webhookEndpoints, { index: 'standing', key: 'standing' }),
    ),
  ],
  jobs: {
    'webhook.retry': (account, id) => {
      const delivery = account.of(deliveries).get(id);
      if (delivery) account.of(deliveries).put(retryDue(delivery));
    },
  },
};
