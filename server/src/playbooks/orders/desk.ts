/** Where orders come in, and what their endpoint is: the playbook does the rest. */
import type { Actor } from '../../audit/audit.ts';
import { surroundingsOf } from '../decider.ts';
import type { Playbooks, PlaybooksNeeds } from '../playbooks.ts';
import { checked, explained } from '../refusals.ts';
import type { PlaybookRun } from '../rows.ts';
import type { Deliveries } from './deliveries.ts';
import { ordersName } from './orders.ts';
import { buyerOf, quoteOf } from './quote.ts';
import { type OrderInput, type OrderSettings, orderInput, orderSettings } from './settings.ts';

export interface Orders {
  /**
   * Begins an order, once for each key.
   * @throws Problem 404, 409 for a key that placed another order, 422 for what cannot be bought
   */
  place(
    connectionId: string,
    order: { input: unknown; key: string | undefined; by: Actor },
  ): Promise<{ run: PlaybookRun; isNew: boolean }>;
  /** What of an order's news failed is told again, to where it is to go now. @throws Problem 409 where none did */
  tellAgain(run: PlaybookRun): Promise<void>;
  /** What the endpoint of a connection checks signatures with: `whsec_…`. @throws Problem 404 */
  secret(connectionId: string): Promise<string>;
}

export function createOrders(
  needs: Pick<PlaybooksNeeds, 'connections' | 'clock'> & { playbooks: Playbooks; deliveries: Deliveries },
): Orders {
  const { playbooks, deliveries } = needs;
  const settingsOf = async (connectionId: string): Promise<OrderSettings> =>
    orderSettings.parse(await playbooks.settings(ordersName, connectionId));

  /** What can be seen to be impossible is refused at once, and not only once the order is there. */
  async function mustBePossible(connectionId: string, input: OrderInput): Promise<void> {
    const where = await surroundingsOf(needs, connectionId);
    await explained(quoteOf(where, input));
    await explained(buyerOf(where, input.customer));
  }

  return {
    async place(connectionId, { input, key, by }) {
      const order = checked(orderInput, input, '') as OrderInput;
      const of = { name: ordersName, connectionId };
      const before = key === undefined ? undefined : await playbooks.find({ ...of, subject: key });
      if (!before) await mustBePossible(connectionId, order);
      const run = await playbooks.begin(ordersName, connectionId, { input: order, key, by });
      return { run, isNew: before === undefined };
    },

    async tellAgain({ id, connectionId }) {
      await deliveries.again(id, (await settingsOf(connectionId)).endpoint);
    },

    secret: async (connectionId) =>
      deliveries.secret(connectionId, (await settingsOf(connectionId)).secretVersion),
  };
}
