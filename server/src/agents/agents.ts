import { type Kysely, sql } from 'kysely';
import { jsonb } from '../database/json.ts';
import type { Schema } from '../database/schema.ts';
import type { Policy } from '../guard/policy.ts';
import { newId } from '../ids.ts';
import { conflict, notFound } from '../problem.ts';
import type { Account, Mode } from '../tools/account.ts';
import { copyDocuments } from './knowledge/copy.ts';
import type { AgentLimits } from './limits.ts';

export interface Agent {
  id: string;
  name: string;
  description: string;
  instructions: string;
  /** null: the workspace's default. */
  model: string | null;
  /** What its models may use in a day. */
  limits: AgentLimits;
  /** Counts its changes; GET /api/agents/{id}/versions tells them. */
  version: number;
  connections: AgentConnection[];
  threadCount: number;
  createdAt: string;
  updatedAt: string;
}

/** What an agent can reach, and under which policy. */
export interface AgentConnection {
  connectionId: string;
  type: string;
  name: string;
  mode: Mode;
  account: Account;
  policy: Policy;
  /** The kind of work it is meant for there: which tools it carries. */
  preset: string;
  /** It has these tools in every thread; null: an account that threads are about. */
  beside: string | null;
}

export interface AgentFields {
  name: string;
  description?: string;
  instructions?: string;
  model?: string | null;
  limits?: AgentLimits;
}

/** Who makes or changes an agent; without, Purser itself. */
type Author = Readonly<Record<'type' | 'id' | 'name', string>>;

export async function createAgent(db: Kysely<Schema>, fields: AgentFields, by?: Author): Promise<Agent> {
  const id = newId('agt');
  await db
    .insertInto('agents')
    .values({ id, ...columnsOf(fields, by) })
    .execute();
  return getAgent(db, id);
}

/** The same agent once more, with its connections, policies and documents. @throws Problem 404 */
export async function duplicateAgent(
  db: Kysely<Schema>,
  id: string,
  name: string | undefined,
  by: Author,
): Promise<Agent> {
  const agent = await getAgent(db, id);
  const { description, instructions, model, limits } = agent;
  const fields = {
    name: name ?? `${agent.name.slice(0, 110)} (copy)`,
    description,
    instructions,
    model,
    limits,
  };
  return db.transaction().execute(async (trx) => {
    const copy = await createAgent(trx, fields, by);
    await sql`insert into agent_connections (agent_id, connection_id, policy, preset, attached_at)
      select ${copy.id}, connection_id, policy, preset, attached_at from agent_connections where agent_id = ${id}`.execute(
      trx,
    );
    await copyDocuments(trx, { from: id, to: copy.id });
    return getAgent(trx, copy.id);
  });
}

function columnsOf<Fields extends Partial<AgentFields>>(
  { limits, ...fields }: Fields,
  by: Author | undefined,
) {
  return { ...fields, ...(limits && { limits: jsonb(limits) }), ...(by && { changed_by: jsonb(by) }) };
}

/** Oldest first. `after` is the last id of the page before. */
export async function listAgents(
  db: Kysely<Schema>,
  page: { limit: number; after?: string },
): Promise<Agent[]> {
  let query = db
    .selectFrom('agents')
    .selectAll('agents')
    .select((select) =>
      select
        .selectFrom('threads')
        .select((count) => count.fn.countAll<string>().as('count'))
        .whereRef('threads.agent_id', '=', 'agents.id')
        .where('threads.deleted_at', 'is', null)
        .as('thread_count'),
    )
    .where('deleted_at', 'is', null);
  if (page.after) {
    const { after } = page;
    query = query.where((where) =>
      where(
        'created_at',
        '>',
        where.selectFrom('agents as last').select('last.created_at').where('last.id', '=', after),
      ),
    );
  }
  const rows = await query.orderBy('created_at').orderBy('id').limit(page.limit).execute();
  const connections = await attachedTo(
    db,
    rows.map((row) => row.id),
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    description: row.description,
    instructions: row.instructions,
    model: row.model,
    limits: row.limits as unknown as AgentLimits,
    version: row.version,
    connections: connections.get(row.id) ?? [],
    threadCount: Number(row.thread_count ?? 0),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }));
}

/** @throws Problem 404 when there is none, or it was deleted. */
export async function getAgent(db: Kysely<Schema>, id: string): Promise<Agent> {
  const row = await db
    .selectFrom('agents')
    .selectAll()
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (!row) throw notFound('agent', id);
  const { count } = await db
    .selectFrom('threads')
    .select((select) => select.fn.countAll<string>().as('count'))
    .where('agent_id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow();
  const connections = await attachedTo(db, [id]);
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    instructions: row.instructions,
    model: row.model,
    limits: row.limits as unknown as AgentLimits,
    version: row.version,
    connections: connections.get(id) ?? [],
    threadCount: Number(count),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

/** @throws Problem 404. */
export async function updateAgent(
  db: Kysely<Schema>,
  id: string,
  fields: Partial<AgentFields>,
  by?: Author,
): Promise<Agent> {
  const updated = await db
    .updateTable('agents')
    .set({ ...columnsOf(fields, by), updated_at: new Date() })
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (updated.numUpdatedRows === 0n) throw notFound('agent', id);
  return getAgent(db, id);
}

/** Its threads stay to be read. @throws Problem 404; 409 while one of its threads is at work. */
export async function deleteAgent(db: Kysely<Schema>, id: string): Promise<void> {
  const active = await db
    .selectFrom('runs')
    .select('thread_id')
    .where('agent_id', '=', id)
    .where('status', 'in', ['queued', 'running', 'awaiting_approval'])
    .executeTakeFirst();
  if (active) {
    throw conflict(
      'agent_busy',
      `Its thread ${active.thread_id} is running or waits for an approval: stop that first.`,
    );
  }
  const deleted = await db
    .updateTable('agents')
    .set({ deleted_at: new Date() })
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (deleted.numUpdatedRows === 0n) throw notFound('agent', id);
}

/** Attaching again replaces what is given. @throws Problem 404 for an unknown agent or connection. */
export async function attachConnection(
  db: Kysely<Schema>,
  agentId: string,
  connectionId: string,
  { policy, preset }: { policy?: Policy; preset?: string } = {},
): Promise<Agent> {
  await getAgent(db, agentId);
  const connection = await db
    .selectFrom('connections')
    .select(['id', 'beside'])
    .where('id', '=', connectionId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  if (!connection) throw notFound('connection', connectionId);
  await mustBeOnly(db, agentId, connection);
  const given = { ...(policy && { policy: jsonb(policy) }), ...(preset && { preset }) };
  await db
    .insertInto('agent_connections')
    .values({ agent_id: agentId, connection_id: connectionId, ...given })
    .onConflict((conflict) => {
      const known = conflict.columns(['agent_id', 'connection_id']);
      return policy || preset ? known.doUpdateSet(given) : known.doNothing();
    })
    .execute();
  return getAgent(db, agentId);
}

/** Two of one family would have tools of the same names. @throws Problem 409 */
async function mustBeOnly(
  db: Kysely<Schema>,
  agentId: string,
  { id, beside }: { id: string; beside: string | null },
): Promise<void> {
  if (beside === null) return;
  const other = await db
    .selectFrom('agent_connections')
    .innerJoin('connections', 'connections.id', 'connection_id')
    .select('name')
    .where('agent_id', '=', agentId)
    .where('deleted_at', 'is', null)
    .where('beside', '=', beside)
    .where('connections.id', '<>', id)
    .executeTakeFirst();
  if (!other) return;
  throw conflict(
    'connection_of_a_kind',
    `This agent has ${other.name} already, whose tools have the same names. Detach that first, or make another agent for this one.`,
  );
}

/** @throws Problem 404 when it was not attached. */
export async function detachConnection(
  db: Kysely<Schema>,
  agentId: string,
  connectionId: string,
): Promise<void> {
  const removed = await db
    .deleteFrom('agent_connections')
    .where('agent_id', '=', agentId)
    .where('connection_id', '=', connectionId)
    .executeTakeFirst();
  if (removed.numDeletedRows === 0n) throw notFound('connection', connectionId);
}

async function attachedTo(db: Kysely<Schema>, agentIds: string[]): Promise<Map<string, AgentConnection[]>> {
  const byAgent = new Map<string, AgentConnection[]>();
  if (agentIds.length === 0) return byAgent;
  const rows = await db
    .selectFrom('agent_connections')
    .innerJoin('connections', 'connections.id', 'agent_connections.connection_id')
    .select(['agent_id', 'connection_id', 'type', 'name', 'mode', 'account', 'policy', 'preset', 'beside'])
    .where('agent_id', 'in', agentIds)
    .where('deleted_at', 'is', null)
    .orderBy('attached_at')
    .execute();
  for (const row of rows) {
    const attached = byAgent.get(row.agent_id) ?? [];
    byAgent.set(row.agent_id, attached);
    attached.push({
      connectionId: row.connection_id,
      type: row.type,
      name: row.name,
      mode: row.mode,
      account: row.account as unknown as Account,
      policy: row.policy as unknown as Policy,
      preset: row.preset,
      beside: row.beside,
    });
  }
  return byAgent;
}
