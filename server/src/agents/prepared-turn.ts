import type { Kysely } from 'kysely';
import type { Clock } from '../clock.ts';
import type { Schema } from '../database/schema.ts';
import { newId } from '../ids.ts';
import { conflict } from '../problem.ts';
import type { Json } from '../tools/tool.ts';
import { insertRun, type Requester } from './run-rows.ts';
import type { Runs } from './runs.ts';
import { createThread } from './threads.ts';
import { appendCall } from './undo.ts';

/**
 * Begins a turn, in a thread of its own, whose one call code has prepared: it goes through policy and approvals as any
 * other write. The first agent that uses the connection makes it. @throws Problem 409 when none does
 */
export async function beginPrepared(
  needs: { db: Kysely<Schema>; runs: Pick<Runs, 'begin'>; clock: Clock; defaultModel: string },
  turn: { connectionId: string; title: string; said: string; tool: string; input: { [key: string]: Json } },
  by: Requester,
): Promise<{ threadId: string; runId: string }> {
  const { db, runs, clock, defaultModel } = needs;
  const { connectionId, title, said, tool, input } = turn;
  const agent = await db
    .selectFrom('agent_connections')
    .innerJoin('agents', 'agents.id', 'agent_connections.agent_id')
    .select('agents.id')
    .where('connection_id', '=', connectionId)
    .where('agents.deleted_at', 'is', null)
    .orderBy('attached_at')
    .executeTakeFirst();
  if (!agent) throw conflict('no_agent', 'No agent uses this connection: attach one first.');
  const thread = await createThread(db, { agentId: agent.id, connectionId, title, createdBy: by.name });
  const runId = await db.transaction().execute(async (trx) => {
    const now = clock.now();
    const id = await insertRun(trx, { threadId: thread.id, said, by, defaultModel, now });
    await appendCall(trx, { threadId: thread.id, runId: id }, { id: newId('call'), name: tool, input });
    return id;
  });
  await runs.begin(thread.id, runId);
  return { threadId: thread.id, runId };
}
