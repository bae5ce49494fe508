import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAudit, systemActor } from '../audit/audit.ts';
import { systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import { createRig, olga } from '../guard/testing.ts';
import { createVault } from '../secrets/vault.ts';
import type { WriteTool } from '../tools/tool.ts';
import type { Connection } from './connection-rows.ts';
import { type Connections, createConnections } from './connections.ts';
import { createPace } from './pace.ts';
import { stripeConnection } from './stripe/index.ts';
import { type TestAccount, testAccount, verifiedSeller } from './stripe/testing.ts';

let database: Database;
let platform: TestAccount;
let connections: Connections;
/** Two accounts of one platform. */
let sellers: [string, string];
beforeAll(async () => {
  [database, platform] = await Promise.all([testDatabase(), testAccount('sk_test_connect_platform')]);
  connections = createConnections({
    db: database.db,
    vault: createVault({ masterKey: randomBytes(32) }),
    audit: createAudit(database.db),
    clock: systemClock,
    types: [stripeConnection],
    allowPrivateAddresses: true,
    pace: createPace(database.db),
  });
  const made = [
    await platform.stripe.accounts.create(verifiedSeller),
    await platform.stripe.accounts.create(verifiedSeller),
  ];
  sellers = [made[0]?.id ?? '', made[1]?.id ?? ''];
});
afterAll(() => Promise.all([database?.close(), platform?.close()]));

const connect = (credentials: object): Promise<Connection> =>
  connections.create({ type: 'stripe', credentials, baseUrl: platform.url }, systemActor);
const own = () => connect({ apiKey: platform.apiKey });
const acting = (account: string) => connect({ apiKey: platform.apiKey, account });

async function writer(id: string, name: string): Promise<WriteTool<unknown>> {
  const tool = (await connections.open(id)).tools.find((each) => each.name === name);
  if (!tool || tool.effect === 'read') throw new Error(`${name} is no tool that writes.`);
  return tool;
}

describe('a connection that acts for a connected account', () => {
  test('is of that account in every field, and says whose key it is', async () => {
    const { account, mode } = await acting(sellers[0]);
    expect(account).toMatchObject({
      id: sellers[0],
      name: 'Pottery',
      platform: { id: expect.stringMatching(/^acct_/) },
    });
    expect(account.platform?.id).not.toBe(sellers[0]);
    expect(mode).toBe('test');
    expect((await own()).account.platform).toBeUndefined();
  });

  test('its tools read and write there, and nowhere else', async () => {
    const { id } = await acting(sellers[0]);
    const tool = await writer(id, 'create_customer');
    const { sealed } = await tool.plan({ name: 'Of the seller', email: 'there@example.com' }, {});
    await tool.act(sealed, {
      operationId: 'op_there',
      threadId: 'thr_there',
      idempotencyKey: () => 'op_there',
    });
    const on = (stripeAccount?: string) =>
      platform.stripe.customers
        .list({ email: 'there@example.com' }, stripeAccount ? { stripeAccount } : {})
        .then(({ data }) => data.length);
    expect([await on(sellers[0]), await on(sellers[1]), await on()]).toEqual([1, 0, 0]);
    const info = (await connections.open(id)).tools.find(({ name }) => name === 'get_account_info');
    if (info?.effect !== 'read') throw new Error('It is gone.');
    expect((await info.read({}, {})).view).toMatchObject({
      id: sellers[0],
      acted_for_by_platform: expect.any(String),
    });
  });

  test('an account that is not connected, and what is no account, are refused at once', async () => {
    const stranger = await connect({ apiKey: platform.apiKey, account: 'acct_1nobody' }).catch(
      (error) => error,
    );
    expect(stranger).toMatchObject({ status: 422, code: 'account_not_connected' });
    const nonsense = await connect({ apiKey: platform.apiKey, account: 'cus_1' }).catch((error) => error);
    expect(nonsense).toMatchObject({ status: 422, code: 'account_malformed' });
  });

  test('the platform’s own id is simply the platform', async () => {
    const { account } = await own();
    expect((await acting(account.id)).account).toMatchObject({ id: account.id });
    expect((await acting(account.id)).account.platform).toBeUndefined();
  });
});

describe('a new key', () => {
  test('of the same platform keeps the account', async () => {
    const { id } = await acting(sellers[0]);
    const permissions = { customers: 'write', balance: 'read' };
    const { secret } = await platform.control('restricted_keys', { permissions });
    const rotated = await connections.rotate(id, { apiKey: secret }, systemActor);
    expect(rotated.account.id).toBe(sellers[0]);
    expect(rotated.key).toMatchObject({ kind: 'restricted', lastUsedAt: null });
    expect(await connections.check(id)).toMatchObject({ problem: null });
  });

  test('of another account, of another platform, of live mode, or for another account is refused', async () => {
    const { id } = await acting(sellers[0]);
    const rotate = (credentials: object) =>
      connections.rotate(id, credentials, systemActor).then(
        () => 'taken',
        ({ code }: { code: string }) => code,
      );
    expect(await rotate({ apiKey: 'sk_test_some_other_platform' })).toBe('account_not_connected');
    expect(await rotate({ apiKey: platform.apiKey, account: sellers[1] })).toBe('other_account');
    expect(await rotate({ apiKey: platform.apiKey, account: '' })).toBe('other_account');
    const { secret } = await platform.control('accounts', { livemode: true });
    expect(await rotate({ apiKey: secret })).toBe('account_not_connected');
    const plain = await own();
    const toSeller = { apiKey: platform.apiKey, account: sellers[0] };
    await expect(connections.rotate(plain.id, toSeller, systemActor)).rejects.toMatchObject({
      code: 'other_account',
    });
    await expect(connections.rotate(plain.id, { apiKey: secret }, systemActor)).rejects.toMatchObject({
      code: 'other_account',
    });
  });
});

test('an approval taken on one account does nothing on another, whichever connection the call comes back with', async () => {
  const [first, second] = [await acting(sellers[0]), await acting(sellers[1])];
  const rig = createRig(database);
  const { turn, guard, approvals } = await rig.prepare({ policy: { effects: { write: 'ask' } } });
  const on = async ({ id, account, mode }: Connection) => ({
    ...{ account, mode, connectionId: id, tool: await writer(id, 'create_customer') },
    input: { name: 'Cross', email: 'cross@example.com' },
    said: 'Create the customer Cross, cross@example.com',
  });
  const call = await turn(await on(first));
  const approvalId = await rig.askFor(call);
  await approvals.decide([approvalId], { approve: true, by: olga });
  const { said: _, ...there } = await on(second);
  expect(await guard.perform({ ...call, ...there })).toMatchObject({ error: { code: 'approval_void' } });
  for (const stripeAccount of sellers)
    expect(
      (await platform.stripe.customers.list({ email: 'cross@example.com' }, { stripeAccount })).data,
    ).toEqual([]);
  const entries = await createAudit(database.db).list({ limit: 5, subject: approvalId });
  expect(entries.every(({ details }) => !JSON.stringify(details).includes(platform.apiKey))).toBe(true);
});

test('the use of a key is noted', async () => {
  const { id, key } = await own();
  expect(key.lastUsedAt).toBeNull();
  await connections.open(id);
  expect(Date.parse((await connections.get(id)).key.lastUsedAt ?? '')).toBeGreaterThan(Date.now() - 60_000);
});
