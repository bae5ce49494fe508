/** What works while nobody is looking, put together: events come in, are handed out, and tasks begin. */
import type { Kysely } from 'kysely';
import type { Runs } from '../agents/runs.ts';
import type { Told } from '../agents/told.ts';
import type { Actor, Audit } from '../audit/audit.ts';
import type { Chores } from '../chores.ts';
import type { Clock } from '../clock.ts';
import type { Connections } from '../connections/connections.ts';
import type { Schema } from '../database/schema.ts';
import type { Log } from '../log.ts';
import type { Vault } from '../secrets/vault.ts';
import type { Alerts } from './alerts.ts';
import { type Announcements, createAnnouncements } from './announcements.ts';
import { createDispatcher, type Dispatcher, type EventHandler, type StoredEvent } from './dispatch.ts';
import { createEventList, type EventList } from './event-list.ts';
import { createIntake } from './intake.ts';
import { createPolling } from './polling.ts';
import { tellFailedTasks } from './task-failures.ts';
import { createTasks, type Tasks } from './tasks.ts';
import { createWebhooks, type Webhooks } from './webhooks.ts';

export interface Automations {
  readonly webhooks: Webhooks;
  readonly events: EventList & Pick<Dispatcher, 'replay'>;
  readonly tasks: Tasks;
  readonly announcements: Announcements;
}

/** Somebody beside tasks who waits for events. */
export interface Listener extends EventHandler {
  /** Event types it waits for, on one connection or on any. */
  wanted(connectionId?: string): Promise<readonly string[]>;
}

const dispatchMs = 500;
const tickMs = 1_000;
const failuresMs = 10_000;
const stepMs = 30_000;
const pollMs = 5_000;
const forgetMs = 3_600_000;
const announceMs = 1_000;

export function startAutomations(needs: {
  db: Kysely<Schema>;
  vault: Vault;
  audit: Audit;
  clock: Clock;
  log: Log;
  chores: Chores;
  connections: Connections;
  runs: Runs;
  defaultModel: string;
  publicUrl: string | null;
  alerts: Alerts;
  tell(event: StoredEvent): Told;
  /** Where whoever made a task reads mail; null: nowhere. */
  addressOf(maker: Actor): Promise<string | null>;
  listeners: readonly Listener[];
}): Automations {
  const { db, clock, log, chores, connections, listeners } = needs;
  const intake = createIntake(db);
  const tasks = createTasks(needs);
  const dispatcher = createDispatcher({ db, clock, log, handlers: [tasks.handler, ...listeners] });
  const wanted = async (connectionId?: string) => {
    const each = listeners.map((listener) => listener.wanted(connectionId));
    return [...new Set([...(await tasks.wantedEvents(connectionId)), ...(await Promise.all(each)).flat()])];
  };
  const list = createEventList(db);
  const webhooks = createWebhooks({ ...needs, intake, wanted });
  const isWanted = async (connectionId: string) => (await wanted(connectionId)).length > 0;
  const polling = createPolling({ db, clock, log, connections, intake, isWanted });
  chores.every(dispatchMs, 'handle events', () => dispatcher.run());
  chores.every(tickMs, 'begin tasks that are due', () => tasks.tick());
  chores.every(failuresMs, 'tell of tasks that failed', () =>
    tellFailedTasks(db, needs.alerts, { now: clock.now(), addressOf: needs.addressOf }),
  );
  chores.every(stepMs, 'keep webhooks in step', () => webhooks.keepInStep());
  chores.every(pollMs, 'read the events list', () => polling.run());
  chores.every(forgetMs, 'forget old events', () => list.forgetOld(clock.now()));
  const announcements = createAnnouncements(needs);
  chores.every(announceMs, 'tell outside what happened', async () => {
    await announcements.collect();
    await announcements.deliver();
  });
  return {
    webhooks,
    tasks,
    announcements,
    events: { ...list, replay: (id, event) => dispatcher.replay(id, event) },
  };
}
