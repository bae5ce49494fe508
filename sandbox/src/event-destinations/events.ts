import { eventHorizon, events, type LoggedEvent } from '../events.ts';
import { type Call, found, type Resource, route } from '../resource.ts';
import { loggedIdOf, type ThinEvent, thinEvent } from '../webhooks/thin-event.ts';
import { thinTypeOf } from '../webhooks/thin-types.ts';
import { noSuch } from '../wire/errors.ts';
import { inRange, list, type Parsed, text } from '../wire/params.ts';
import { rangeQuery, type V2Page, v2PageOf, v2PageParams, v2TimeRange } from '../wire/v2.ts';

const listParams = {
  ...v2PageParams,
  created: v2TimeRange,
  object_id: text(),
  types: list(text(), 20),
} as const;

/** What happened in the last 30 days, in thin form: events that have none are left out. */
function page(call: Call<Parsed<typeof listParams>>): V2Page<ReturnType<typeof shown>> {
  const { created, object_id: objectId, types, ...rest } = call.params;
  const since = eventHorizon(call.account);
  const where = (event: LoggedEvent) =>
    event.created >= since &&
    hasThinForm(event) &&
    inRange(event.created, created) &&
    (types === undefined || types.includes(thinEvent(event).type)) &&
    (objectId === undefined || thinEvent(event).related_object?.id === objectId);
  const query = {
    ...rangeQuery('created', created),
    ...(objectId === undefined ? {} : { object_id: objectId }),
    ...Object.fromEntries((types ?? []).map((type, at) => [`types[${at}]`, type])),
  };
  const list = v2PageOf(call.account.of(events), { ...rest, url: call.url, query }, where);
  return { ...list, data: list.data.map(shown) };
}

/** An event with what is known of it, which notifications leave out. */
function shown(event: LoggedEvent): ThinEvent & { readonly data?: object } {
  const data = event.object === 'v2.core.event' ? event.data : undefined;
  return { ...thinEvent(event), ...(data ? { data } : {}) };
}

function hasThinForm(event: LoggedEvent): boolean {
  return event.object === 'v2.core.event' || thinTypeOf(event.type) !== null;
}

/** `/v2/core/events`. */
export const thinEventResource: Resource = {
  routes: [
    route('GET', '/v2/core/events', { permission: 'event', params: listParams }, page),
    route('GET', '/v2/core/events/:id', { permission: 'event' }, (call) => {
      const asked = call.id();
      const event = found({ ...call, id: () => loggedIdOf(asked) }, events, 'event');
      // The id of the snapshot is known to API v1 alone.
      const isOld = event.created < eventHorizon(call.account);
      if (isOld || !hasThinForm(event) || thinEvent(event).id !== asked) throw noSuch('event', asked, 'id');
      return shown(event);
    }),
  ],
};
