/** What happened that others may be told: read from the rows themselves, so that nothing has to remember to say it. */
import { type Kysely, sql } from 'kysely';
import type { AnnouncementType } from '../connections/connection.ts';
import type { Schema } from '../database/schema.ts';
import { listApprovals } from '../guard/approval-list.ts';
import type { Approval } from '../guard/operation.ts';
import type { Json } from '../tools/tool.ts';

export interface Happening {
  readonly type: AnnouncementType;
  /** What it happened to: with the type, told once. */
  readonly subject: string;
  readonly at: Date;
  readonly data: { [key: string]: Json };
}

interface Asked {
  readonly connectionId: string;
  /** Nothing before is told: the connection was not there. */
  readonly since: Date;
  readonly wants: readonly AnnouncementType[];
  /** Of a path in the console. */
  link(path: string): string;
}

/** Looked back so far; whatever is older was told, or nobody was there to tell it. */
const lookBack = sql<Date>`now() - interval '3 days'`;
const perRound = 100;

/** Oldest first, at most a hundred of a kind: the rest comes next time. */
export async function happenings(db: Kysely<Schema>, asked: Asked): Promise<Happening[]> {
  const found: Happening[] = [];
  for (const type of asked.wants) {
    if (type === 'approval.requested' || type === 'approval.decided')
      found.push(...(await approvals(db, type, asked)));
    if (type === 'alert.raised') found.push(...(await alerts(db, asked)));
    if (type === 'run.completed' || type === 'run.failed') found.push(...(await runs(db, type, asked)));
  }
  return found;
}

async function approvals(
  db: Kysely<Schema>,
  type: 'approval.requested' | 'approval.decided',
  { connectionId, since, link }: Asked,
): Promise<Happening[]> {
  const at = type === 'approval.requested' ? 'requested_at' : 'decided_at';
  let query = db
    .selectFrom('approvals')
    .select(['approvals.id', 'approvals.digest', `approvals.${at} as at`])
    .where('approvals.kind', '=', 'own')
    .where(`approvals.${at}`, '>=', since)
    .where(`approvals.${at}`, '>', lookBack)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('announcements')
            .select('announcements.id')
            .where('announcements.connection_id', '=', connectionId)
            .where('announcements.type', '=', type)
            .whereRef('announcements.subject', '=', 'approvals.id'),
        ),
      ),
    )
    .orderBy(`approvals.${at}`)
    .limit(perRound);
  if (type === 'approval.requested') query = query.where('approvals.status', '=', 'pending');
  const told: Happening[] = [];
  for (const { id, digest, at: moment } of await query.execute()) {
    const [approval] = await listApprovals(db, { id });
    if (approval && moment)
      told.push({
        type,
        subject: id,
        at: moment,
        data: { approval: { digest, ...approvalData(approval, link) } },
      });
  }
  return told;
}

function approvalData(approval: Approval, link: Asked['link']): { [key: string]: Json } {
  const { id, status, summary, title, tool, effect, mode, account, reason, preview } = approval;
  return {
    ...{ id, status, summary, title, tool, effect, mode, reason },
    facts: preview.facts.map(({ label, value }) => ({ label, value })),
    account: { id: account.id, name: account.name },
    agent: { id: approval.agentId, name: approval.agentName },
    thread: { id: approval.threadId, title: approval.threadTitle },
    ...{ operation: approval.operationId, needed: approval.needed, given: [...approval.given] },
    ...{
      requested_by: approval.requestedBy,
      requested_at: approval.requestedAt,
      expires_at: approval.expiresAt,
    },
    ...{
      decided_by: approval.decidedBy,
      decided_at: approval.decidedAt,
      decision_reason: approval.decisionReason,
    },
    link: link(`/threads/${approval.threadId}`),
  };
}

async function runs(
  db: Kysely<Schema>,
  type: 'run.completed' | 'run.failed',
  { connectionId, since, link }: Asked,
): Promise<Happening[]> {
  // A run that was taken up again ends again.
  const subject = sql<string>`runs.id || '.' || runs.leg`;
  const rows = await db
    .selectFrom('runs')
    .innerJoin('threads', 'threads.id', 'runs.thread_id')
    .innerJoin('agents', 'agents.id', 'runs.agent_id')
    .select([
      'runs.id',
      'runs.thread_id',
      'runs.agent_id',
      'runs.error',
      'runs.finished_at',
      'runs.requested_by',
    ])
    .select(['threads.title', 'agents.name as agent_name', subject.as('subject')])
    .where('runs.status', '=', type === 'run.completed' ? 'completed' : 'failed')
    .where('runs.finished_at', '>=', since)
    .where('runs.finished_at', '>', lookBack)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('announcements')
            .select('announcements.id')
            .where('announcements.connection_id', '=', connectionId)
            .where('announcements.type', '=', type)
            .where('announcements.subject', '=', subject),
        ),
      ),
    )
    .orderBy('runs.finished_at')
    .limit(perRound)
    .execute();
  return rows.flatMap((row) => {
    if (!row.finished_at) return [];
    const data = {
      run: {
        ...{ id: row.id, status: type === 'run.completed' ? 'completed' : 'failed', error: row.error },
        ...{
          agent: { id: row.agent_id, name: row.agent_name },
          thread: { id: row.thread_id, title: row.title },
        },
        ...{ requested_by: row.requested_by, finished_at: row.finished_at.toISOString() },
        link: link(`/threads/${row.thread_id}`),
      },
    };
    return [{ type, subject: row.subject, at: row.finished_at, data }];
  });
}

async function alerts(db: Kysely<Schema>, { connectionId, since, link }: Asked): Promise<Happening[]> {
  const rows = await db
    .selectFrom('alerts')
    .select(['id', 'kind', 'title', 'body', 'objects', 'thread_id', 'created_at'])
    .where('created_at', '>=', since)
    .where('created_at', '>', lookBack)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('announcements')
            .select('announcements.id')
            .where('announcements.connection_id', '=', connectionId)
            .where('announcements.type', '=', 'alert.raised')
            .whereRef('announcements.subject', '=', 'alerts.id'),
        ),
      ),
    )
    .orderBy('created_at')
    .limit(perRound)
    .execute();
  return rows.map(({ id, kind, title, body, objects, thread_id, created_at }) => ({
    ...{ type: 'alert.raised', subject: id, at: created_at },
    data: {
      ...{ id, kind, title, text: body, objects },
      link: link(thread_id ? `/threads/${thread_id}` : '/inbox'),
    },
  }));
}
