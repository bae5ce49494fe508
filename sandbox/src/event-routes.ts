import { namedAccount } from './connect/connected-account.ts';
import { eventHorizon, events, type LoggedEvent, type StoredEvent } from './events.ts';
import { type Call, declare, found, listed, type Resource, refused, route } from './resource.ts';
import { eventObject } from './webhooks/event-body.ts';
import { pendingWebhooks } from './webhooks/plan.ts';
import { resendTo, resendToAll } from './webhooks/resend.ts';
import { missingParam, noSuch } from './wire/errors.ts';
import { datedPageParams, type Page } from './wire/pages.ts';
import { boolean, list, type Parsed, text } from './wire/params.ts';

const listParams = {
  ...datedPageParams,
  type: text(),
  types: list(text(), 20),
  delivery_success: boolean(),
} as const;
const retryParams = { account: text(), for_stripecli: boolean(), webhook_endpoint: text() } as const;

function page(call: Call<Parsed<typeof listParams>>): Page<StoredEvent> {
  const { account, params } = call;
  const { type, types, delivery_success: delivered } = params;
  if (type !== undefined && types)
    throw refused('types', 'You may pass either `type` or `types`, but not both.');
  const patterns = types ?? (type === undefined ? [] : [type]);
  const [only] = patterns;
  const filter = {
    ...(patterns.length === 1 && only !== undefined && !only.includes('*')
      ? { index: 'type', key: only }
      : {}),
    where: (event: LoggedEvent) =>
      event.object === 'event' &&
      (patterns.length === 0 || patterns.some((pattern) => isOfType(event.type, pattern))) &&
      (delivered === undefined || delivered === (pendingWebhooks(account, event.id) === 0)),
  };
  const since = eventHorizon(account);
  const created = { ...params.created, gte: Math.max(since, params.created?.gte ?? since) };
  const found = listed({ ...call, params: { ...params, created } }, events, filter);
  const data = found.data.flatMap((event) => (event.object === 'event' ? eventObject(account, event) : []));
  return { ...found, data };
}

/** The event in the address; one about a v2 object is found under /v2 alone. */
function existing(call: Call<unknown>): StoredEvent {
  const event = found(call, events, 'event');
  if (event.object !== 'event' || event.created < eventHorizon(call.account))
    throw noSuch('event', event.id, 'id');
  return event;
}

/** What `stripe events resend` calls: not in Stripe's reference, but in its CLI. */
function retry(call: Call<Parsed<typeof retryParams>>): StoredEvent {
  const { params } = call;
  const account = params.account === undefined ? call.account : namedAccount(call.account, params.account);
  const event = existing({ ...call, account });
  if (params.webhook_endpoint !== undefined) resendTo(account, event, params.webhook_endpoint);
  else if (params.for_stripecli) resendToAll(account, event);
  else throw missingParam('webhook_endpoint');
  return eventObject(account, event);
}

/** `/v1/events`: what happened in the last 30 days. */
export const eventResource: Resource = {
  collections: [declare(events)],
  routes: [
    route('GET', '/v1/events', { permission: 'event', params: listParams }, page),
    route('GET', '/v1/events/:id', { permission: 'event' }, (call) =>
      eventObject(call.account, existing(call)),
    ),
    route('POST', '/v1/events/:id/retry', { permission: 'event', params: retryParams }, retry),
  ],
};

/** `charge.*` means every type that begins with `charge.`. */
function isOfType(type: string, pattern: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern;
}
