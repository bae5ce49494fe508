import { attachConnection, createAgent, listAgents } from './agents/agents.ts';
import { systemActor } from './audit/audit.ts';
import type { Connections } from './connections/connections.ts';
import type { Database } from './database/database.ts';
import { jsonb } from './database/json.ts';

const demoSetting = 'demo_introduced';

/**
 * On the first start: the sandbox's demo account as a connection, and an agent on it, so that there is something to
 * ask at once. Later only the sandbox's address is kept current; whoever deleted them will not see them again.
 */
export async function introduceDemo(
  database: Database,
  connections: Connections,
  { baseUrl, apiKey }: { baseUrl: string; apiKey: string },
): Promise<void> {
  const { db } = database;
  const before = await db
    .selectFrom('settings')
    .select('key')
    .where('key', '=', demoSetting)
    .executeTakeFirst();
  if (before) {
    await db.updateTable('connections').set({ base_url: baseUrl }).where('demo', '=', true).execute();
    return;
  }
  const existing = (await connections.list()).find((connection) => connection.demo);
  const connection =
    existing ??
    (await connections.create(
      { type: 'stripe', name: 'Demo account', credentials: { apiKey }, baseUrl, demo: true },
      systemActor,
    ));
  const agents = await listAgents(db, { limit: 1 });
  const agent = agents[0] ?? (await createAgent(db, stripeSleuth));
  await attachConnection(db, agent.id, connection.id);
  await db
    .insertInto('settings')
    .values({ key: demoSetting, value: jsonb(true) })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
}

const stripeSleuth = {
  name: 'Stripe Sleuth',
  description:
    'Looks into the Stripe account: balances, customers, payments, subscriptions, invoices and disputes.',
  instructions:
    'You look after the Stripe account of this business. Look things up before you answer, name amounts with their ' +
    'currency, and say which objects you mean. Before changing anything, make sure you know exactly which customer, ' +
    'product or payment is meant.',
};
