import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { type EndpointPrivacy, endpointPrivacy, standingEndpoints, webhookEndpoints } from './endpoint.ts';
import { eventDestinations, type StoredDestination } from './event-destination.ts';
import { thinTypeOf } from './thin-types.ts';

/** Where events are sent: a v1 webhook endpoint or a v2 event destination, in one form. */
export interface Destination {
  readonly id: string;
  readonly url: string;
  readonly isEnabled: boolean;
  /** Types of snapshot events, or of thin ones; or `*`. */
  readonly types: readonly string[];
  readonly payload: 'snapshot' | 'thin';
  /** In which snapshots are sent; null for the event's own. */
  readonly apiVersion: string | null;
  readonly hearsSelf: boolean;
  readonly hearsConnected: boolean;
}

/** An event as far as sending it goes; `account` when it happened on a connected account. */
export interface Sendable {
  readonly id: string;
  readonly object: 'event' | 'v2.core.event';
  readonly type: string;
  readonly account?: string;
}

/** All that an account sends events to. */
export function destinationsOf(home: Account): Destination[] {
  const endpoints = standingEndpoints(home);
  const destinations = home.of(eventDestinations);
  if (endpoints.length === 0 && destinations.size === 0) return [];
  return [
    ...endpoints.map((endpoint) => ofEndpoint(endpoint, home.of(endpointPrivacy).get(endpoint.id))),
    ...[...destinations.newestFirst()].map((stored) =>
      ofStored(stored, home.of(endpointPrivacy).get(stored.id)),
    ),
  ];
}

/** One that exists and is enabled. */
export function enabledDestination(home: Account, id: string): Destination | undefined {
  const endpoint = home.of(webhookEndpoints).get(id);
  const stored = home.of(eventDestinations).get(id);
  const privacy = home.of(endpointPrivacy).get(id);
  const found =
    endpoint && !endpoint.deleted
      ? ofEndpoint(endpoint, privacy)
      : stored
        ? ofStored(stored, privacy)
        : undefined;
  return found?.isEnabled ? found : undefined;
}

/** What is not told but asked, and so never sent in the background. */
const questions: readonly string[] = ['issuing_authorization.request'] satisfies Stripe.Event['type'][];

/** Whether a destination asked for an event that it is to be told of. */
export function wants(destination: Destination, event: Sendable): boolean {
  return !questions.includes(event.type) && isFor(destination, event);
}

/** Whether a question is to be put to a destination. */
export function asksFor(destination: Destination, event: Sendable): boolean {
  return (
    destination.isEnabled &&
    destination.payload === 'snapshot' &&
    questions.includes(event.type) &&
    isFor(destination, event)
  );
}

function isFor(destination: Destination, event: Sendable): boolean {
  if (event.account === undefined ? !destination.hearsSelf : !destination.hearsConnected) return false;
  const type = destination.payload === 'thin' ? thinType(event) : snapshotType(event);
  if (type === null) return false;
  return destination.types.includes(type) || (destination.types.includes('*') && !onlyByName.includes(type));
}

/** What Stripe sends to those alone who ask for it by name. */
const onlyByName: readonly string[] = [
  'issuing_authorization.request',
  'reporting.report_type.updated',
] satisfies Stripe.Event['type'][];

function thinType(event: Sendable): string | null {
  return event.object === 'event' ? thinTypeOf(event.type) : event.type;
}

function snapshotType(event: Sendable): string | null {
  return event.object === 'event' ? event.type : null;
}

function ofEndpoint(endpoint: Stripe.WebhookEndpoint, privacy: EndpointPrivacy | undefined): Destination {
  const hearsConnected = privacy?.connect ?? false;
  return {
    id: endpoint.id,
    url: endpoint.url,
    isEnabled: endpoint.status === 'enabled',
    types: endpoint.enabled_events,
    payload: 'snapshot',
    apiVersion: endpoint.api_version,
    hearsSelf: !hearsConnected,
    hearsConnected,
  };
}

function ofStored(stored: StoredDestination, privacy: EndpointPrivacy | undefined): Destination {
  const from = stored.events_from ?? [];
  return {
    id: stored.id,
    url: privacy?.url ?? '',
    isEnabled: stored.status === 'enabled',
    types: stored.enabled_events,
    payload: stored.event_payload,
    apiVersion: stored.snapshot_api_version ?? null,
    hearsSelf: from.includes('@self'),
    hearsConnected: from.includes('@accounts'),
  };
}
