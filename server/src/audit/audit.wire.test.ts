import { sql } from 'kysely';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import { type Audit, createAudit, systemActor } from './audit.ts';

let database: Database;
let audit: Audit;

beforeEach(async () => {
  await database?.close();
  database = await testDatabase();
  audit = createAudit(database.db);
});
afterAll(() => database?.close());

async function recordThree(): Promise<void> {
  for (const name of ['first', 'second', 'third']) {
    await audit.record({
      actor: systemActor,
      action: 'agent.created',
      subject: `agt_${name}`,
      details: { name },
    });
  }
}

/** What somebody with the database's own password could do. */
async function tamper(statement: string): Promise<void> {
  await database.transaction(async (trx) => {
    await sql`set local session_replication_role = replica`.execute(trx);
    await sql.raw(statement).execute(trx);
  });
}

describe('the audit record', () => {
  it('lists what was recorded, newest first, and verifies', async () => {
    await recordThree();
    const entries = await audit.list({ limit: 2 });
    expect(entries.map(({ seq, subject }) => [seq, subject])).toEqual([
      [3, 'agt_third'],
      [2, 'agt_second'],
    ]);
    expect(await audit.verify()).toEqual({ ok: true, entries: 3 });
  });

  it('verifies when it is empty', async () => {
    expect(await audit.verify()).toEqual({ ok: true, entries: 0 });
  });

  it('keeps no card number and no key, whoever recorded it', async () => {
    const key = `sk_live_${'a1B2'.repeat(6)}`;
    await audit.record({
      actor: { type: 'token', id: 'tok_1', name: `CI ${key}` },
      action: 'agent.created',
      subject: 'agt_1',
      details: { name: '4111 1111 1111 1111', list: [{ [key]: key }], amount: 4111111111111111 },
    });
    const [entry] = await audit.list({ limit: 1 });
    expect(JSON.stringify(entry)).not.toMatch(/a1B2a1B2|4111 1111/);
    expect(entry).toMatchObject({
      actor: { id: 'tok_1', name: expect.stringContaining('[redacted]') },
      details: { name: '[card number removed •••• 1111]', amount: 4111111111111111 },
    });
    expect(await audit.verify()).toEqual({ ok: true, entries: 1 });
  });

  it('keeps any characters and still verifies', async () => {
    const details = {
      text: 'nul \u0000, half \ud800, emoji 🧾',
      nested: [{ big: 1e21, small: 0.1, none: undefined }],
    };
    await audit.record({ actor: systemActor, action: 'odd', details });
    expect(await audit.verify()).toEqual({ ok: true, entries: 1 });
  });

  it('stays one chain when many record at once', async () => {
    const actor = systemActor;
    await Promise.all(Array.from({ length: 25 }, (_, index) => audit.record({ actor, action: `a${index}` })));
    expect(await audit.verify()).toEqual({ ok: true, entries: 25 });
  });

  it('forgets an entry whose transaction fails', async () => {
    const failing = database.transaction(async (trx) => {
      await audit.record({ actor: systemActor, action: 'never' }, trx);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await audit.record({ actor: systemActor, action: 'after' });
    expect(await audit.verify()).toEqual({ ok: true, entries: 1 });
  });

  it.each(['update audit set action = $$x$$', 'delete from audit', 'truncate audit'])(
    'refuses: %s',
    async (statement) => {
      await recordThree();
      await expect(sql.raw(statement).execute(database.db)).rejects.toThrow('can only be added to');
    },
  );

  it.each([
    [
      'an edited entry',
      `update audit set details = '{"name": "other"}' where seq = 2`,
      2,
      'its contents were changed',
    ],
    [
      'an edited actor',
      `update audit set actor = jsonb_set(actor, '{name}', '"Eve"') where seq = 1`,
      1,
      'changed',
    ],
    ['a deleted entry', 'delete from audit where seq = 2', 2, 'missing'],
    ['a deleted first entry', 'delete from audit where seq = 1', 1, 'missing'],
    ['a deleted last entry', 'delete from audit where seq = 3', 3, 'missing'],
    [
      'entries in another order',
      'update audit set seq = case seq when 2 then 30 else 20 end where seq > 1; update audit set seq = seq / 10 where seq > 3',
      2,
      'does not follow',
    ],
  ])('finds %s', async (_what, statement, seq, why) => {
    await recordThree();
    await tamper(statement);
    const verdict = await audit.verify();
    expect(verdict).toMatchObject({ ok: false, seq });
    expect(verdict.ok ? '' : verdict.why).toContain(why);
  });

  it('exports every entry from the first', async () => {
    await recordThree();
    const all = await Array.fromAsync(audit.export());
    expect(all.map(({ seq }) => seq)).toEqual([1, 2, 3]);
  });
});
