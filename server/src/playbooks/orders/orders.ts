/**
 * Order fulfilment: the customer is found or made and pays by the card given or on a page; the business's own endpoint is
 * told, the customer has it confirmed; then refunds, disputes and cancellations flow back until the order is history.
 *
 *     received → awaiting_payment → paid → fulfilling → fulfilled → partially_refunded → fulfilled
 *         │            │                       └→ fulfilment_failed      └→ refunded | canceled
 *         └────────────┴→ payment_failed | expired | canceled | rejected | not_possible
 */
import { type Playbook, playbook } from '../playbook.ts';
import { followOrder } from './after.ts';
import type { Deliveries } from './deliveries.ts';
import { payOrder } from './payment.ts';
import { type OrderInput, type OrderSettings, orderInput, orderSettings } from './settings.ts';

export const ordersName = 'orders';

export function orders({ deliveries }: { deliveries: Pick<Deliveries, 'list'> }): Playbook {
  return playbook<OrderSettings, OrderInput>({
    name: ordersName,
    title: 'Order fulfilment',
    description:
      'Takes an order from payment to fulfilment: finds or creates the customer, charges the card given or makes a page to pay on, posts what is paid to your own endpoint (signed, until it answers), confirms it by mail, and passes refunds and disputes on afterwards. Orders come by POST /api/orders.',
    settings: orderSettings,
    input: orderInput,
    events: [
      'checkout.session.completed',
      'checkout.session.async_payment_succeeded',
      'checkout.session.async_payment_failed',
      'checkout.session.expired',
      'payment_intent.succeeded',
      'payment_intent.payment_failed',
      'payment_intent.canceled',
      'charge.refunded',
      'charge.dispute.created',
    ],
    successes: ['fulfilled'],
    asks: { cancel: 'Cancel the order', retry: 'Tell fulfilment again' },
    titleOf: ({ reference, items }) =>
      reference ??
      items.map(({ quantity, name, price }) => `${quantity} × ${name ?? price ?? ''}`).join(', '),

    // What happens to a charge happens to the payment that an order waits on.
    heard({ type, objectId, data }) {
      if (!type.startsWith('charge.')) return objectId ? { subject: objectId } : null;
      const event = data as unknown as { data: { object: { payment_intent?: unknown } } };
      const { payment_intent: intent } = event.data.object;
      return typeof intent === 'string' ? { subject: intent } : null;
    },

    async next(run) {
      const paid = await payOrder(run);
      if ('do' in paid) return paid;
      return followOrder(run, paid, run.id ? await deliveries.list(run.id) : []);
    },
  });
}
