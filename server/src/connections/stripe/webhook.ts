/** Stripe's events as they come in: signed by webhook, or from the events list. */
import Stripe from 'stripe';
import type { Json } from '../../tools/tool.ts';
import { ConnectionProblem, type ReceivedEvent, type WebhookEndpoint } from '../connection.ts';

/** How old a signature may be (docs.stripe.com/webhooks#replay-attacks). */
const toleranceSeconds = 300;
/** Stripe takes no more endpoints than this for one account and mode. */
export const mostEndpoints = 16;
const description = 'Purser';

/**
 * The event in a webhook's raw body, by the official library, if one of the secrets signed it.
 * @throws ConnectionProblem `signature_missing`, `signature_old`, `signature_wrong`, `event_malformed`
 */
export function verifyEvent(
  raw: string,
  header: string | undefined,
  secrets: readonly string[],
): ReceivedEvent {
  if (!header)
    throw new ConnectionProblem(
      'signature_missing',
      'There is no Stripe-Signature header: this was not sent by Stripe.',
      'Send events from a webhook endpoint of the account.',
    );
  let failure: unknown;
  for (const secret of secrets) {
    try {
      return receivedEvent(Stripe.webhooks.constructEvent(raw, header, secret, toleranceSeconds));
    } catch (error) {
      if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) throw malformed(error);
      // A signature that fits but is too old says more than one that does not fit.
      if (!failure || /tolerance/.test(error.message)) failure = error;
    }
  }
  throw refused(failure);
}

function refused(failure: unknown): ConnectionProblem {
  if (failure instanceof Error && /tolerance/.test(failure.message))
    return new ConnectionProblem(
      'signature_old',
      'The signature is older than five minutes: the event was held up or is replayed.',
      'Check the clock of this machine; Stripe sends the event again by itself.',
      failure,
    );
  return new ConnectionProblem(
    'signature_wrong',
    'The signature fits none of the secrets of this connection.',
    'Copy the signing secret (whsec_…) of this very endpoint from the Dashboard, in the right mode.',
    failure,
  );
}

function malformed(cause: unknown): ConnectionProblem {
  return new ConnectionProblem(
    'event_malformed',
    'The body is no Stripe event.',
    'Send it unchanged.',
    cause,
  );
}

/** @throws ConnectionProblem `event_malformed` */
export function receivedEvent(event: Stripe.Event): ReceivedEvent {
  const { id, type, created, livemode, account } = event;
  if (typeof id !== 'string' || typeof type !== 'string' || typeof created !== 'number')
    throw malformed(undefined);
  const object = event.data?.object as { id?: unknown } | undefined;
  return {
    ...{ id, type, livemode, account: account ?? null },
    created: new Date(created * 1000),
    objectId: typeof object?.id === 'string' ? object.id : null,
    data: JSON.parse(JSON.stringify(event)) as Json,
  };
}

/** The operation that an endpoint is made or changed by, where it is one. */
interface EndpointOperation {
  readonly metadata: { readonly purser_op: string };
  idempotencyKey(part: number): string;
}

const marked = (operation: EndpointOperation | undefined) =>
  operation ? { metadata: { ...operation.metadata } } : {};
const keyed = (operation: EndpointOperation | undefined, part: number) =>
  operation ? { idempotencyKey: operation.idempotencyKey(part) } : {};

/**
 * Finds the endpoint of a URL, or makes it, with exactly these event types; never a second one. The secret is told by
 * Stripe only when an endpoint is made: one of ours whose secret is not known any more is made anew.
 * @throws the SDK's errors; ConnectionProblem `too_many_endpoints`
 */
export async function ensureEndpoint(
  api: Stripe,
  wanted: { url: string; events: readonly string[]; knowsSecret: boolean },
  operation?: EndpointOperation,
): Promise<WebhookEndpoint> {
  const all = await api.webhookEndpoints.list({ limit: 100 });
  const own = all.data.filter(({ url }) => url === wanted.url);
  const [first, ...others] = own;
  for (const { id } of others) await api.webhookEndpoints.del(id);
  if (first && wanted.knowsSecret) return keepEndpoint(api, first, wanted.events, operation);
  if (first) await api.webhookEndpoints.del(first.id);
  if (!first && all.data.length >= mostEndpoints)
    throw new ConnectionProblem(
      'too_many_endpoints',
      `The account has ${all.data.length} webhook endpoints, as many as Stripe takes.`,
      'Delete one that is no longer used in the Dashboard, then try again.',
    );
  const made = await api.webhookEndpoints.create(
    {
      url: wanted.url,
      enabled_events: [...wanted.events] as Stripe.WebhookEndpointCreateParams.EnabledEvent[],
      description,
      ...marked(operation),
    },
    keyed(operation, 0),
  );
  return endpointOf(made, made.secret ?? null);
}

async function keepEndpoint(
  api: Stripe,
  endpoint: Stripe.WebhookEndpoint,
  events: readonly string[],
  operation: EndpointOperation | undefined,
): Promise<WebhookEndpoint> {
  const isSame =
    endpoint.status === 'enabled' &&
    endpoint.enabled_events.length === events.length &&
    events.every((event) => endpoint.enabled_events.includes(event));
  if (isSame && !operation) return endpointOf(endpoint, null);
  const updated = await api.webhookEndpoints.update(
    endpoint.id,
    {
      enabled_events: [...events] as Stripe.WebhookEndpointUpdateParams.EnabledEvent[],
      disabled: false,
      ...marked(operation),
    },
    keyed(operation, 1),
  );
  return endpointOf(updated, null);
}

const endpointOf = (endpoint: Stripe.WebhookEndpoint, secret: string | null): WebhookEndpoint => ({
  endpointId: endpoint.id,
  url: endpoint.url,
  events: endpoint.enabled_events,
  status: endpoint.status === 'enabled' ? 'enabled' : 'disabled',
  secret,
});

/** Events since a moment, newest first. Stripe keeps them for 30 days. */
export async function* eventsSince(api: Stripe, since: Date): AsyncGenerator<ReceivedEvent> {
  const gte = Math.floor(since.getTime() / 1000);
  for await (const event of api.events.list({ created: { gte }, limit: 100 })) yield receivedEvent(event);
}
