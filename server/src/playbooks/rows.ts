/** The rows of playbooks and their runs. */
import { money, toDecimal } from '@purser/money';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { playbookRunPrefix } from '../agents/script.ts';
import type { RunStatus } from '../agents/transcript.ts';
import type { Actor } from '../audit/audit.ts';
import { jsonb } from '../database/json.ts';
import type { PlaybookRunState, PlaybookRunsTable, PlaybooksTable, Schema } from '../database/schema.ts';
import { newId } from '../ids.ts';
import type { Json } from '../tools/tool.ts';
import type { AskedOfRun, Standing } from './playbook.ts';

export type { PlaybookRunState };
export type RunRow = Selectable<PlaybookRunsTable>;

/** A playbook on one connection, as people see it. */
export interface PlaybookSetup {
  connectionId: string;
  /** Whose policy, budgets and halts hold for what it writes. */
  agentId: string;
  agentName: string;
  enabled: boolean;
  settings: Json;
  updatedAt: string;
}

/** One run, as people see it. */
export interface PlaybookRun {
  id: string;
  playbook: string;
  connectionId: string;
  /** `in_…`, a day: what it is about. */
  subject: string;
  title: string;
  input: Json;
  state: PlaybookRunState;
  /** It waits for somebody's approval in the inbox. */
  awaitingApproval: boolean;
  threadId: string;
  /** When it goes on by itself. */
  wakeAt: string | null;
  outcome: string | null;
  amount: { decimal: string; currency: string } | null;
  problem: string | null;
  /** Where it stands, as its playbook says: a stage, and facts by name. */
  standing: Standing | null;
  /** What people asked of it while it was under way, oldest first. */
  asked: readonly AskedOfRun[];
  startedBy: string;
  startedAt: string;
  finishedAt: string | null;
}

export async function findSetup(
  db: Kysely<Schema>,
  name: string,
  connectionId: string,
): Promise<Selectable<PlaybooksTable> | undefined> {
  return db
    .selectFrom('playbooks')
    .selectAll()
    .where('name', '=', name)
    .where('connection_id', '=', connectionId)
    .executeTakeFirst();
}

/** Those of one playbook, or all. */
export async function listSetups(
  db: Kysely<Schema>,
  filter: { name?: string; connectionId?: string; enabled?: true },
): Promise<(PlaybookSetup & { name: string })[]> {
  let query = db
    .selectFrom('playbooks')
    .innerJoin('agents', 'agents.id', 'playbooks.agent_id')
    .innerJoin('connections', 'connections.id', 'playbooks.connection_id')
    .selectAll('playbooks')
    .select('agents.name as agent_name')
    .where('connections.deleted_at', 'is', null);
  if (filter.name) query = query.where('playbooks.name', '=', filter.name);
  if (filter.connectionId) query = query.where('playbooks.connection_id', '=', filter.connectionId);
  if (filter.enabled) query = query.where('playbooks.enabled', '=', true);
  const rows = await query.orderBy('playbooks.name').orderBy('playbooks.connection_id').execute();
  return rows.map((row) => ({
    name: row.name,
    connectionId: row.connection_id,
    agentId: row.agent_id,
    agentName: row.agent_name,
    enabled: row.enabled,
    settings: row.settings,
    updatedAt: row.updated_at.toISOString(),
  }));
}

/** Names of those that have a run which has not ended. */
export async function playbooksUnderWay(db: Kysely<Schema>, connectionId?: string): Promise<string[]> {
  let query = db
    .selectFrom('playbook_runs')
    .select('playbook')
    .distinct()
    .where('state', 'in', ['working', 'waiting']);
  if (connectionId) query = query.where('connection_id', '=', connectionId);
  return (await query.execute()).map(({ playbook }) => playbook);
}

/**
 * Keeps a new run with the thread it will be told in; it is due at once.
 * @returns its id; null where there is one about that already
 */
export async function insertPlaybookRun(
  trx: Transaction<Schema>,
  run: {
    playbook: string;
    connectionId: string;
    agentId: string;
    subject: string;
    input: unknown;
    title: string;
    by: Actor;
    now: Date;
  },
): Promise<string | null> {
  const { playbook, connectionId, agentId, subject, input, title, by, now } = run;
  const [id, threadId] = [newId(playbookRunPrefix), newId('thr')];
  await trx
    .insertInto('threads')
    .values({
      ...{ id: threadId, agent_id: agentId, connection_id: connectionId, title, title_by: 'person' as const },
      ...{ created_by: id, read_at: now },
    })
    .execute();
  const inserted = await trx
    .insertInto('playbook_runs')
    .values({
      ...{
        id,
        playbook,
        connection_id: connectionId,
        subject,
        input: jsonb(input),
        state: 'waiting' as const,
      },
      ...{ thread_id: threadId, wake_at: now, started_by: jsonb(by), started_at: now },
    })
    .onConflict((known) => known.columns(['playbook', 'connection_id', 'subject']).doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 1n) return id;
  await trx.deleteFrom('threads').where('id', '=', threadId).execute();
  return null;
}

function selectRuns(db: Kysely<Schema>) {
  return db
    .selectFrom('playbook_runs')
    .innerJoin('threads', 'threads.id', 'playbook_runs.thread_id')
    .leftJoin('runs', 'runs.id', 'playbook_runs.run_id')
    .selectAll('playbook_runs')
    .select(['threads.title', 'runs.status as turn_status']);
}

export async function getPlaybookRun(db: Kysely<Schema>, id: string): Promise<PlaybookRun | undefined> {
  const row = await selectRuns(db).where('playbook_runs.id', '=', id).executeTakeFirst();
  return row && toRun(row);
}

export async function findPlaybookRun(
  db: Kysely<Schema>,
  of: { playbook: string; connectionId: string; subject: string },
): Promise<PlaybookRun | undefined> {
  const row = await selectRuns(db)
    .where('playbook', '=', of.playbook)
    .where('playbook_runs.connection_id', '=', of.connectionId)
    .where('subject', '=', of.subject)
    .executeTakeFirst();
  return row && toRun(row);
}

/** Newest first; `before` is the last id of the page before. */
export async function listPlaybookRuns(
  db: Kysely<Schema>,
  filter: {
    playbook?: string | undefined;
    connectionId?: string | undefined;
    state?: PlaybookRunState | undefined;
    /** Its outcome, or before it has one the stage it stands at. */
    status?: string | undefined;
  },
  page: { limit: number; before?: string | undefined },
): Promise<PlaybookRun[]> {
  let query = selectRuns(db);
  if (filter.playbook) query = query.where('playbook', '=', filter.playbook);
  if (filter.connectionId) query = query.where('playbook_runs.connection_id', '=', filter.connectionId);
  if (filter.state) query = query.where('state', '=', filter.state);
  if (filter.status)
    query = query.where(sql<boolean>`coalesce(outcome, standing->>'stage') = ${filter.status}`);
  if (page.before)
    query = query.where(
      sql<boolean>`(playbook_runs.started_at, playbook_runs.id) < (
        select started_at, id from playbook_runs where id = ${page.before})`,
    );
  const rows = await query
    .orderBy('playbook_runs.started_at', 'desc')
    .orderBy('playbook_runs.id', 'desc')
    .limit(page.limit)
    .execute();
  return rows.map(toRun);
}

function toRun(row: RunRow & { title: string; turn_status: RunStatus | null }): PlaybookRun {
  const { amount_minor: minor, currency } = row;
  return {
    id: row.id,
    playbook: row.playbook,
    connectionId: row.connection_id,
    subject: row.subject,
    title: row.title,
    input: row.input,
    state: row.state,
    awaitingApproval: row.state === 'working' && row.turn_status === 'awaiting_approval',
    threadId: row.thread_id,
    wakeAt: row.wake_at?.toISOString() ?? null,
    outcome: row.outcome,
    amount:
      minor !== null && currency !== null
        ? { decimal: toDecimal(money(BigInt(minor), currency)), currency }
        : null,
    problem: row.problem,
    standing: row.standing as Standing | null,
    asked: row.asked as unknown as AskedOfRun[],
    startedBy: (row.started_by as unknown as Actor).name,
    startedAt: row.started_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}

export interface OutcomeSum {
  outcome: string;
  count: number;
  /** What they moved, by currency. */
  amounts: { decimal: string; currency: string }[];
}

/** How runs ended, and what that moved: what a playbook is worth. */
export async function sumOutcomes(
  db: Kysely<Schema>,
  filter: { playbook: string; connectionId?: string | undefined },
): Promise<OutcomeSum[]> {
  let query = db
    .selectFrom('playbook_runs')
    .select(['outcome', 'currency'])
    .select(({ fn }) => [fn.countAll<string>().as('count'), fn.sum<string>('amount_minor').as('minor')])
    .where('playbook', '=', filter.playbook)
    .where('outcome', 'is not', null);
  if (filter.connectionId) query = query.where('connection_id', '=', filter.connectionId);
  const rows = await query.groupBy(['outcome', 'currency']).orderBy('outcome').orderBy('currency').execute();
  const sums = new Map<string, OutcomeSum>();
  for (const { outcome, currency, count, minor } of rows) {
    if (outcome === null) continue;
    const sum = sums.get(outcome) ?? { outcome, count: 0, amounts: [] };
    sum.count += Number(count);
    if (currency !== null && minor !== null)
      sum.amounts.push({ decimal: toDecimal(money(BigInt(minor), currency)), currency });
    sums.set(outcome, sum);
  }
  return [...sums.values()];
}
