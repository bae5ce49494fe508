/** Playbooks on connections: their settings, what begins their runs, what they would do, and what they did. */
import type { Kysely } from 'kysely';
import { readEntries } from '../agents/journal.ts';
import type { Actor, Audit } from '../audit/audit.ts';
import { systemActor } from '../audit/audit.ts';
import type { EventHandler, StoredEvent } from '../automations/dispatch.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import type { Connections } from '../connections/connections.ts';
import { jsonb } from '../database/json.ts';
import type { Schema } from '../database/schema.ts';
import type { OpenTool } from '../guard/reconcile.ts';
import { newId } from '../ids.ts';
import type { Log } from '../log.ts';
import { conflict, invalidInput, notFound, Problem } from '../problem.ts';
import type { Json } from '../tools/tool.ts';
import { namedPlaybook, surroundingsOf } from './decider.ts';
import { type DryRun, dryRun } from './dry-run.ts';
import { historyOf, type PlaybookStep } from './history.ts';
import { infoOf, type PlaybookInfo } from './info.ts';
import { claimLook, firstLook } from './looks.ts';
import type { Playbook } from './playbook.ts';
import { checked, explained, mustBeAttached } from './refusals.ts';
import {
  findPlaybookRun,
  findSetup,
  getPlaybookRun,
  insertPlaybookRun,
  listPlaybookRuns,
  listSetups,
  type PlaybookRun,
  type PlaybookSetup,
  playbooksUnderWay,
} from './rows.ts';
import { entriesOf } from './steps.ts';

export interface SetupChange {
  agentId?: string | undefined;
  enabled?: boolean | undefined;
  settings?: unknown;
}

export interface Playbooks {
  list(connectionId?: string): Promise<PlaybookInfo[]>;
  /** @throws Problem 404 */
  get(name: string, connectionId?: string): Promise<PlaybookInfo>;
  /** What a connection's playbook is set to; what nobody set has its default. @throws Problem 404 */
  settings(name: string, connectionId: string): Promise<unknown>;
  /** Sets one up, switches it on or off, changes its settings. @throws Problem 404, 409, 422 */
  set(name: string, connectionId: string, change: SetupChange, by: Actor): Promise<PlaybookSetup>;
  /** What it would do now, for one input or for all that it finds, doing nothing. @throws Problem 404, 422 */
  dryRun(
    name: string,
    connectionId: string,
    given: { settings?: unknown; input?: unknown },
  ): Promise<DryRun[]>;
  /**
   * Begins a run about `input`, once: `key` tells one start from another where the input does not.
   * @throws Problem 404, 409, 422
   */
  begin(
    name: string,
    connectionId: string,
    start: { input: unknown; key?: string | undefined; by: Actor },
  ): Promise<PlaybookRun>;
  /** Begins runs about all that it finds now. @returns those that are new */
  beginAll(name: string, connectionId: string, by: Actor): Promise<PlaybookRun[]>;
  find(of: { name: string; connectionId: string; subject: string }): Promise<PlaybookRun | undefined>;
  /** Looks for what no event told, where it is time to. */
  look(): Promise<void>;
  runs: typeof listPlaybookRuns extends (db: never, ...rest: infer Rest) => infer Result
    ? (...rest: Rest) => Result
    : never;
  /** @throws Problem 404 */
  run(id: string): Promise<PlaybookRun & { steps: PlaybookStep[] }>;
  /** Event types that playbooks listen for, on one connection or on any. */
  wantedEvents(connectionId?: string): Promise<string[]>;
  readonly handler: EventHandler;
}

export interface PlaybooksNeeds {
  db: Kysely<Schema>;
  audit: Audit;
  clock: Clock;
  log: Log;
  connections: Connections;
  openTool: OpenTool;
  playbooks: readonly Playbook[];
}

const mostDryRuns = 20;

export function createPlaybooks(needs: PlaybooksNeeds): Playbooks {
  const { db, audit, clock, log, connections, openTool } = needs;
  const named = (name: string) => namedPlaybook(needs.playbooks, name);

  /**
   * Whose hand it writes with: as it was set up, or the connection's only agent. Where several use it, what is to go on by
   * itself needs a choice; a run that somebody begins takes the one that was attached first.
   */
  async function agentFor(name: string, connectionId: string, forRun = false): Promise<string> {
    const setup = await findSetup(db, name, connectionId);
    if (setup) return setup.agent_id;
    const { agents } = await connections.get(connectionId);
    const [only, ...others] = agents;
    if (only && (forRun || others.length === 0)) return only.id;
    throw conflict(
      'playbook_not_set_up',
      only
        ? 'Several agents use this connection: set the playbook up with the one whose policy it works under.'
        : 'No agent uses this connection: attach one, and set the playbook up with it.',
    );
  }

  async function beginRun(
    playbook: Playbook,
    connectionId: string,
    start: { input: unknown; key?: string | undefined; by: Actor },
  ): Promise<{ run: PlaybookRun; isNew: boolean }> {
    const { name, title } = playbook;
    const input = checked(playbook.input, start.input, 'input');
    const agentId = await agentFor(name, connectionId, true);
    const subject = playbook.subjectOf(input) ?? start.key ?? newId('start');
    const id = await db.transaction().execute(async (trx) => {
      const made = await insertPlaybookRun(trx, {
        ...{ playbook: name, connectionId, agentId, subject, input, by: start.by, now: clock.now() },
        title: `${title}: ${playbook.titleOf(input)}`,
      });
      const details = { playbook: name, connectionId, about: subject };
      if (made)
        await audit.record({ actor: start.by, action: 'playbook_run.started', subject: made, details }, trx);
      return made;
    });
    const run = await findPlaybookRun(db, { playbook: name, connectionId, subject });
    if (!run) throw new Error(`The run about ${subject} was not kept.`);
    if (start.key === subject && canonicalJson(run.input) !== canonicalJson(input as Json))
      throw conflict('idempotency_key_reused', 'This Idempotency-Key began another run: use a new one.');
    return { run, isNew: id !== null };
  }

  async function findInputs(playbook: Playbook, connectionId: string, settings: unknown): Promise<unknown[]> {
    if (!playbook.find)
      throw invalidInput([
        { path: 'input', message: 'Say what the run is about: this playbook finds nothing by itself.' },
      ]);
    return explained(playbook.find(await surroundingsOf(needs, connectionId), settings));
  }

  async function settingsOf(playbook: Playbook, connectionId: string, given?: unknown): Promise<unknown> {
    if (given !== undefined) return checked(playbook.settings, given, 'settings');
    return (await findSetup(db, playbook.name, connectionId))?.settings ?? {};
  }

  /** Begins what an event begins, where the playbook is on, and wakes what waits for it. */
  async function hear(playbook: Playbook, setup: PlaybookSetup | undefined, event: StoredEvent) {
    const heard = playbook.heard(event, setup?.settings ?? {});
    if (!heard) return;
    const { connectionId } = event;
    const { subject, begins } = heard;
    if (begins !== undefined && setup?.enabled) {
      const { isNew } = await beginRun(playbook, connectionId, { input: begins, by: systemActor });
      if (isNew) return;
    }
    await db
      .updateTable('playbook_runs')
      .set((row) => ({ pokes: row('pokes', '+', 1) }))
      .where('playbook', '=', playbook.name)
      .where('connection_id', '=', connectionId)
      .where((where) => where.or([where('subject', '=', subject), where('waits_on', '=', subject)]))
      .where('state', 'in', ['working', 'waiting'])
      .execute();
  }

  const playbooks: Playbooks = {
    list: (connectionId) => Promise.all(needs.playbooks.map((each) => infoOf(db, each, connectionId))),

    async get(name, connectionId) {
      return infoOf(db, named(name), connectionId);
    },

    settings: async (name, connectionId) => settingsOf(named(name), connectionId),

    async set(name, connectionId, change, by) {
      const playbook = named(name);
      await connections.reader(connectionId);
      const before = await findSetup(db, name, connectionId);
      const settings =
        change.settings === undefined
          ? (before?.settings ?? {})
          : checked(playbook.settings, change.settings, 'settings');
      const agentId = change.agentId ?? (await agentFor(name, connectionId));
      await mustBeAttached(db, agentId, connectionId);
      const enabled = change.enabled ?? before?.enabled ?? false;
      const now = clock.now();
      const look_at = enabled ? (before?.enabled ? before.look_at : firstLook(playbook, now)) : null;
      const values = { agent_id: agentId, enabled, settings: jsonb(settings), look_at, updated_at: now };
      await db.transaction().execute(async (trx) => {
        await trx
          .insertInto('playbooks')
          .values({ name, connection_id: connectionId, ...values })
          .onConflict((known) => known.columns(['name', 'connection_id']).doUpdateSet(values))
          .execute();
        const details = { connectionId, agentId, enabled, settings };
        await audit.record({ actor: by, action: 'playbook.set', subject: name, details }, trx);
      });
      const [setup] = (await infoOf(db, playbook, connectionId)).setups;
      if (!setup) throw new Error(`The playbook ${name} was not kept.`);
      return setup;
    },

    async dryRun(name, connectionId, given) {
      const playbook = named(name);
      const settings = await settingsOf(playbook, connectionId, given.settings);
      const inputs =
        given.input === undefined
          ? await findInputs(playbook, connectionId, settings)
          : [checked(playbook.input, given.input, 'input')];
      const where = await surroundingsOf(needs, connectionId);
      const runs = [];
      for (const input of inputs.slice(0, mostDryRuns)) {
        const start = { ...where, id: '', asked: [], settings, input, startedAt: where.now };
        runs.push(await explained(dryRun(playbook, start, openTool)));
      }
      return runs;
    },

    async begin(name, connectionId, start) {
      return (await beginRun(named(name), connectionId, start)).run;
    },

    async beginAll(name, connectionId, by) {
      const playbook = named(name);
      const settings = await settingsOf(playbook, connectionId);
      const begun = [];
      for (const input of await findInputs(playbook, connectionId, settings)) {
        const { run, isNew } = await beginRun(playbook, connectionId, { input, by });
        if (isNew) begun.push(run);
      }
      return begun;
    },

    find: ({ name, ...of }) => findPlaybookRun(db, { playbook: name, ...of }),

    async look() {
      const claim = () => claimLook(db, needs.playbooks, clock.now());
      for (let due = await claim(); due; due = await claim()) {
        const { name, connectionId } = due;
        try {
          await this.beginAll(name, connectionId, systemActor);
        } catch (error) {
          if (!(error instanceof Problem)) throw error;
          log.warn({ playbook: name, connectionId, why: error.detail }, 'A playbook could not look');
        }
      }
    },

    runs: (filter, page) => listPlaybookRuns(db, filter, page),

    async run(id) {
      const run = await getPlaybookRun(db, id);
      if (!run) throw notFound('playbook run', id);
      const entries = entriesOf(await readEntries(db, { threadId: run.threadId }), id);
      return { ...run, steps: entries.flatMap(historyOf) };
    },

    async wantedEvents(connectionId) {
      const setups = await listSetups(db, { enabled: true, ...(connectionId && { connectionId }) });
      const open = await playbooksUnderWay(db, connectionId);
      const names = new Set([...setups.map(({ name }) => name), ...open]);
      return [...new Set([...names].flatMap((name) => named(name).events))];
    },

    handler: {
      async prepare() {
        const setups = await listSetups(db, {});
        return async (event) => {
          const here = setups.filter(({ connectionId }) => connectionId === event.connectionId);
          for (const playbook of needs.playbooks) {
            if (!playbook.events.includes(event.type)) continue;
            const setup = here.find(({ name }) => name === playbook.name);
            await hear(playbook, setup, event);
          }
        };
      },
    },
  };
  return playbooks;
}
