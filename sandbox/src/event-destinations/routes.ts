import type { Account } from '../account.ts';
import { versionOf } from '../account-version.ts';
import { record } from '../events.ts';
import { randomText } from '../ids.ts';
import { type Call, declare, found, given, type Resource, refused, route } from '../resource.ts';
import { deliveries, newDelivery } from '../webhooks/delivery.ts';
import { destinationsOf } from '../webhooks/destination.ts';
import { endpointPrivacy, newSigningSecret } from '../webhooks/endpoint.ts';
import { eventDestinations, type StoredDestination } from '../webhooks/event-destination.ts';
import { enabledEvents } from '../webhooks/event-types.ts';
import { forgetDeliveries } from '../webhooks/forget.ts';
import { maxEndpoints } from '../webhooks/limits.ts';
import { thinEvent } from '../webhooks/thin-event.ts';
import { isThinType } from '../webhooks/thin-types.ts';
import { checkedWebhookUrl } from '../webhooks/url.ts';
import { notSupported } from '../wire/errors.ts';
import { knownVersions } from '../wire/known-versions.ts';
import { applyMetadata, list, metadata, object, oneOf, type Parsed, required, text } from '../wire/params.ts';
import { isoTime, v2PageOf, v2PageParams } from '../wire/v2.ts';

const permission = 'event_destination';
const include = list(oneOf('webhook_endpoint.signing_secret', 'webhook_endpoint.url'), 10);
const includeUrl = list(oneOf('webhook_endpoint.url'), 10);
const address = object({ url: required(text()) });

const createParams = {
  description: text(),
  enabled_events: required(list(text(200))),
  event_payload: required(oneOf('snapshot', 'thin')),
  events_from: list(oneOf('@self', '@accounts', '@organization_members', '@organization_members/@accounts')),
  include,
  metadata: metadata(),
  name: required(text(500)),
  snapshot_api_version: oneOf(...knownVersions),
  type: required(oneOf('webhook_endpoint', 'amazon_eventbridge', 'azure_event_grid')),
  webhook_endpoint: address,
} as const;
const updateParams = {
  description: text(),
  enabled_events: list(text(200)),
  include: includeUrl,
  metadata: metadata(),
  name: text(500),
  webhook_endpoint: address,
} as const;

function create(account: Account, params: Parsed<typeof createParams>): StoredDestination {
  const { event_payload: payload, events_from: from = ['@self'], webhook_endpoint: target } = params;
  if (params.type !== 'webhook_endpoint') throw notSupported(`event destinations of type ${params.type}`);
  if (from.some((source) => source.startsWith('@organization')))
    throw notSupported('events from members of an organization');
  if (!target) throw refused('webhook_endpoint', 'webhook_endpoint is required for this type.');
  if (payload === 'thin' && params.snapshot_api_version !== undefined)
    throw refused('snapshot_api_version', 'snapshot_api_version may not be set for thin events.');
  if (destinationsOf(account).length >= maxEndpoints)
    throw refused('name', `You have reached the maximum of ${maxEndpoints} event destinations.`);
  const now = isoTime(account.now());
  const destination: StoredDestination = {
    id: `ed_${account.livemode ? '' : 'test_'}${randomText(40)}`,
    object: 'v2.core.event_destination',
    created: now,
    description: params.description ?? '',
    enabled_events: checkedTypes(params.enabled_events, payload),
    event_payload: payload,
    events_from: from,
    livemode: account.livemode,
    metadata: applyMetadata({}, params.metadata),
    name: params.name,
    ...(payload === 'snapshot'
      ? { snapshot_api_version: params.snapshot_api_version ?? versionOf(account) }
      : {}),
    status: 'enabled',
    type: 'webhook_endpoint',
    updated: now,
  };
  account.of(eventDestinations).put(destination);
  account.of(endpointPrivacy).put({
    id: destination.id,
    url: checkedWebhookUrl(target.url, account.livemode),
    secrets: [{ secret: newSigningSecret(), expires: null }],
  });
  return shown(account, destination, params.include);
}

function checkedTypes(types: readonly string[], payload: 'snapshot' | 'thin'): string[] {
  const known = (type: string) =>
    type === '*' || (payload === 'thin' ? isThinType(type) : enabledEvents.some((one) => one === type));
  const unknown = types.find((type) => !known(type));
  if (unknown !== undefined)
    throw refused('enabled_events', `Invalid enabled_events: ${unknown} is no type of ${payload} events.`);
  return [...types];
}

function update(call: Call<Parsed<typeof updateParams>>): StoredDestination {
  const { account, params } = call;
  const before = existing(call);
  const { enabled_events: types, webhook_endpoint: target } = params;
  const next: StoredDestination = {
    ...before,
    ...given({ description: params.description, name: params.name }),
    enabled_events: types ? checkedTypes(types, before.event_payload) : before.enabled_events,
    metadata: applyMetadata(before.metadata ?? {}, params.metadata),
    updated: isoTime(account.now()),
  };
  account.of(eventDestinations).put(next);
  const privacy = account.of(endpointPrivacy).get(next.id);
  if (target && privacy)
    account.of(endpointPrivacy).put({ ...privacy, url: checkedWebhookUrl(target.url, account.livemode) });
  return shown(account, next, params.include);
}

function setStatus(call: Call<unknown>, status: 'disabled' | 'enabled'): StoredDestination {
  const { status_details: _, ...before } = existing(call);
  const next: StoredDestination = {
    ...before,
    status,
    ...(status === 'disabled' ? { status_details: { disabled: { reason: 'user' } } } : {}),
    updated: isoTime(call.account.now()),
  };
  return call.account.of(eventDestinations).put(next);
}

function remove(call: Call<unknown>) {
  const { id, object } = existing(call);
  forgetDeliveries(call.account, id);
  call.account.of(endpointPrivacy).delete(id);
  call.account.of(eventDestinations).delete(id);
  return { id, object };
}

/** Sends a thin event about the destination to it, and to no other. */
function ping(call: Call<unknown>) {
  const { account } = call;
  const { id, object: type } = existing(call);
  const related = { id, type, url: `/v2/core/event_destinations/${id}` };
  const event = record(account, 'v2.core.event_destination.ping', related);
  account.of(deliveries).put(newDelivery(event, id, account.ownNow(), 'automatic'));
  return thinEvent(event);
}

/** The destination with what is shown only on request. */
function shown(
  account: Account,
  destination: StoredDestination,
  fields: readonly string[] = [],
): StoredDestination {
  if (fields.length === 0) return destination;
  const { url = '', secrets = [] } = account.of(endpointPrivacy).get(destination.id) ?? {};
  const endpoint = {
    ...(fields.includes('webhook_endpoint.url') ? { url } : {}),
    ...(fields.includes('webhook_endpoint.signing_secret')
      ? { signing_secret: secrets.at(-1)?.secret ?? '' }
      : {}),
  };
  return { ...destination, webhook_endpoint: endpoint };
}

function existing(call: Call<unknown>): StoredDestination {
  return found(call, eventDestinations, 'event destination');
}

const path = '/v2/core/event_destinations';

/** `/v2/core/event_destinations`, for webhooks. */
export const eventDestinationResource: Resource = {
  collections: [declare(eventDestinations)],
  routes: [
    route('POST', path, { permission, params: createParams }, ({ account, params }) =>
      create(account, params),
    ),
    route('GET', path, { permission, params: { ...v2PageParams, include: includeUrl } }, (call) => {
      const { include: fields, ...page } = call.params;
      const query: Record<string, string> = fields ? { 'include[0]': fields[0] ?? '' } : {};
      const list = v2PageOf(call.account.of(eventDestinations), { ...page, url: call.url, query });
      return { ...list, data: list.data.map((one) => shown(call.account, one, fields)) };
    }),
    route('GET', `${path}/:id`, { permission, params: { include: includeUrl } }, (call) =>
      shown(call.account, existing(call), call.params.include),
    ),
    route('POST', `${path}/:id`, { permission, params: updateParams }, update),
    route('DELETE', `${path}/:id`, { permission }, remove),
    route('POST', `${path}/:id/disable`, { permission }, (call) => setStatus(call, 'disabled')),
    route('POST', `${path}/:id/enable`, { permission }, (call) => setStatus(call, 'enabled')),
    route('POST', `${path}/:id/ping`, { permission }, ping),
  ],
};
