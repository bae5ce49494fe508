/** What an agent was, each time it changed. The database writes the versions; here they are read, compared and restored. */
import { type Kysely, type Selectable, sql } from 'kysely';
import { jsonb } from '../database/json.ts';
import type { AgentVersionsTable, Schema } from '../database/schema.ts';
import { notFound } from '../problem.ts';
import { type Agent, getAgent } from './agents.ts';
import type { AgentLimits } from './limits.ts';
import { type DiffLine, diffLines } from './line-diff.ts';

export interface AgentVersion {
  version: number;
  name: string;
  description: string;
  instructions: string;
  model: string | null;
  limits: AgentLimits;
  changedBy: string;
  changedAt: string;
}

export interface VersionDiff {
  from: AgentVersion;
  to: AgentVersion;
  instructions: DiffLine[];
}

/** Newest first; `before` is the last version of the page before. @throws Problem 404 */
export async function listVersions(
  db: Kysely<Schema>,
  agentId: string,
  page: { limit: number; before?: number },
): Promise<AgentVersion[]> {
  await getAgent(db, agentId);
  let query = db.selectFrom('agent_versions').selectAll().where('agent_id', '=', agentId);
  if (page.before !== undefined) query = query.where('version', '<', page.before);
  const rows = await query.orderBy('version', 'desc').limit(page.limit).execute();
  return rows.map(toVersion);
}

/** What became different from one version to another. @throws Problem 404 */
export async function diffVersions(
  db: Kysely<Schema>,
  agentId: string,
  { from, to }: { from: number; to: number },
): Promise<VersionDiff> {
  const [older, newer] = await Promise.all([getVersion(db, agentId, from), getVersion(db, agentId, to)]);
  return { from: older, to: newer, instructions: diffLines(older.instructions, newer.instructions) };
}

/** The agent becomes what it was, as a new version. Its connections and policies stay. @throws Problem 404 */
export async function restoreVersion(
  db: Kysely<Schema>,
  agentId: string,
  version: number,
  by: { type: string; id: string; name: string },
): Promise<Agent> {
  await getAgent(db, agentId);
  await getVersion(db, agentId, version);
  await db
    .updateTable('agents')
    .from('agent_versions as was')
    .set((row) => ({
      ...{ name: row.ref('was.name'), description: row.ref('was.description') },
      ...{ instructions: row.ref('was.instructions'), model: row.ref('was.model') },
      limits: sql<string>`was.limits`,
      changed_by: jsonb(by),
      updated_at: new Date(),
    }))
    .where('agents.id', '=', agentId)
    .whereRef('was.agent_id', '=', 'agents.id')
    .where('was.version', '=', version)
    .execute();
  return getAgent(db, agentId);
}

async function getVersion(db: Kysely<Schema>, agentId: string, version: number): Promise<AgentVersion> {
  const row = await db
    .selectFrom('agent_versions')
    .selectAll()
    .where('agent_id', '=', agentId)
    .where('version', '=', version)
    .executeTakeFirst();
  if (!row) throw notFound('version of this agent', String(version));
  return toVersion(row);
}

function toVersion(row: Selectable<AgentVersionsTable>): AgentVersion {
  const { version, name, description, instructions, model } = row;
  return {
    ...{ version, name, description, instructions, model },
    limits: row.limits as unknown as AgentLimits,
    changedBy: (row.changed_by as unknown as { name: string }).name,
    changedAt: row.changed_at.toISOString(),
  };
}
