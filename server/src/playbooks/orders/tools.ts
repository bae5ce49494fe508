/** Telling fulfilment of an order, as a tool: what it posts is named after the order and the news, and told once. */
import { money, toDecimal } from '@purser/money';
import { z } from 'zod';
import { cleanForeignStrings } from '../../secrets/clean.ts';
import { type Json, type Tool, ToolError, type ToolOutcome, writeTool } from '../../tools/tool.ts';
import type { Surroundings } from '../playbook.ts';
import type { PlaybookRun } from '../rows.ts';
import type { Deliveries, Delivery } from './deliveries.ts';
import { runIdOf } from './order.ts';
import { buyerOf, quoteOf } from './quote.ts';
import { type OrderSettings, orderInput } from './settings.ts';

export interface OrderTools {
  deliveries: Deliveries;
  where: Omit<Surroundings, 'now'>;
  settings(): Promise<OrderSettings>;
  /** @throws Problem 404 */
  run(id: string): Promise<PlaybookRun>;
}

const input = z.strictObject({
  order: z
    .string()
    .trim()
    .regex(/^ord_\w+$/, 'An order’s id: ord_….')
    .max(80)
    .describe('The order: ord_….'),
  type: z
    .enum(['order.paid', 'order.refunded', 'order.canceled', 'order.disputed'])
    .describe('What happened to it.'),
  payment_intent: z
    .string()
    .regex(/^pi_\w+$/, 'A payment’s id: pi_….')
    .max(100)
    .describe('Its payment: pi_….'),
  refunded: z.string().max(24).optional().describe('How much was sent back in all, in major units: "10.00".'),
});
type Input = z.infer<typeof input>;

const sealed = z.object({
  id: z.string(),
  order: z.string(),
  type: z.string(),
  url: z.string(),
  body: z.string(),
});

export function orderTools({ deliveries, where, settings, run }: OrderTools): Tool[] {
  const tell = writeTool<Input, z.infer<typeof sealed>>({
    name: 'tell_fulfilment',
    title: 'Tell fulfilment',
    description:
      'Posts what happened to an order to the business’s own endpoint, signed, again and again until it is taken. Each piece of news of an order is told once. Orders tell by themselves what happens to them.',
    effect: 'write',
    input,
    sealed,
    permissions: [],
    words: { action: 'notify', object: 'order', synonyms: ['fulfilment', 'fulfillment', 'ship the order'] },
    async plan(given) {
      const { endpoint } = await settings();
      if (endpoint === null)
        throw new ToolError('no_endpoint', 'No endpoint is set that orders are posted to.', {
          next: 'Set one in the settings of the playbook Order fulfilment.',
        });
      const id = [given.order, given.type, given.refunded].filter(Boolean).join(':');
      if (await deliveries.find(id))
        throw new ToolError('already_told', `Fulfilment was told of ${id} already.`, {
          next: 'Nothing needs to be done.',
        });
      const order = await payloadOf(where, await run(runIdOf(given.order)), given);
      const body = JSON.stringify({ type: given.type, data: { order } });
      return {
        preview: {
          summary: `Tell ${new URL(endpoint).host}: ${given.type}, order ${order.reference ?? order.id}`,
          facts: [
            { label: 'To', value: endpoint },
            { label: 'Total', value: `${order.total.amount} ${order.total.currency.toUpperCase()}` },
            {
              label: 'Items',
              value: order.items.map(({ quantity, name }) => `${quantity} × ${name}`).join(', '),
            },
            {
              label: 'Customer',
              value: order.customer.name ?? order.customer.email ?? order.customer.id ?? '',
            },
          ],
          objects: objectsOf(given),
        },
        sealed: { id, order: given.order, type: given.type, url: endpoint, body },
      };
    },
    async act({ id, order, url, body }, { operationId }) {
      const { connectionId } = where;
      return outcomeOf(
        await deliveries.put({ ...{ id, run: runIdOf(order), connectionId, operationId, url, body } }),
        order,
      );
    },
    async find({ id, order }, { operationId }) {
      const kept = await deliveries.find(id);
      return kept?.operationId === operationId ? outcomeOf(kept, order) : null;
    },
  });
  return [tell];
}

/** What the endpoint reads of an order. */
async function payloadOf(where: Pick<Surroundings, 'read' | 'mode'>, run: PlaybookRun, given: Input) {
  const parsed = orderInput.safeParse(run.input);
  if (!parsed.success) throw new ToolError('not_found', `There is no order ${given.order}.`);
  const { reference = null, metadata = {}, customer } = parsed.data;
  const { lines, total } = await quoteOf(where, parsed.data, { isBought: true });
  const intent = await where.read((api) => api.paymentIntents.retrieve(given.payment_intent));
  const owner = typeof intent.customer === 'string' ? intent.customer : intent.customer?.id;
  const { id, name, email } = await buyerOf(where, owner ?? customer);
  return {
    ...{ id: given.order, reference, metadata, livemode: where.mode === 'live', created: run.startedAt },
    customer: { id, name, email },
    items: lines.map(({ name: called, price = null, quantity, unit }) => ({
      ...{ name: called, price, quantity, amount: toDecimal(unit), currency: unit.currency },
    })),
    total: { amount: toDecimal(total), currency: total.currency },
    refunded: { amount: given.refunded ?? toDecimal(money(0n, total.currency)), currency: total.currency },
    payment_intent: given.payment_intent,
  };
}

const objectsOf = ({ order, payment_intent: id }: Input) => [
  { type: 'order', id: order },
  { type: 'payment_intent', id },
];

function outcomeOf({ id, url, state, body }: Delivery, order: string): ToolOutcome {
  return {
    ...cleanForeignStrings({
      view: { object: 'delivery', id, url, state },
      record: { id, url, body } as Json,
      summary: `Posting ${id} to ${new URL(url).host}`,
    }),
    objects: [{ type: 'order', id: order }],
    requestIds: [],
  };
}
