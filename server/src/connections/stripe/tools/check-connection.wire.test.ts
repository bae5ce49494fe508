import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { permissionLabels } from '../permissions.ts';
import { probes } from '../probes.ts';
import { type TestAccount, testAccount } from '../testing.ts';

let account: TestAccount;
beforeAll(async () => {
  account = await testAccount('sk_test_check_connection');
});
afterAll(() => account.close());

async function limitedTo(permissions: Record<string, string>): Promise<TestAccount> {
  return account.withKey((await account.control('restricted_keys', { permissions })).secret);
}

interface Checked {
  key: { kind: string; last4: string };
  tools_that_work: number;
  tools_limited?: { tool: string; lacks: string[] }[];
  least: string[];
  missing?: string[];
  excess?: string[];
  warnings?: string[];
  steps?: string[];
}

async function check(on: TestAccount, input: unknown = {}): Promise<Checked> {
  return (await on.call('check_connection', input)).view as unknown as Checked;
}

describe('check_connection', () => {
  test('says tool by tool what a restricted key lacks, what is too much, and how to mend it', async () => {
    const limited = await limitedTo({ customers: 'read', balance: 'read', topups: 'write' });
    const found = await check(limited, { tools: ['list_customers', 'create_customer', 'create_refund'] });
    expect(found).toMatchObject({
      key: { kind: 'restricted', last4: limited.apiKey.slice(-4) },
      tools_that_work: 1,
      tools_limited: [
        { tool: 'create_customer', lacks: ['Customers (write)'] },
        { tool: 'create_refund', lacks: expect.arrayContaining(['Charges and Refunds (write)']) },
      ],
      missing: expect.arrayContaining(['Customers (write)', 'Charges and Refunds (write)']),
      excess: expect.arrayContaining(['Balance (read)', 'Top-ups (write)']),
    });
    expect(found.steps?.join(' ')).toContain('Set: Customers (write)');
    expect(found.steps?.[0]).toContain('/test/apikeys');
    expect(found.warnings?.join(' ')).toContain('Top-ups (write), which no tool needs');
    expect(JSON.stringify(found)).not.toContain(limited.apiKey);
    expect((await account.stripe.events.list()).data).toEqual([]);
  });

  test('the least of a preset, given to a key, is enough for all that the preset carries', async () => {
    const { least } = await check(account, { preset: 'billing' });
    const names = new Map(Object.entries(permissionLabels).map(([name, label]) => [label as string, name]));
    const permissions = Object.fromEntries(
      least.map((spoken) => {
        const [, label = '', access = ''] = /^(.*) \((read|write)\)$/.exec(spoken) ?? [];
        return [names.get(label) ?? label, access];
      }),
    );
    const found = await check(await limitedTo(permissions), { preset: 'billing' });
    expect(found.tools_limited).toBeUndefined();
    expect(found.missing).toBeUndefined();
    expect(found.excess).toBeUndefined();
  });

  test('a full key works for everything and is warned of', async () => {
    const found = await check(account);
    expect(found.key.kind).toBe('secret');
    expect(found.tools_limited).toBeUndefined();
    expect(found.warnings?.join(' ')).toContain('full secret key');
    expect(found.steps?.join(' ')).toContain('Create restricted key');
  });

  test('tools that do not exist are refused by name', async () => {
    expect(await account.refusal('check_connection', { tools: ['create_money'] })).toMatchObject({
      code: 'not_found',
      message: 'There is no tool create_money.',
    });
  });

  test.each([0, 1])('every row is told apart from the others (half %i)', async (half) => {
    const known = Object.entries(probes).filter(([name]) => name !== 'data_queries');
    const rows = known.map(([name, probe]) => [name, probe.write ? 'write' : 'read']);
    const given = rows.filter((_, at) => at % 2 === half);
    const limited = await limitedTo(Object.fromEntries(given));
    const { permissions } = await limited.check({ credentials: { apiKey: limited.apiKey } });
    // The sandbox has no SQL: what a key may do of it cannot be told there.
    const had = permissions.filter(({ granted }) => granted !== 'none' && granted !== 'unknown');
    expect(had.map(({ resource, granted }) => [resource, granted])).toEqual(given);
  });
});
