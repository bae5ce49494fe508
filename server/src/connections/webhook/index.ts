import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { cleanStrings } from '../../secrets/clean.ts';
import { type Json, type Tool, writeTool } from '../../tools/tool.ts';
import { besideAccount, besidePresets, keyInfo } from '../beside.ts';
import {
  type CheckedConnection,
  ConnectionProblem,
  type ConnectionTarget,
  type ConnectionType,
  type ToolTarget,
} from '../connection.ts';
import { deliver, isFailure, wantedBy, webhookForm } from './client.ts';

/** Posts `purser.ping`: an endpoint that does not take that would take nothing else. @throws ConnectionProblem */
async function checkWebhook(target: ConnectionTarget): Promise<CheckedConnection> {
  const { url, secret, events } = webhookForm.parse(target.credentials);
  const now = new Date();
  const ping = { id: `msg_${randomUUID().replaceAll('-', '')}`, type: 'purser.ping', at: now };
  try {
    await deliver(target, { ...ping, data: { events: [...wantedBy(target)] } }, now);
  } catch (error) {
    if (!isFailure(error)) throw error;
    const next = 'Let it answer a signed POST of purser.ping with a 2xx, then connect again.';
    throw new ConnectionProblem('endpoint_refused', error.message, next, error);
  }
  const id = createHash('sha256').update(url).digest('hex').slice(0, 16);
  return {
    ...{ mode: 'live', timeZone: 'UTC', permissions: [], key: keyInfo(secret), warnings: [] },
    account: besideAccount(id, `Webhook (${new URL(url).host})`),
    discovered: { events: events ? [...wantedBy(target)] : [] },
  };
}

const eventName = z
  .string()
  .trim()
  .max(80)
  .regex(/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/, 'Lower-case words joined by dots: order.paid');

const sealed = z.strictObject({ event: eventName, data: z.record(z.string(), z.json()) });

function sendWebhook(target: ToolTarget): Tool {
  return writeTool({
    name: 'send_webhook',
    title: 'Send webhook',
    description:
      'Posts a signed event of your own to the endpoint that is connected, as custom.<event>. Its data are facts that tools told.',
    effect: 'outbound',
    input: z.strictObject({
      event: eventName.describe('What happened: "payment.large". It is sent as custom.payment.large.'),
      data: z
        .record(z.string().max(80), z.json())
        .optional()
        .describe('Facts by name: ids and amounts as tools wrote them.'),
    }),
    sealed,
    permissions: [],
    words: { action: 'send', object: 'webhook', synonyms: ['webhook', 'trigger webhook', 'post event'] },
    async plan({ event, data = {} }) {
      const { url } = webhookForm.parse(target.credentials);
      const told = cleanStrings(data);
      return {
        sealed: { event, data: told },
        preview: {
          summary: `Send custom.${event} to ${new URL(url).host}`,
          facts: [
            { label: 'Address', value: url },
            { label: 'Data', value: JSON.stringify(told, null, 2) },
            { label: 'Can be undone', value: 'no' },
          ],
          objects: [],
        },
      };
    },
    async act({ event, data }, { operationId }) {
      const type = `custom.${event}`;
      // Sent again under the same id, which the receiver knows: so nothing is looked up.
      const { status } = await deliver(
        target,
        { id: operationId, type, at: target.now(), data },
        target.now(),
      );
      return {
        view: { object: 'webhook', id: operationId, event: type, status },
        record: { event: type, data } as Json,
        ...{ summary: `Sent ${type}`, objects: [], requestIds: [operationId] },
      };
    },
  });
}

/** Signed events to an endpoint of one's own. */
export const webhookConnection: ConnectionType = {
  type: 'webhook',
  name: 'Webhook',
  description: 'Signed events to your own endpoint: approvals, runs, alerts, and what agents send.',
  category: 'anything',
  does: [
    'Tells your systems when an approval is asked for or decided, and when a run ends',
    'Lets an agent or task post an event of its own',
    'Signs by Standard Webhooks, tries again for three days under one id',
  ],
  scopes: [],
  setup: [
    'Make an endpoint that takes a POST and checks the signature with a Standard Webhooks library.',
    'Let it answer purser.ping with a 2xx.',
    'Enter its address and a secret here; give the same secret to the endpoint.',
  ],
  credentials: webhookForm.fields,
  acceptsBaseUrl: false,
  beside: true,
  parseCredentials: (entered) => webhookForm.parse(entered),
  check: checkWebhook,
  tools: (target) => [sendWebhook(target)],
  announcements: {
    wants: wantedBy,
    async send(target, announcement) {
      const { status } = await deliver(target, announcement, target.now());
      return { status };
    },
  },
  presets: besidePresets(['send_webhook']),
};
