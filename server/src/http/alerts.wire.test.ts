import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRig, owner, type Rig, startSandbox } from '../playbooks/testing.ts';
import { Problem } from '../problem.ts';
import { addAlertRoutes } from './alerts.ts';
import type { Alert } from './api.ts';
import { createApi } from './route.ts';
import type { Service } from './service.ts';

let rig: Rig;
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let role = 'operator';
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
  const { alerts, audit, playbooks, clock } = rig;
  addAlertRoutes(app, { access, live, alerts, audit, playbooks, clock } as unknown as Service);
});
afterAll(async () => {
  await rig.close();
  await sandbox.sandbox.close();
});

const raise = (kind: string, once: string) =>
  rig.alerts.post({ once, kind, connectionId: rig.connectionId, title: 'Odd', body: 'Look.' });
async function mute(id: string, span: string) {
  const answer = await app.request(`/api/alerts/${id}/mute`, {
    method: 'POST',
    body: JSON.stringify({ for: span }),
  });
  return { status: answer.status, body: (await answer.json()) as Alert };
}
const muted = async () =>
  (
    (await rig.playbooks.settings('alerts', rig.connectionId)) as {
      muted: { kind: string; until: string | null }[];
    }
  ).muted;

test('an alert is muted where it stands, for a while, and leaves the inbox; its playbook goes by it', async () => {
  const { id } = await raise('alert_failed_payments', 'a');
  role = 'viewer';
  expect((await mute(id, 'day')).status).toBe(403);
  role = 'operator';
  expect(await mute(id, 'day')).toMatchObject({ status: 200, body: { closedBy: 'Olga', canBeMuted: true } });
  const until = new Date(rig.clock.now().getTime() + 86_400_000).toISOString();
  expect(await muted()).toEqual([{ kind: 'failed_payments', until }]);
  const again = await raise('alert_failed_payments', 'b');
  await raise('alert_payout_failed', 'c').then((other) => mute(other.id, 'week'));
  await mute(again.id, 'always');
  expect(await muted()).toMatchObject([{ kind: 'payout_failed' }, { kind: 'failed_payments', until: null }]);
  const { id: run } = await rig.playbooks.begin('alerts', rig.connectionId, {
    ...{ input: { kind: 'failed_payments', key: 'k', title: 'T', text: 'T' }, by: owner },
  });
  await rig.work();
  expect(await rig.playbooks.run(run)).toMatchObject({ state: 'done', outcome: 'muted' });
});

test('what has to be told cannot be muted, and says so before', async () => {
  const deadline = await raise('alert_dispute_deadline', 'd');
  expect((await mute(deadline.id, 'day')).status).toBe(409);
  const { data } = (await (await app.request('/api/alerts?status=open')).json()) as { data: Alert[] };
  expect(data).toMatchObject([{ id: deadline.id, canBeMuted: false }]);
  expect((await mute('alr_none', 'day')).status).toBe(404);
  expect((await mute(deadline.id, 'year')).status).toBe(422);
});
