import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError, type Undo } from '../../../tools/tool.ts';
import { isStripeError } from '../client.ts';
import { limitField } from '../fields.ts';
import { bears, mark } from '../marks.ts';
import { follow, listSummary, listView } from '../pages.ts';
import { needs } from '../permissions.ts';
import { type Desk, type Said, stripeRead, stripeWrite } from '../stripe-tool.ts';
import { compact, time } from '../views/shape.ts';
import { ensureEndpoint, mostEndpoints } from '../webhook.ts';

/** What Purser reads of an endpoint: everything but its secret, which no view and no record holds. */
type Endpoint = Omit<Stripe.WebhookEndpoint, 'secret'>;

const withoutSecret = ({ secret: _, ...endpoint }: Stripe.WebhookEndpoint): Endpoint => endpoint;

function row(endpoint: Endpoint): { [key: string]: string | string[] } {
  return compact({
    id: endpoint.id,
    url: endpoint.url,
    status: endpoint.status,
    events: endpoint.enabled_events,
    api_version: endpoint.api_version,
    description: endpoint.description,
    created: time(endpoint.created),
  }) as { [key: string]: string | string[] };
}

const refOf = ({ id, url }: Endpoint) => ({ type: 'webhook_endpoint', id, label: url });

const all = (api: Stripe) => follow((page) => api.webhookEndpoints.list(page));

function listEndpoints(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'list_webhook_endpoints',
    title: 'List webhook endpoints',
    description: `Where Stripe sends this account’s events: address, which events, enabled or disabled. An account has at most ${mostEndpoints}. Secrets are never shown.`,
    input: z.strictObject({
      status: z.enum(['enabled', 'disabled']).optional().describe('Only those.'),
      limit: limitField.optional(),
    }),
    permissions: needs('webhook:read'),
    words: {
      action: 'list',
      object: 'webhook_endpoint',
      synonyms: ['webhooks', 'webhook endpoints', 'webhook'],
    },
    async read({ status, limit = mostEndpoints }, api) {
      const found = await all(api);
      const items = found.items.map(withoutSecret).filter((each) => !status || each.status === status);
      const listed = { ...found, items };
      return {
        view: listView('webhook_endpoint', listed, row, { limit }),
        record: items.slice(0, limit),
        summary: listSummary(listed, 'webhook endpoint'),
        objects: items.slice(0, limit).map(refOf),
      };
    },
  });
}

const ensureInput = z.strictObject({
  url: z
    .url({ protocol: /^https$/ })
    .max(500)
    .optional()
    .describe('The https address that receives events. Leave it out for this workspace’s own.'),
  events: z
    .array(z.string().regex(/^(\*|[a-z0-9_]+(\.[a-z0-9_*]+)*)$/))
    .min(1)
    .max(300)
    .describe('Exactly these event types: ["invoice.paid", "charge.failed"].'),
});

const ensureSealed = z.object({
  url: z.string(),
  own: z.boolean(),
  events: z.array(z.string()),
  before: z.object({ id: z.string(), events: z.array(z.string()), enabled: z.boolean() }).nullable(),
});

/** @throws ToolError `no_public_url` */
function addressFor(desk: Desk, url: string | undefined): { url: string; own: boolean } {
  const own = desk.ownWebhook?.url;
  if (url !== undefined) return { url, own: url === own };
  if (own) return { url: own, own: true };
  throw new ToolError(
    'no_public_url',
    'This workspace has no public address that Stripe could send events to.',
    {
      next: 'An owner sets PURSER_PUBLIC_URL. Until then events are read from Stripe’s list every half minute, and nothing is missed.',
    },
  );
}

const listed = (events: readonly string[]): string => events.join(', ') || 'none';

function factsOf(events: readonly string[], before: Endpoint | undefined, own: boolean) {
  const had = before?.enabled_events ?? [];
  return [
    { label: 'Events', value: listed(events) },
    ...(before
      ? [
          { label: 'New', value: listed(events.filter((event) => !had.includes(event))) },
          { label: 'No longer sent', value: listed(had.filter((event) => !events.includes(event))) },
        ]
      : []),
    ...(before?.status === 'disabled' ? [{ label: 'Disabled now', value: 'is enabled again' }] : []),
    {
      label: 'Signing secret',
      value: own
        ? 'kept here, sealed; nobody sees it'
        : 'in the Stripe Dashboard, on the page of the endpoint',
    },
  ];
}

function ensure(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'ensure_webhook_endpoint',
    title: 'Set up webhook endpoint',
    description:
      'Makes sure that Stripe sends exactly these event types to an address: finds its endpoint and changes it, or creates it; never a second one. Without url: to this workspace, so that tasks start at once.',
    effect: 'write',
    canUndo: 'yes',
    input: ensureInput,
    sealed: ensureSealed,
    permissions: needs('webhook:write'),
    words: {
      action: 'create',
      object: 'webhook_endpoint',
      synonyms: ['set up a webhook', 'register a webhook', 'subscribe to events'],
    },
    async plan(input, api) {
      const { url, own } = addressFor(desk, input.url);
      const events = [...new Set(input.events)].sort();
      const { items } = await all(api);
      const before = items.find((each) => each.url === url);
      if (!before && items.length >= mostEndpoints)
        throw new ToolError(
          'too_many_endpoints',
          `The account has ${items.length} webhook endpoints already.`,
          {
            next: 'Delete one that is no longer used first: list_webhook_endpoints shows them.',
          },
        );
      return {
        preview: {
          summary: `${before ? 'Change the' : 'Create a'} webhook endpoint ${url}: ${events.length} event types`,
          facts: factsOf(events, before, own),
          objects: before ? [refOf(before)] : [],
        },
        sealed: {
          ...{ url, own, events },
          before: before
            ? { id: before.id, events: before.enabled_events, enabled: before.status === 'enabled' }
            : null,
        },
      };
    },
    async act({ url, own, events, before }, api, context) {
      const knowsSecret = !own || (await desk.ownWebhook?.knowsSecret()) === true;
      const made = await ensureEndpoint(
        api,
        { url, events, knowsSecret },
        { ...mark(context), idempotencyKey: context.idempotencyKey },
      );
      if (own) await desk.ownWebhook?.keep(made);
      return ensured(withoutSecret(await api.webhookEndpoints.retrieve(made.endpointId)), before, own);
    },
    async find({ url, own, before }, api, look) {
      const left = (await all(api)).items.find((each) => each.url === url && bears(each, look));
      // The secret of one's own comes with the answer to its making alone, which is asked for again under its key.
      if (!left || (own && !(await desk.ownWebhook?.knowsSecret()))) return null;
      return ensured(withoutSecret(left), before, own);
    },
  });
}

function ensured(endpoint: Endpoint, before: z.infer<typeof ensureSealed>['before'], own: boolean): Said {
  const undo: Undo = before
    ? {
        tool: 'ensure_webhook_endpoint',
        input: { ...(!own && { url: endpoint.url }), events: before.events },
        label: 'Send the event types that were sent before',
      }
    : {
        tool: 'delete_webhook_endpoint',
        input: { webhook_endpoint: endpoint.id },
        label: 'Delete the endpoint again',
      };
  return {
    view: {
      object: 'webhook_endpoint',
      ...row(endpoint),
      signing_secret: own ? 'kept here, sealed' : 'in the Stripe Dashboard, on the page of the endpoint',
    },
    record: endpoint,
    summary: `Stripe sends ${endpoint.enabled_events.length} event types to ${endpoint.url}`,
    objects: [refOf(endpoint)],
    ...((!before || before.enabled) && { undo }),
  };
}

/** The endpoint by its id or its address. @throws ToolError `not_found` */
async function named(api: Stripe, given: string): Promise<Endpoint> {
  if (given.startsWith('we_')) return withoutSecret(await api.webhookEndpoints.retrieve(given));
  const found = (await all(api)).items.find(({ url }) => url === given);
  if (found) return withoutSecret(found);
  throw new ToolError('not_found', `No webhook endpoint has the address ${given}.`, {
    next: 'list_webhook_endpoints shows those there are.',
  });
}

async function isGone(api: Stripe, id: string): Promise<boolean> {
  try {
    await api.webhookEndpoints.retrieve(id);
    return false;
  } catch (error) {
    if (isStripeError(error) && error.code === 'resource_missing') return true;
    throw error;
  }
}

function remove(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'delete_webhook_endpoint',
    title: 'Delete webhook endpoint',
    description:
      'Deletes a webhook endpoint: Stripe sends nothing there any more, and its signing secret is void. Whatever relies on it stops hearing of payments. Use it only when asked to.',
    effect: 'destructive',
    input: z.strictObject({
      webhook_endpoint: z
        .string()
        .trim()
        .min(1)
        .max(500)
        .describe('The endpoint’s id ("we_…") or its address.'),
    }),
    sealed: z.object({ id: z.string(), url: z.string() }),
    permissions: needs('webhook:write'),
    words: { action: 'delete', object: 'webhook_endpoint', synonyms: ['webhook', 'stop sending events'] },
    async plan({ webhook_endpoint: given }, api) {
      const endpoint = await named(api, given);
      const isOwn = endpoint.url === desk.ownWebhook?.url;
      return {
        preview: {
          summary: `Delete the webhook endpoint ${endpoint.url}`,
          facts: [
            { label: 'No longer sent', value: listed(endpoint.enabled_events) },
            ...(isOwn ? [{ label: 'This workspace', value: 'hears of events every half minute only' }] : []),
            { label: 'Can be undone', value: 'no: a new one has another signing secret' },
          ],
          objects: [refOf(endpoint)],
        },
        sealed: { id: endpoint.id, url: endpoint.url },
      };
    },
    async act(sealed, api) {
      try {
        await api.webhookEndpoints.del(sealed.id);
      } catch (error) {
        // A repeated DELETE carries no idempotency: gone already is done.
        if (!isStripeError(error) || error.code !== 'resource_missing') throw error;
      }
      return deleted(sealed);
    },
    find: async (sealed, api) => ((await isGone(api, sealed.id)) ? deleted(sealed) : null),
  });
}

function deleted({ id, url }: { id: string; url: string }): Said {
  const view = { object: 'webhook_endpoint', id, url, deleted: true };
  return {
    view,
    record: view,
    summary: `Deleted the webhook endpoint ${url}`,
    objects: [{ type: 'webhook_endpoint', id, label: url }],
  };
}

/** Where the account's events are sent. */
export function webhookTools(desk: Desk): Tool[] {
  return [listEndpoints(desk), ensure(desk), remove(desk)];
}
