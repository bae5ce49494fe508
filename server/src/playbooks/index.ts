/** The playbooks that there are, and what turns them. */
import type { Kysely } from 'kysely';
import type { Runs } from '../agents/runs.ts';
import type { Alerts } from '../automations/alerts.ts';
import type { Chores } from '../chores.ts';
import type { Outbox } from '../connections/mail/outbox.ts';
import type { Schema } from '../database/schema.ts';
import type { Account, Mode } from '../tools/account.ts';
import type { Tool } from '../tools/tool.ts';
import { alertsName, alertWatch } from './alerts/alerts.ts';
import type { AlertFacts } from './alerts/facts.ts';
import { alertSettings } from './alerts/settings.ts';
import { alertTools } from './alerts/tools.ts';
import { disputes, disputesName } from './disputes/disputes.ts';
import { policyDocument } from './disputes/policies.ts';
import { dunning, dunningName } from './dunning/dunning.ts';
import { dunningMails, sendDunningMessage } from './dunning/send-message.ts';
import { dunningSettings } from './dunning/settings.ts';
import { createEngine, type Engine } from './engine.ts';
import { grace } from './grace/grace.ts';
import type { Deliveries } from './orders/deliveries.ts';
import { orders, ordersName } from './orders/orders.ts';
import { orderSettings } from './orders/settings.ts';
import { orderTools } from './orders/tools.ts';
import { payment } from './payment/payment.ts';
import type { Playbook, Surroundings } from './playbook.ts';
import type { Playbooks } from './playbooks.ts';
import { playbookTools } from './tools.ts';

/** What playbooks read beside the account. */
export interface PlaybookSources {
  readonly db: Kysely<Schema>;
  readonly deliveries: Pick<Deliveries, 'list'>;
  readonly alertFacts: AlertFacts;
  readonly outbox: Pick<Outbox, 'list' | 'lastTo'>;
}

export const createAllPlaybooks = ({
  db,
  deliveries,
  alertFacts,
  outbox,
}: PlaybookSources): readonly Playbook[] => [
  dunning({ lastMailTo: (id, address) => outbox.lastTo(address, dunningMails(id)) }),
  ...[payment, orders({ deliveries }), grace, alertWatch({ facts: alertFacts })],
  disputes({
    mailsTo: (to, connectionId) => outbox.list({ to, connectionId }, { limit: 100 }),
    policy: (connectionId, kind) => policyDocument(db, { playbook: disputesName, connectionId }, kind),
  }),
];

/** The tools that come with playbooks, for one connection. */
export function toolsOfPlaybooks(needs: {
  /** They open tools themselves, so they are there only later. */
  playbooks: () => Playbooks;
  outbox: Outbox;
  deliveries: Deliveries;
  alerts: Alerts;
  connectionId: string;
  of: { account: Account; mode: Mode; timeZone: string; read: Surroundings['read'] };
  now(): Date;
}): Tool[] {
  const { playbooks, outbox, deliveries, alerts, connectionId, of, now } = needs;
  const where = { connectionId, ...of };
  return [
    ...playbookTools({ playbooks, connectionId }),
    ...alertTools({
      ...{ alerts, connectionId },
      settings: async () => alertSettings.parse(await playbooks().settings(alertsName, connectionId)),
    }),
    ...orderTools({
      ...{ deliveries, where },
      settings: async () => orderSettings.parse(await playbooks().settings(ordersName, connectionId)),
      run: (id) => playbooks().run(id),
    }),
    sendDunningMessage({
      ...{ outbox, where, now },
      settings: async () => dunningSettings.parse(await playbooks().settings(dunningName, connectionId)),
    }),
  ];
}

/** Which secret a connection's orders are signed with. */
export async function orderSecretVersion(playbooks: Playbooks, connectionId: string): Promise<number> {
  return orderSettings.parse(await playbooks.settings(ordersName, connectionId)).secretVersion;
}

const wakeMs = 1_000;
const deliverMs = 1_000;
const lookMs = 30_000;

/** Lets playbooks begin and go on by themselves. */
export function startPlaybooks(
  needs: Parameters<typeof createEngine>[0] & {
    playbookRuns: Playbooks;
    deliveries: Deliveries;
    alerts: Alerts;
    chores: Chores;
    runs: Runs;
    changed(what: 'playbooks' | 'alerts'): Promise<void>;
  },
): Engine {
  const engine = createEngine(needs);
  const { chores, playbookRuns } = needs;
  chores.every(wakeMs, 'look after the runs of playbooks', () => engine.settle());
  chores.every(wakeMs, 'let playbooks go on', async () => {
    if ((await engine.wake()) > 0) await needs.changed('playbooks');
  });
  chores.every(deliverMs, 'tell fulfilment', () => needs.deliveries.deliver());
  chores.every(deliverMs, 'let people know', async () => {
    if ((await needs.alerts.tell()) > 0) await needs.changed('alerts');
  });
  chores.every(lookMs, 'let playbooks look', () => playbookRuns.look());
  return engine;
}
