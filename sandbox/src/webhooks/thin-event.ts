import type { LoggedEvent, StoredEvent } from '../events.ts';
import { isoTime } from '../wire/v2.ts';
import { relatedObject } from './related-object.ts';
import { thinTypeOf } from './thin-types.ts';

/** An event in its thin form, as `/v2/core/events` answers it and as destinations of thin events are sent it. */
export interface ThinEvent {
  readonly id: string;
  readonly object: 'v2.core.event';
  /** The account to ask for the related object as, when it is not the receiver's own. */
  readonly context?: string;
  readonly created: string;
  readonly livemode: boolean;
  readonly reason?: {
    readonly type: 'request';
    readonly request: { readonly id: string; readonly idempotency_key: string };
  };
  readonly related_object?: { readonly id?: string; readonly type: string; readonly url: string };
  readonly snapshot_event?: string;
  readonly type: string;
}

export function thinEvent(event: LoggedEvent): ThinEvent {
  const related = event.object === 'event' ? relatedObject(event) : event.related_object;
  const { request } = event;
  return {
    id: thinIdOf(event),
    object: 'v2.core.event',
    ...(event.account === undefined ? {} : { context: event.account }),
    created: isoTime(event.created),
    livemode: event.livemode,
    ...(request?.id
      ? {
          reason: {
            type: 'request',
            request: { id: request.id, idempotency_key: request.idempotency_key ?? '' },
          },
        }
      : {}),
    ...(related ? { related_object: related } : {}),
    ...(event.object === 'event' ? { snapshot_event: event.id } : {}),
    type: event.object === 'event' ? (thinTypeOf(event.type) ?? event.type) : event.type,
  };
}

/** An event about a v1 object has a second id in API v2, made from its own so that either leads to the other. */
function thinIdOf(event: LoggedEvent): string {
  return event.object === 'event' ? event.id.replace(/^evt_/, thinPrefix(event)) : event.id;
}

/** The id in the log of the event that API v2 knows by `id`. */
export function loggedIdOf(id: string): string {
  return id.replace(/^evt_(?:test_)?61(?=\w{24}$)/, 'evt_');
}

function thinPrefix({ livemode }: StoredEvent): string {
  return livemode ? 'evt_61' : 'evt_test_61';
}
