import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAudit, systemActor } from '../audit/audit.ts';
import { systemClock } from '../clock.ts';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import { createVault } from '../secrets/vault.ts';
import { type Connections, createConnections } from './connections.ts';
import { connectionTypes } from './kinds.ts';
import { createPace } from './pace.ts';
import { hostileUrls } from './testing-hostile-urls.ts';

let database: Database;
let connections: Connections;
beforeAll(async () => {
  database = await testDatabase();
  connections = createConnections({
    db: database.db,
    vault: createVault({ masterKey: randomBytes(32) }),
    audit: createAudit(database.db),
    clock: systemClock,
    types: connectionTypes,
    allowPrivateAddresses: false,
    pace: createPace(database.db),
  });
});
afterAll(() => database.close());

/** What a type asks for, with each address it takes set to one. */
function entered(type: (typeof connectionTypes)[number], address: string) {
  const byHand: Record<string, string> = {
    prefix: 'peer',
    apiKey: 'sk_test_hostile000000',
    secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
  };
  const credentials = Object.fromEntries(
    type.credentials.flatMap(({ name, kind, optional }) => {
      if (kind === 'url') return [[name, address]];
      return optional && !byHand[name] ? [] : [[name, byHand[name] ?? 'x'.repeat(40)]];
    }),
  );
  return { type: type.type, credentials, baseUrl: type.acceptsBaseUrl ? address : null };
}

const reaching = connectionTypes.filter(
  ({ acceptsBaseUrl, credentials }) => acceptsBaseUrl || credentials.some(({ kind }) => kind === 'url'),
);

test('every kind of connection that goes to an address of somebody’s choice is known here', () => {
  expect(reaching.map(({ type }) => type).sort()).toEqual([
    'github',
    'hubspot',
    'mcp',
    'quickbooks',
    'slack',
    'stripe',
    'webhook',
  ]);
});

describe.each(reaching.map((type) => [type.type, type] as const))('a connection to %s', (_name, type) => {
  test('is made to no address inside a network, however it is written', async () => {
    const wrong: string[] = [];
    for (const url of hostileUrls) {
      const address = type.acceptsBaseUrl && URL.canParse(url) ? originOf(url) : url;
      const made = await connections.create(entered(type, address), systemActor).then(
        () => 'was made',
        (error: { code?: string }) => error.code,
      );
      if (made !== 'base_url_refused') wrong.push(`${address}: ${made}`);
    }
    expect(wrong).toEqual([]);
    expect(await connections.list({ limit: 5 })).toEqual([]);
  });
});

/** Without a path, which would be reason enough to refuse it. */
const originOf = (url: string): string => url.replace(/^(https?:\/\/[^/]+)\/.*$/, '$1');
