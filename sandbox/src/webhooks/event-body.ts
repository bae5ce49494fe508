import type { Account } from '../account.ts';
import {
  attributesBefore,
  events,
  type LoggedEvent,
  previousAttributes,
  type StoredEvent,
} from '../events.ts';
import { lookupIn } from '../lookup.ts';
import { shapeFor } from '../versions/shape.ts';
import type { Delivery } from './delivery.ts';
import type { Destination } from './destination.ts';
import { pendingWebhooks } from './plan.ts';
import { thinEvent } from './thin-event.ts';

/** The account whose event a delivery carries, and the event while it is kept. `home` is the account of the endpoint. */
export function deliveredEvent(
  home: Account,
  delivery: Delivery,
): { account: Account; event: LoggedEvent | undefined } {
  const account = delivery.account === undefined ? home : home.connected(delivery.account);
  return { account, event: account.of(events).get(delivery.event) };
}

/** An event as the API answers it: in the version its account had when it happened. */
export function eventObject(account: Account, event: StoredEvent): StoredEvent {
  return eventIn(account, event, event.api_version);
}

/** What a destination is sent of an event: a snapshot in its API version, or the thin form. */
export function eventFor(account: Account, event: LoggedEvent, destination: Destination): object {
  return event.object === 'event' && destination.payload === 'snapshot'
    ? eventIn(account, event, destination.apiVersion ?? event.api_version)
    : thinEvent(event);
}

function eventIn(account: Account, event: StoredEvent, version: string | null): StoredEvent {
  const shape = version === null ? null : shapeFor(version);
  return {
    ...event,
    api_version: version,
    data: shape ? dataIn(event.data, (object) => shape(object, lookupIn(account)) as object) : event.data,
    pending_webhooks: pendingWebhooks(account, event.id),
  };
}

/** The older shape may differ where the newer does not, and the other way round: so it is compared by itself. */
function dataIn(data: StoredEvent['data'], older: (object: object) => object): StoredEvent['data'] {
  const { object, previous_attributes: previous } = data;
  const now = older(object);
  if (!previous) return { object: now };
  return {
    object: now,
    previous_attributes: previousAttributes(older(attributesBefore(object, previous)), now),
  };
}
