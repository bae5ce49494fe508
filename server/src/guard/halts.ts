/** The kill switch: for one agent, one connection or everything. While it is on, nothing in its reach is written. */
import type { Kysely } from 'kysely';
import type { Actor, Audit } from '../audit/audit.ts';
import type { Clock } from '../clock.ts';
import { jsonb } from '../database/json.ts';
import type { HaltScope, Schema } from '../database/schema.ts';
import { notFound } from '../problem.ts';

export interface Halt {
  scope: HaltScope;
  /** The agent's or connection's id; empty for everything. */
  subject: string;
  reason: string;
  haltedBy: string;
  haltedAt: string;
}

export interface Halts {
  /** Turns it on; a second time only changes the reason. */
  halt(what: { scope: HaltScope; subject: string; reason: string }, by: Actor): Promise<Halt>;
  /** Turns it off. @throws Problem 404 when it was not on. */
  lift(what: { scope: HaltScope; subject: string }, by: Actor): Promise<void>;
  list(): Promise<Halt[]>;
}

export function createHalts({ db, audit, clock }: { db: Kysely<Schema>; audit: Audit; clock: Clock }): Halts {
  return {
    async halt({ scope, subject, reason }, by) {
      return db.transaction().execute(async (trx) => {
        const values = { reason, halted_by: jsonb(by), halted_at: clock.now() };
        const row = await trx
          .insertInto('halts')
          .values({ scope, subject, ...values })
          .onConflict((conflict) => conflict.columns(['scope', 'subject']).doUpdateSet(values))
          .returningAll()
          .executeTakeFirstOrThrow();
        const details = { scope, reason };
        await audit.record({ actor: by, action: 'halt.on', subject: subject || 'all', details }, trx);
        return haltOf(row);
      });
    },

    async lift({ scope, subject }, by) {
      await db.transaction().execute(async (trx) => {
        const gone = await trx
          .deleteFrom('halts')
          .where('scope', '=', scope)
          .where('subject', '=', subject)
          .executeTakeFirst();
        if (gone.numDeletedRows === 0n) throw notFound('halt', subject || scope);
        await audit.record(
          { actor: by, action: 'halt.off', subject: subject || 'all', details: { scope } },
          trx,
        );
      });
    },

    async list() {
      const rows = await db.selectFrom('halts').selectAll().orderBy('halted_at', 'desc').execute();
      return rows.map(haltOf);
    },
  };
}

function haltOf(row: {
  scope: HaltScope;
  subject: string;
  reason: string;
  halted_by: unknown;
  halted_at: Date;
}): Halt {
  return {
    scope: row.scope,
    subject: row.subject,
    reason: row.reason,
    haltedBy: (row.halted_by as Actor).name,
    haltedAt: row.halted_at.toISOString(),
  };
}

/** The halt that is in the way of this agent on this connection; null when none is. */
export async function haltInTheWay(
  db: Kysely<Schema>,
  where: { agentId: string; connectionId: string | null },
): Promise<Halt | null> {
  const row = await db
    .selectFrom('halts')
    .selectAll()
    .where((halt) =>
      halt.or([
        halt('scope', '=', 'all'),
        halt.and([halt('scope', '=', 'agent'), halt('subject', '=', where.agentId)]),
        ...(where.connectionId
          ? [halt.and([halt('scope', '=', 'connection'), halt('subject', '=', where.connectionId)])]
          : []),
      ]),
    )
    .orderBy('scope')
    .executeTakeFirst();
  return row ? haltOf(row) : null;
}

/** What stands still, for people. */
export function haltReason({ scope, reason, haltedBy }: Halt): string {
  const what = { all: 'Everything', agent: 'This agent', connection: 'This connection' }[scope];
  return `${what} was halted by ${haltedBy}: ${reason}`;
}
