import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAudit, systemActor } from '../../audit/audit.ts';
import type { Database } from '../../database/database.ts';
import { testDatabase } from '../../database/testing.ts';
import { createVault } from '../../secrets/vault.ts';
import { type ActContext, OutcomeUnknown, type Tool, ToolError } from '../../tools/tool.ts';
import { createConnections } from '../connections.ts';
import type { JournalSums } from '../journal-source.ts';
import { createPace } from '../pace.ts';
import { quickbooksConnection } from './index.ts';
import { type FakeQuickbooks, fakeQuickbooks } from './testing.ts';

let database: Database;
let quickbooks: FakeQuickbooks;
let now = new Date();
const vault = createVault({ masterKey: randomBytes(32) });

const march: JournalSums = {
  ...{ of: 'Acme (acct_1, live)', ledger: 'acct_1:live', firstDay: '2026-03-01', lastDay: '2026-03-31' },
  ...{ isOver: true, incomplete: [] },
  sums: [
    {
      currency: 'usd',
      number: 'PU-0123456789ab',
      lines: [
        { code: '1010', name: 'Stripe Clearing', amount: 11_525n },
        { code: '6020', name: 'Stripe Fees', amount: 375n },
        { code: '4010', name: 'Stripe Sales', amount: -10_000n },
        { code: '2010', name: 'Stripe Tax Payable', amount: -1_900n },
      ],
    },
  ],
};
let journal: JournalSums = march;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database?.close());
beforeEach(async () => {
  await quickbooks?.close();
  quickbooks = await fakeQuickbooks();
  journal = march;
});
afterAll(() => quickbooks?.close());

/** An instance of Purser, as far as connections go; all share the database. */
const instance = () =>
  createConnections({
    ...{ db: database.db, vault, audit: createAudit(database.db), clock: { now: () => now } },
    ...{ types: [quickbooksConnection], allowPrivateAddresses: false, pace: createPace(database.db) },
    journal: async () => journal,
  });

const connect = (credentials: object = quickbooks.credentials) =>
  instance().create({ type: 'quickbooks', credentials, baseUrl: quickbooks.url }, systemActor);

async function tool(id: string, name: string, from = instance()): Promise<Tool> {
  const found = (await from.open(id)).tools.find((each) => each.name === name);
  if (!found) throw new Error(`There is no tool ${name}.`);
  return found;
}

async function read(id: string, name: string, input: object = {}, from = instance()) {
  const found = await tool(id, name, from);
  if (found.effect !== 'read') throw new Error(`${name} writes.`);
  return found.read(input, {});
}

const operation = (operationId: string): ActContext => ({
  ...{ operationId, threadId: 'thr_1', idempotencyKey: (part = 0) => `${operationId}.${part}` },
});

async function write(id: string, name: string, input: object, operationId = 'op_1') {
  const found = await tool(id, name);
  if (found.effect === 'read') throw new Error(`${name} only reads.`);
  const { sealed, preview } = await found.plan(input, {});
  return { preview, sealed, act: () => found.act(sealed, operation(operationId)), found };
}

const post = (id: string, operationId?: string) =>
  write(id, 'post_journal_to_quickbooks', { journal: 'jrn_0123456789abcdef' }, operationId);

const day = 24 * 3_600_000;

describe('tokens', () => {
  test('are exchanged when they are entered, and nothing of them comes back', async () => {
    const made = await connect();
    expect(made).toMatchObject({ account: { id: '9130355377388383', name: 'Acme Books' }, mode: 'live' });
    const { clientSecret, refreshToken } = quickbooks.credentials;
    const { credentials } = await database.db
      .selectFrom('connections')
      .select('credentials')
      .where('id', '=', made.id)
      .executeTakeFirstOrThrow();
    for (const kept of [JSON.stringify(made), credentials.toString('latin1')])
      for (const secret of [clientSecret, refreshToken]) expect(kept).not.toContain(secret);
  });

  test.each([
    [{ refreshToken: 'RT1-wrongwrongwrongwrong' }, 'key_wrong'],
    [{ clientSecret: 'wrongwrongwrongwrongwrong' }, 'key_wrong'],
    [{ realmId: 'acme' }, 'credential_malformed'],
  ])('%j is refused with what to do', async (wrong, code) => {
    await expect(connect({ ...quickbooks.credentials, ...wrong })).rejects.toMatchObject({
      ...{ status: 422, code },
    });
  });

  test('are renewed when they end, and the new refresh token is kept: days later it still works', async () => {
    const { id } = await connect();
    for (let n = 0; n < 3; n += 1) {
      now = new Date(now.getTime() + day);
      expect((await read(id, 'list_quickbooks_accounts')).view).toMatchObject({ seen: 5 });
    }
    expect(quickbooks.renewals()).toBe(4);
  });

  test('several instances at once renew once: the others use what the first one got', async () => {
    const { id } = await connect();
    now = new Date(now.getTime() + day);
    const before = quickbooks.renewals();
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => read(id, 'list_quickbooks_accounts', {}, instance())),
    );
    expect(answers).toHaveLength(4);
    expect(quickbooks.renewals()).toBe(before + 1);
  });

  test('an access token that was taken back is replaced at once, and the request made again', async () => {
    const { id } = await connect();
    quickbooks.endAccess();
    expect((await read(id, 'list_quickbooks_accounts')).view).toMatchObject({ seen: 5 });
  });

  test('where the company took its consent back, the answer says how to connect again, and what is kept stays', async () => {
    const { id } = await connect();
    quickbooks.disconnect();
    await expect(read(id, 'list_quickbooks_accounts')).rejects.toMatchObject({
      code: 'key_wrong',
      next: expect.stringContaining('developer.intuit.com'),
    });
    expect(await instance().check(id)).toMatchObject({ problem: expect.stringContaining('does not accept') });
  });
});

describe('a journal', () => {
  test('is posted as a balanced entry, exact to the cent, with its mark, and can be taken back', async () => {
    const { id } = await connect();
    const { preview, act } = await post(id);
    expect(preview.summary).toBe(
      'Post 1 journal entry for Acme (acct_1, live), 2026-03-01 to 2026-03-31, to QuickBooks',
    );
    expect(preview.facts).toContainEqual({ label: 'Stripe Clearing', value: 'debit 115.25 USD' });
    const outcome = await act();
    expect(quickbooks.entries).toMatchObject([
      {
        ...{ DocNumber: 'PU-0123456789ab', TxnDate: '2026-03-31', CurrencyRef: { value: 'USD' } },
        PrivateNote: 'Purser journal 2026-03-01 to 2026-03-31 of acct_1:live\npurser_op: op_1',
        Line: [
          { Amount: 115.25, JournalEntryLineDetail: { PostingType: 'Debit', AccountRef: { value: '1' } } },
          { Amount: 3.75, JournalEntryLineDetail: { PostingType: 'Debit', AccountRef: { value: '5' } } },
          { Amount: 100, JournalEntryLineDetail: { PostingType: 'Credit', AccountRef: { value: '4' } } },
          { Amount: 19, JournalEntryLineDetail: { PostingType: 'Credit', AccountRef: { value: '3' } } },
        ],
      },
    ]);
    const { undo } = outcome;
    if (!undo) throw new Error('It cannot be taken back.');
    const back = await write(id, undo.tool, undo.input as object, 'op_2');
    expect(back.preview.summary).toContain('Delete journal entry PU-0123456789ab');
    await back.act();
    expect(quickbooks.entries).toEqual([]);
  });

  test('whose answer was lost is found by its mark, and sent again it is the same entry', async () => {
    const { id } = await connect();
    const { act, found, sealed } = await post(id);
    quickbooks.loseNext();
    await expect(act()).rejects.toBeInstanceOf(OutcomeUnknown);
    const since = new Date(0);
    expect(await found.find?.(sealed, { operationId: 'op_1', since })).toMatchObject({
      summary: 'Posted the journal of 2026-03-01 to 2026-03-31 to QuickBooks',
    });
    expect(await found.find?.(sealed, { operationId: 'op_other', since })).toBeNull();
    await act();
    expect(quickbooks.entries).toHaveLength(1);
  });

  test('whose days are posted already, in whatever period, is not posted again', async () => {
    const { id } = await connect();
    await (await post(id)).act();
    journal = {
      ...march,
      firstDay: '2026-01-01',
      sums: march.sums.map((sum) => ({ ...sum, number: 'PU-quarter' })),
    };
    await expect(post(id, 'op_2')).rejects.toMatchObject({ code: 'already_posted' });
    journal = { ...march, firstDay: '2026-03-31', lastDay: '2026-04-30' };
    await expect(post(id, 'op_2')).rejects.toMatchObject({ code: 'already_posted' });
    journal = { ...march, ledger: 'acct_2:live' };
    await expect(post(id, 'op_2')).resolves.toBeDefined();
    journal = { ...march, firstDay: '2026-04-01', lastDay: '2026-04-30' };
    await expect(post(id, 'op_2')).resolves.toBeDefined();
  });

  test.each<[Partial<JournalSums>, string]>([
    [{ incomplete: ['The key may not read Invoices.'] }, 'journal_incomplete'],
    [{ isOver: false }, 'period_not_over'],
    [{ sums: [] }, 'nothing_to_post'],
    [{ sums: [{ currency: 'eur', number: 'PU-1', lines: [] }] }, 'currency_not_kept'],
    [
      { sums: [{ currency: 'usd', number: 'PU-1', lines: [{ code: '9', name: 'Gone', amount: 1n }] }] },
      'account_missing',
    ],
  ])('%o is not posted: %s', async (change, code) => {
    const { id } = await connect();
    journal = { ...march, ...change };
    const refusal = await post(id).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ToolError);
    expect(refusal).toMatchObject({ code, next: expect.any(String) });
    expect(quickbooks.entries).toEqual([]);
  });

  test('is not posted to receivables, which want a customer on each line; a number finds an account, too', async () => {
    const { id } = await connect();
    const [clearing] = quickbooks.accounts;
    if (!clearing) throw new Error('There is no account.');
    Object.assign(clearing, { FullyQualifiedName: 'Assets:Stripe', AcctNum: '1010' });
    expect((await post(id)).preview.facts[0]).toEqual({
      label: 'Stripe Clearing',
      value: 'debit 115.25 USD',
    });
    Object.assign(clearing, { AccountType: 'Accounts Receivable' });
    await expect(post(id)).rejects.toMatchObject({ code: 'account_unfit' });
  });

  test('what QuickBooks refuses is said in its own words, and nothing was posted', async () => {
    const { id } = await connect();
    const { act } = await post(id);
    quickbooks.accounts.splice(0);
    await expect(act()).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('Accounts element id not found'),
    });
    expect(quickbooks.entries).toEqual([]);
  });

  test('an entry that somebody changed since is not deleted', async () => {
    const { id } = await connect();
    await (await post(id)).act();
    const [entry] = quickbooks.entries;
    if (!entry) throw new Error('It was not posted.');
    const { act } = await write(id, 'delete_quickbooks_journal_entry', { entry: entry.Id }, 'op_3');
    entry.SyncToken = '1';
    await expect(act()).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('Stale Object'),
    });
    expect(quickbooks.entries).toHaveLength(1);
  });
});
