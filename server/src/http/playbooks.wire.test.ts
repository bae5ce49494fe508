import type { Sandbox } from '@purser/sandbox';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRig, type Rig, startSandbox } from '../playbooks/testing.ts';
import { Problem } from '../problem.ts';
import type { PlaybookInfo, PlaybookRun } from './api.ts';
import { addPlaybookRoutes } from './playbooks.ts';
import { createApi } from './route.ts';
import type { Service } from './service.ts';

let sandbox: { sandbox: Sandbox; url: string };
let rig: Rig;
let role = 'owner';
const app = createApi();
app.onError((error) => {
  if (!(error instanceof Problem)) throw error;
  return Response.json(error.toDocument(), { status: error.status });
});

beforeAll(async () => {
  sandbox = await startSandbox();
  rig = await createRig(sandbox);
  const access = { whoIs: async () => ({ type: 'person', id: 'usr_1', name: 'Olga', role }) };
  const live = { publish: async () => undefined };
  const playbooks = { ...rig.playbooks, stop: rig.engine.stop };
  addPlaybookRoutes(app, { access, live, playbooks } as unknown as Service);
});
afterAll(async () => {
  await rig.close();
  await sandbox.sandbox.close();
});

async function api<T>(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  const answer = await app.request(path, init);
  return { status: answer.status, body: (await answer.json()) as T };
}
const setUp = (body: object) => api('PUT', `/api/playbooks/dunning/connections/${rig.connectionId}`, body);

test('a playbook is read with what a form needs, set up by an owner alone, and shown as it is set', async () => {
  const { body: before } = await api<{ data: PlaybookInfo[] }>('GET', '/api/playbooks');
  const dunning = before.data.find(({ name }) => name === 'dunning');
  expect(dunning).toMatchObject({ title: 'Dunning', setups: [], outcomes: [], looksEveryHours: 1 });
  expect(dunning?.settings).toMatchObject({
    properties: { followDays: { default: 30, description: expect.any(String) } },
  });
  role = 'operator';
  expect((await setUp({ enabled: true })).status).toBe(403);
  role = 'owner';
  expect(await setUp({ enabled: true, settings: { language: 'de' } })).toMatchObject({
    status: 200,
    body: { enabled: true, agentId: rig.agentId, settings: { language: 'de', followDays: 30 } },
  });
  const { body } = await api<PlaybookInfo>('GET', `/api/playbooks/dunning?connectionId=${rig.connectionId}`);
  expect(body.setups).toMatchObject([{ connectionId: rig.connectionId, enabled: true }]);
  expect(await setUp({ enabled: false })).toMatchObject({
    body: { enabled: false, settings: { language: 'de' } },
  });
});

test('what is wrong with a request is named', async () => {
  expect((await api('GET', '/api/playbooks/none')).status).toBe(404);
  expect((await api('GET', '/api/playbook-runs/pbr_none')).status).toBe(404);
  expect((await api('POST', '/api/playbook-runs/pbr_none/stop')).status).toBe(404);
  expect(await setUp({ settings: { followDays: 'x', other: 1 } })).toMatchObject({
    status: 422,
    body: { errors: [{ path: 'settings.followDays' }, { path: 'settings' }] },
  });
  const noInvoice = { connectionId: rig.connectionId, input: { invoice: 'ch_1' } };
  expect(await api('POST', '/api/playbooks/dunning/dry-run', noInvoice)).toMatchObject({
    status: 422,
    body: { errors: [{ path: 'input.invoice' }] },
  });
  const unknown = { connectionId: rig.connectionId, input: { invoice: 'in_none' } };
  expect(await api('POST', '/api/playbooks/dunning/dry-run', unknown)).toMatchObject({ status: 422 });
  expect((await api('POST', '/api/playbooks/dunning/dry-run', { connectionId: 'con_none' })).status).toBe(
    404,
  );
});

test('runs are begun once, listed in pages, read with their steps, and stopped', async () => {
  const begin = (invoice: string) =>
    api<{ data: PlaybookRun[] }>('POST', '/api/playbooks/dunning/runs', {
      ...{ connectionId: rig.connectionId, input: { invoice } },
    });
  const [first, again] = [await begin('in_1'), await begin('in_1')];
  expect(first.status).toBe(202);
  expect(again.body.data[0]?.id).toBe(first.body.data[0]?.id);
  await rig.pass({ hours: 1, every: 1 });
  await begin('in_2');
  const page = await api<{ data: PlaybookRun[]; next_cursor: string }>('GET', '/api/playbook-runs?limit=1');
  expect(page.body.data).toMatchObject([
    { subject: 'in_2', title: 'Dunning: invoice in_2', startedBy: 'Olga' },
  ]);
  const rest = await api<{ data: PlaybookRun[] }>(
    'GET',
    `/api/playbook-runs?limit=1&playbook=dunning&cursor=${page.body.next_cursor}`,
  );
  expect(rest.body.data).toMatchObject([{ subject: 'in_1' }]);
  const [{ id } = { id: '' }] = page.body.data;
  expect(await api('POST', `/api/playbook-runs/${id}/stop`)).toMatchObject({
    status: 200,
    body: { state: 'stopped', problem: 'Olga stopped it.', steps: [] },
  });
  expect((await api('POST', `/api/playbook-runs/${id}/stop`)).status).toBe(409);
  role = 'viewer';
  expect((await api('POST', `/api/playbook-runs/${id}/stop`)).status).toBe(403);
  expect((await begin('in_3')).status).toBe(403);
  role = 'owner';
});
