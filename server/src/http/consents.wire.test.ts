import { afterAll, beforeAll, expect, test } from 'vitest';
import { createConsents } from '../connections/mail/consents.ts';
import { createRig, owner, type Rig, startSandbox } from '../playbooks/testing.ts';
import { Problem } from '../problem.ts';
import { createVault } from '../secrets/vault.ts';
import { addConsentRoutes } from './consents.ts';
import { createApi } from './route.ts';
import type { Service } from './service.ts';

let rig: Rig;
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
const app = createApi();
app.onError((error) => {
  if (!(error instanceof Problem)) throw error;
  return Response.json(error.toDocument(), { status: error.status });
});
let consents: ReturnType<typeof createConsents>;

beforeAll(async () => {
  sandbox = await startSandbox();
  rig = await createRig(sandbox);
  const vault = createVault({ masterKey: Buffer.alloc(32, 7) });
  consents = createConsents({ db: rig.db, clock: rig.clock, vault, publicUrl: 'https://purser.example.com' });
  const access = { whoIs: async () => ({ type: 'token', id: 'tok_1', name: 'Shop', role: 'owner' }) };
  const { audit, connections } = rig;
  addConsentRoutes(app, { access, consents, audit, connections } as unknown as Service);
});
afterAll(async () => {
  await rig.close();
  await sandbox.sandbox.close();
});

test('consent is recorded with how it was said; the link takes it back by one click, and only then', async () => {
  const body = {
    connectionId: rig.connectionId,
    address: 'Dora@Example.com',
    given: true,
    how: 'Ticked at checkout',
  };
  const put = await app.request('/api/consents', { method: 'PUT', body: JSON.stringify(body) });
  expect(await put.json()).toMatchObject({ address: 'dora@example.com', given: true, recordedBy: 'Shop' });
  const link = new URL(consents.linkFor(rig.connectionId, 'dora@example.com') ?? '').pathname;
  const asked = await app.request(link);
  expect(await asked.text()).toContain('<button');
  expect(await consents.isGiven(rig.connectionId, 'dora@example.com')).toBe(true);
  const click = { method: 'POST', body: 'List-Unsubscribe=One-Click' };
  for (const _ of [1, 2]) expect((await app.request(link, click)).status).toBe(200);
  expect(await consents.isGiven(rig.connectionId, 'dora@example.com')).toBe(false);
  const { data } = (await (await app.request('/api/consents?address=dora@example.com')).json()) as {
    data: object[];
  };
  expect(data).toMatchObject([
    { given: false, how: 'By the link in a mail.' },
    { given: true, how: 'Ticked at checkout' },
  ]);
  expect((await app.request(`${link}x`, click)).status).toBe(404);
});

test('who may be written to and who may not is one list, by the last word of each', async () => {
  const say = (address: string, given: boolean) =>
    consents.record({ connectionId: rig.connectionId, address, given, how: 'On the phone' }, owner);
  for (const [address, given] of [
    ['ann@example.com', true],
    ['ben@example.com', true],
    ['ben@example.com', false],
  ] as const)
    await say(address, given);
  const listed = async (standing: string, more = '') => {
    const answer = await app.request(`/api/consents?standing=${standing}${more}`);
    return ((await answer.json()) as { data: { address: string; given: boolean }[] }).data.map(
      ({ address, given }) => `${address} ${given}`,
    );
  };
  expect(await listed('any')).toEqual([
    'ben@example.com false',
    'ann@example.com true',
    'dora@example.com false',
  ]);
  expect(await listed('given')).toEqual(['ann@example.com true']);
  expect(await listed('withdrawn', '&limit=1')).toEqual(['ben@example.com false']);
});
