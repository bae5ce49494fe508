import { sql } from 'kysely';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { type Audit, createAudit } from '../audit/audit.ts';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import { createErasures, type DeleteAtStripe } from './erasures.ts';
import { processingRecord } from './processing-record.ts';
import { createRetention } from './retention.ts';
import { exportSubject } from './subject.ts';

const ann = { type: 'person', id: 'usr_1', name: 'Olga Owner' } as const;
const now = new Date('2026-06-01T00:00:00Z');
const clock = { now: () => now };
let database: Database;
let audit: Audit;

const jane = {
  id: 'cus_JaneJaneJane',
  name: 'Jane O"Doe',
  email: 'jane@example.com',
  address: { line1: '5 Elm St' },
};
const rita = { id: 'cus_RitaRitaRita', name: 'Rita Roe', email: 'rita@example.com' };

/** A conversation about two customers, a write, a mail, an event, and the books. */
async function fill(): Promise<void> {
  const json = (value: unknown) => JSON.stringify(value);
  const { pool } = database;
  await pool.query(`insert into agents (id, name) values ('agt_1', 'A')`);
  await pool.query(
    `insert into connections (id, type, name, mode, account_id, account, credentials, key_last4, key_fingerprint, key_kind)
     values ('con_1', 'stripe', 'Shop', 'test', 'acct_1', '{}', '', '1234', 'f', 'secret')`,
  );
  for (const thread of ['thr_1', 'thr_2']) {
    await pool.query(
      `insert into threads (id, agent_id, title, created_by, updated_at) values ($1, 'agt_1', 'About Jane O"Doe', 'p', $2)`,
      [thread, thread === 'thr_1' ? '2026-05-01' : '2026-05-31'],
    );
    await pool.query(
      `insert into runs (id, thread_id, agent_id, connection_id, model, requested_by, status) values ($1, $2, 'agt_1', 'con_1', 'm', '{}', 'completed')`,
      [`run_${thread}`, thread],
    );
  }
  const entries = [
    { text: 'Where does JANE@example.com live? Not Rita Roe.' },
    { view: { data: [jane, rita] }, summary: `Found ${jane.name} (${jane.id}), Janet and 5` },
    { text: 'She lives in 5 Elm St.' },
  ];
  for (const [step, content] of entries.entries())
    await pool.query(
      `insert into entries (thread_id, run_id, step, kind, content) values ('thr_1', 'run_thr_1', $1, 'tool', $2)`,
      [step, json(content)],
    );
  await pool.query(
    `insert into entries (thread_id, run_id, step, kind, content) values ('thr_2', 'run_thr_2', 0, 'user', $1)`,
    [json({ text: 'Elm trees, and Rita Roe' })],
  );
  await pool.query(
    `insert into mails (id, once, sender, recipient, subject, body, footer, html, state, created_at)
     values ('mai_1', 'op_1', 's', 'jane@example.com', 'Hello Jane O"Doe', 'Hello', 'f', '<p>', 'sent', '2026-05-01')`,
  );
  await pool.query(
    `insert into events (connection_id, id, type, created_at, received_at, data, source, state)
     values ('con_1', 'evt_1', 'customer.updated', '2026-04-01', '2026-04-01', $1, 'poll', 'done')`,
    [json({ object: jane })],
  );
  await pool.query(
    `insert into documents (id, agent_id, name, kind, digest, bytes, language, added_by)
     values ('doc_1', 'agt_1', 'Guests', 'text', 'd', 1, 'simple', '{}')`,
  );
  const guest = 'Jane O"Doe likes tea';
  await pool.query(
    `insert into passages (document_id, agent_id, position, place, text, search) values ('doc_1', 'agt_1', 0, '', $1, to_tsvector('simple', $1))`,
    [guest],
  );
  await pool.query(`insert into ledgers (id, time_zone) values ('acct_1:test', 'UTC')`);
  await pool.query(
    `insert into facts (ledger, transaction, part, at, month, currency, category, customer, gross, net)
     values ('acct_1:test', 'txn_1', 0, now(), '2026-05-01', 'usd', 'charge', $1, 500, 500)`,
    [jane.id],
  );
  await pool.query(
    `insert into consents (id, connection_id, address, given, how, recorded_by, recorded_at)
     values ('cst_1', 'con_1', 'jane@example.com', false, 'unsubscribed', '{}', now())`,
  );
  await audit.record({ actor: ann, action: 'mail.resent', subject: 'mai_1', details: { customer: jane.id } });
}

beforeEach(async () => {
  await database?.close();
  database = await testDatabase();
  audit = createAudit(database.db, clock);
  await fill();
});
afterAll(() => database?.close());

/** Every byte of text in the database, but the audit and consents. */
async function everything(): Promise<string> {
  const { rows } = await database.pool.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = 'public' and table_name not in ('audit', 'consents')`,
  );
  const tables = rows.map(({ name }) => database.pool.query(`select * from ${name}`));
  return JSON.stringify((await Promise.all(tables)).map((answer) => answer.rows));
}

function erasures(deleteAtStripe: DeleteAtStripe = () => Promise.reject(new Error('not asked'))) {
  return createErasures({ db: database.db, audit, clock, deleteAtStripe });
}
const request = { connectionId: 'con_1', customer: jane.id, alsoKnownAs: [], inStripe: false };

describe('an export', () => {
  it('has everything on one customer, wherever it stands, and nothing on others', async () => {
    const made = await exportSubject(database.db, { customer: jane.id, alsoKnownAs: [] }, now);
    expect(Object.keys(made.data).sort()).toEqual([
      'consents',
      'entries',
      'events',
      'facts',
      'mails',
      'passages',
      'threads',
    ]);
    expect(made.alsoKnownAs).toEqual(
      [jane.name, jane.email, jane.address.line1].sort((a, b) => b.length - a.length),
    );
    expect(made.audit).toEqual([expect.objectContaining({ action: 'mail.resent' })]);
    expect(JSON.stringify(made)).not.toContain('rita@');
  });
});

describe('an erasure', () => {
  it('takes out all that names somebody, keeps the books and the record, and says why', async () => {
    const done = await erasures().request(request, ann);
    expect(done).toMatchObject({ state: 'done', stripe: 'not_asked' });
    expect(done.report?.erased).toEqual({ entries: 3, events: 1, mails: 1, passages: 1, threads: 2 });
    expect(done.report?.kept.map(({ what, count, why }) => [what, count, why.length > 40])).toEqual([
      ['ledger', 1, true],
      ['consents', 1, true],
      ['audit', 1, true],
    ]);
    const left = await everything();
    expect(left).not.toMatch(/jane@|O\\*"Doe|5 Elm St|'doe'/i);
    expect(left).toContain("'likes'");
    expect(left).toContain('Found [erased] (cus_JaneJaneJane), Janet and 5');
    expect(left).toContain('rita@example.com');
    expect(left).toContain('Elm trees');
    expect(await audit.verify()).toMatchObject({ ok: true, entries: 2 });
    expect(JSON.stringify(await audit.list({ limit: 9 }))).not.toMatch(/jane@|Doe/);
  });

  it('waits while a turn about them is under way', async () => {
    await sql`update runs set status = 'awaiting_approval' where id = 'run_thr_1'`.execute(database.db);
    await expect(erasures().request(request, ann)).rejects.toMatchObject({ status: 409 });
    expect(await everything()).toContain('jane@example.com');
  });

  it('lets Stripe delete them first, and then erases the traces of that, too', async () => {
    const asked: string[] = [];
    const both = erasures(async ({ customer }) => {
      asked.push(customer);
      await database.pool.query(`update runs set status = 'awaiting_approval' where id = 'run_thr_2'`);
      return { threadId: 'thr_2', runId: 'run_thr_2' };
    });
    const begun = await both.request({ ...request, alsoKnownAs: ['Jane O"Doe'], inStripe: true }, ann);
    expect([begun.state, asked]).toEqual(['waiting', [jane.id]]);
    expect(await both.settle()).toBe(0);
    expect(await everything()).toContain('jane@example.com');
    await database.pool.query(
      `insert into operations (id, run_id, tool_call_id, thread_id, agent_id, connection_id, account_id, mode, tool, title, effect,
         state, input, sealed, preview, digest)
       values ('op_1', 'run_thr_2', 'c', 'thr_2', 'agt_1', 'con_1', 'acct_1', 'test', 'delete_customer', 't', 'destructive',
         'done', '{}', '{}', $1, 'd')`,
      [JSON.stringify({ summary: `Delete ${jane.name}`, objects: [{ id: jane.id, label: jane.name }] })],
    );
    await database.pool.query(`update runs set status = 'completed' where id = 'run_thr_2'`);
    expect(await both.settle()).toBe(1);
    expect(await both.settle()).toBe(0);
    expect((await both.list())[0]).toMatchObject({ state: 'done', stripe: 'deleted' });
    expect(await everything()).not.toMatch(/jane@|O\\*"Doe/i);
  });
});

describe('retention', () => {
  const retention = () => createRetention({ db: database.db, audit, clock });

  it('keeps everything until it is told otherwise', async () => {
    expect(await retention().apply()).toEqual({ threads: 0, mails: 0, events: 0 });
  });

  it('shows first what would go, and then removes that and no more', async () => {
    const days = { threads: 14, mails: 14, events: 30 };
    const before = await everything();
    expect(await retention().preview(days)).toEqual({ threads: 1, mails: 1, events: 1 });
    expect(await everything()).toBe(before);
    await retention().set(days, ann);
    expect(await retention().apply()).toEqual({ threads: 1, mails: 1, events: 1 });
    expect(await retention().apply()).toEqual({ threads: 0, mails: 0, events: 0 });
    const left = await everything();
    expect(left).not.toMatch(/jane@|5 Elm St/);
    expect(left).toContain('Elm trees');
    expect((await audit.list({ limit: 2 })).map(({ action }) => action)).toEqual([
      'retention.applied',
      'retention.set',
    ]);
  });

  it('leaves what a turn still goes by', async () => {
    await sql`update runs set status = 'awaiting_approval' where id = 'run_thr_1'`.execute(database.db);
    expect(await retention().preview({ threads: 14, mails: null, events: null })).toMatchObject({
      threads: 0,
    });
  });
});

it('the record of processing tells what is set up', async () => {
  await sql`update connections set name = 'Shop | evil'`.execute(database.db);
  const facts = {
    database: 'embedded',
    ...{ version: '1', publicUrl: null, mailHost: 'smtp.example.com', collectors: [] },
    ...{ providers: ['anthropic/claude'], retention: { threads: 90, mails: null, events: null } },
  } as const;
  const text = await processingRecord(database.db, facts, now);
  expect(text).toContain('| Shop \\| evil | stripe, test mode | acct_1 |');
  expect(text).toContain('90 days');
  expect(text).toContain('anthropic/claude');
  expect(text).toContain('Mail server: smtp.example.com');
});
