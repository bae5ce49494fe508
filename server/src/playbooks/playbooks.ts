/** Playbooks on connections: their settings, what begins their runs, what they would do, and what they did. */
import type { Kysely } from 'kysely';
import type { z } from 'zod';
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
import { type Json, ToolError } from '../tools/tool.ts';
import { namedPlaybook, surroundingsOf } from './decider.ts';
import { type DryRun, dryRun } from './dry-run.ts';
import { type Playbook, schemaOf } from './playbook.ts';
import {
  findPlaybookRun,
  findSetup,
  getPlaybookRun,
  insertPlaybookRun,
  listPlaybookRuns,
  listSetups,
  type OutcomeSum,
  type PlaybookRun,
  type PlaybookSetup,
  playbooksUnderWay,
  sumOutcomes,
} from './rows.ts';
import { entriesOf } from './steps.ts';

/** A playbook as people see it. */
export interface PlaybookInfo {
  name: string;
  title: string;
  description: string;
  /** JSON Schema of its settings, with defaults and descriptions: a form is drawn from it. */
  settings: object;
  /** JSON Schema of what one run is about. */
  input: object;
  /** It begins by itself: on these events, and by looking. */
  events: readonly string[];
  looksEveryHours: number | null;
  setups: PlaybookSetup[];
  /** How its runs ended so far. */
  outcomes: OutcomeSum[];
  /** Outcomes in which it did what it is for. */
  successes: readonly string[];
}

/** One step of a run, for its history. */
export type PlaybookStep = {
  at: string;
  /** `decision`: what was decided and why; `call`: what came of it. */
  kind: 'decision' | 'call';
  text: string;
  tool: string | null;
  status: 'completed' | 'failed' | 'rejected' | null;
  operationId: string | null;
};

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

  async function infoOf(playbook: Playbook, connectionId?: string): Promise<PlaybookInfo> {
    const { name, title, description, events, looksEveryHours = null, successes } = playbook;
    const of = connectionId === undefined ? {} : { connectionId };
    const setups = await listSetups(db, { name, ...of });
    return {
      ...{ name, title, description, events, looksEveryHours, successes },
      ...{ settings: schemaOf(playbook.settings), input: schemaOf(playbook.input) },
      setups: setups.map(({ name: _, ...setup }) => ({
        ...setup,
        settings: withDefaults(playbook, setup.settings),
      })),
      outcomes: await sumOutcomes(db, { playbook: name, ...of }),
    };
  }

  /** Whose hand it writes with: as it was set up, or the connection's only agent. */
  async function agentFor(name: string, connectionId: string): Promise<string> {
    const setup = await findSetup(db, name, connectionId);
    if (setup) return setup.agent_id;
    const { agents } = await connections.get(connectionId);
    const [only, ...others] = agents;
    if (only && others.length === 0) return only.id;
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
    const agentId = await agentFor(name, connectionId);
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

  /** Takes one setup whose time to look has come, so that no other instance looks. */
  async function claimLook(): Promise<{ name: string; connectionId: string; settings: Json } | null> {
    const now = clock.now();
    return db.transaction().execute(async (trx) => {
      const due = await trx
        .selectFrom('playbooks')
        .innerJoin('connections', 'connections.id', 'playbooks.connection_id')
        .selectAll('playbooks')
        .where('enabled', '=', true)
        .where('look_at', '<=', now)
        .where('deleted_at', 'is', null)
        .orderBy('look_at')
        .limit(1)
        .forUpdate('playbooks')
        .skipLocked()
        .executeTakeFirst();
      if (!due) return null;
      await trx
        .updateTable('playbooks')
        .set({ look_at: nextLook(named(due.name), now) })
        .where('name', '=', due.name)
        .where('connection_id', '=', due.connection_id)
        .execute();
      return { name: due.name, connectionId: due.connection_id, settings: due.settings };
    });
  }

  const playbooks: Playbooks = {
    list: (connectionId) => Promise.all(needs.playbooks.map((each) => infoOf(each, connectionId))),

    async get(name, connectionId) {
      return infoOf(named(name), connectionId);
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
      const [setup] = (await infoOf(playbook, connectionId)).setups;
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
        const start = { ...where, settings, input, startedAt: where.now };
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
      for (let due = await claimLook(); due; due = await claimLook()) {
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
      name: 'playbooks',
      types: async () => [...new Set(needs.playbooks.flatMap(({ events }) => events))],
      async handle(event) {
        const setups = await listSetups(db, { connectionId: event.connectionId });
        for (const playbook of needs.playbooks) {
          if (!playbook.events.includes(event.type)) continue;
          await hear(
            playbook,
            setups.find(({ name }) => name === playbook.name),
            event,
          );
        }
      },
    },
  };
  return playbooks;
}

const firstLook = ({ looksEveryHours }: Playbook, now: Date) => (looksEveryHours ? now : null);
const nextLook = ({ looksEveryHours }: Playbook, now: Date) =>
  looksEveryHours ? new Date(now.getTime() + looksEveryHours * 3_600_000) : null;

/** Settings as they hold: with the defaults of what nobody set. */
function withDefaults(playbook: Playbook, settings: Json): Json {
  const parsed = playbook.settings.safeParse(settings);
  return parsed.success ? (parsed.data as Json) : settings;
}

/** @throws Problem 422 that names each field */
function checked(schema: z.ZodType<unknown>, given: unknown, path: string): unknown {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw invalidInput(
    parsed.error.issues.map((issue) => ({ path: [path, ...issue.path].join('.'), message: issue.message })),
  );
}

/** What the account refuses, as the API says it. */
async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const detail = [error.message, error.next].filter(Boolean).join(' ');
    throw new Problem({
      status: error.code === 'not_found' ? 422 : 502,
      code: error.code,
      title: 'The account could not be read',
      detail,
      cause: error,
    });
  }
}

async function mustBeAttached(db: Kysely<Schema>, agentId: string, connectionId: string): Promise<void> {
  const attached = await db
    .selectFrom('agent_connections')
    .innerJoin('agents', 'agents.id', 'agent_connections.agent_id')
    .select('agents.id')
    .where('agents.id', '=', agentId)
    .where('agents.deleted_at', 'is', null)
    .where('connection_id', '=', connectionId)
    .executeTakeFirst();
  if (!attached)
    throw invalidInput([{ path: 'agentId', message: 'Choose an agent that uses this connection.' }]);
}

function historyOf(entry: Awaited<ReturnType<typeof readEntries>>[number]): PlaybookStep[] {
  const at = entry.at.toISOString();
  if (entry.kind === 'model')
    return [{ at, kind: 'decision', text: entry.content.text, tool: null, status: null, operationId: null }];
  if (entry.kind !== 'tool') return [];
  const { name: tool, result, operationId = null } = entry.content;
  const text =
    result.status === 'completed'
      ? result.summary
      : result.status === 'rejected'
        ? result.reason
        : result.error.message;
  return [{ at, kind: 'call', text, tool, status: result.status, operationId }];
}
