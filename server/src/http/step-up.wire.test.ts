import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appCode } from '../access/testing.ts';
import { createAudit } from '../audit/audit.ts';
import { systemClock } from '../clock.ts';
import { createApprovals } from '../guard/approvals.ts';
import { ask, createRig, type Rig } from '../guard/testing.ts';
import { createErasures } from '../privacy/erasures.ts';
import type { Service } from './service.ts';
import { password, peopleWorld, type World } from './testing.ts';

const later = 11 * 60_000;
const again = { status: 403, body: { code: 'step_up_required' } };
let world: World;
let rig: Rig;
beforeAll(async () => {
  world = await peopleWorld({
    behind: ({ db }) => {
      rig = createRig({ db });
      const audit = createAudit(db, systemClock);
      const deleteAtStripe = () => Promise.reject(new Error('Stripe is not asked here.'));
      const erasures = createErasures({ db, audit, clock: systemClock, deleteAtStripe });
      return {
        approvals: createApprovals({ db, audit, clock: rig.clock }),
        runs: { resume: async () => undefined },
        live: { publish: async () => undefined },
        connections: { get: async () => ({}) },
        privacy: { erasures },
      } as unknown as Partial<Service>;
    },
  });
});
beforeEach(() => world.freshen());
afterAll(() => world.close());

describe('step-up before keys and people change', () => {
  const tokens = ['/api/tokens', { name: 'script', role: 'viewer' }] as const;

  it('asks a person for the password, ten minutes after the last proof', async () => {
    const { window } = await world.somebody('owner');
    expect((await window.post(...tokens)).status).toBe(201);
    world.ahead = 11 * 60_000;
    for (const refused of [
      await window.post(...tokens),
      await window.post('/api/invitations', { email: 'new@example.com' }),
      await window.patch('/api/security', { requireSecondFactor: false }),
      await window.put('/api/connections/con_1/webhook', { secrets: ['whsec_12345678'] }),
      await window.post('/api/connections', { type: 'stripe', credentials: {} }),
      await window.put('/api/agents/agt_1/connections/con_1', {}),
      await window.post('/api/account/codes', { password }),
      await window.put('/api/privacy/retention', { threads: 1, mails: null, events: null }),
    ])
      expect(refused).toMatchObject({ status: 403, body: { code: 'step_up_required' } });
    expect((await window.post('/api/session/prove', { password: 'wrong password' })).status).toBe(422);
    expect((await window.post(...tokens)).status).toBe(403);
    expect((await window.post('/api/session/prove', { password })).status).toBe(200);
    expect((await window.post(...tokens)).status).toBe(201);
  });

  it('asks again after the clock was set back: a proof from the future is none', async () => {
    const { window } = await world.somebody('owner');
    world.ahead = -60 * 60_000;
    expect(await window.post(...tokens)).toMatchObject(again);
    world.ahead = -30_000;
    expect((await window.post(...tokens)).status).toBe(201);
  });

  it('takes the second factor where there is one, and no password instead', async () => {
    const { window, uri, recoveryCodes } = await world.withCodes('owner');
    world.ahead = 11 * 60_000;
    expect((await window.post('/api/session/prove', { password })).status).toBe(422);
    const code = appCode(uri);
    expect((await window.post('/api/session/prove', { code })).status).toBe(200);
    expect((await window.post(...tokens)).status).toBe(201);
    expect((await window.post('/api/session/prove', { code })).status).toBe(422);
    expect((await window.post('/api/session/prove', { code: recoveryCodes[0] })).status).toBe(200);
    expect((await window.post('/api/session/prove', { code: recoveryCodes[0] })).status).toBe(422);
  });

  it('takes a passkey, of this person', async () => {
    const { window, device } = await world.withPasskey('owner');
    const { device: foreign } = await world.withPasskey('owner');
    world.ahead = 11 * 60_000;
    const before = window.cookies.get('purser.session_token');
    for (const [which, status] of [
      [foreign, 422],
      [device, 200],
    ] as const) {
      const { body: options } = await window.post('/api/sign-in/passkey/options');
      const proven = await window.post('/api/session/prove', { passkey: which.get(options) });
      expect(proven.status).toBe(status);
      world.ahead = 0;
    }
    expect(window.cookies.get('purser.session_token')).not.toBe(before);
    expect((await window.post(...tokens)).status).toBe(201);
  });

  it('slows down guessing from an open laptop', async () => {
    const { window } = await world.somebody('owner');
    const answers = [];
    for (let guess = 0; guess < 7; guess += 1)
      answers.push((await window.post('/api/session/prove', { password: `guess number ${guess}` })).status);
    expect(answers).toEqual([422, 422, 422, 422, 422, 429, 429]);
  });

  it('never asks a token, nor an owner who has nothing yet to prove it with', async () => {
    const { token } = await world.access.createToken({ name: 'ci', role: 'owner' });
    world.ahead = 60 * 60_000;
    const headers = { host: 'localhost', authorization: `Bearer ${token}` };
    const body = JSON.stringify(tokens[1]);
    expect((await world.app.request('/api/tokens', { method: 'POST', headers, body })).status).toBe(201);
  });
});

describe('step-up before money moves', () => {
  const approve = { decision: 'approve' };

  /** A refund that waits for somebody. @returns the approval's id and where it is decided */
  async function refund(amount: string, currency = 'usd') {
    const { call, shop } = await rig.prepare({ policy: ask });
    shop.charge = amount;
    const id = await rig.askFor(call);
    await world.database.pool.query(
      'update operations set currency = $2 where id = (select operation_id from approvals where id = $1)',
      [id, currency],
    );
    return { id, at: `/api/approvals/${id}` };
  }
  const pending = async (id: string) => {
    const { rows } = await world.database.pool.query('select status from approvals where id = $1', [id]);
    return rows[0].status === 'pending';
  };

  it('asks above what the owners let through, and decides nothing before', async () => {
    const { window } = await world.somebody('approver');
    const [small, large] = [await refund('500.00'), await refund('500.01')];
    expect((await window.post(large.at, { ...approve, reason: 'fresh' })).status).toBe(200);
    const larger = await refund('500.01');
    world.ahead = later;
    expect((await window.post(small.at, approve)).status).toBe(200);
    expect(await window.post(larger.at, approve)).toMatchObject(again);
    expect(await pending(larger.id)).toBe(true);
    expect((await window.post('/api/session/prove', { password })).status).toBe(200);
    expect((await window.post(larger.at, approve)).status).toBe(200);
    expect(await pending(larger.id)).toBe(false);
  });

  it('counts what is approved at once together', async () => {
    const { window } = await world.somebody('approver');
    const ids = [(await refund('300.00')).id, (await refund('200.01')).id];
    world.ahead = later;
    expect(await window.post('/api/approvals', { ids, ...approve })).toMatchObject(again);
    for (const id of ids) expect(await pending(id)).toBe(true);
    expect((await window.post('/api/session/prove', { password })).status).toBe(200);
    expect((await window.post('/api/approvals', { ids, ...approve })).status).toBe(200);
  });

  it('always asks in a currency that the owners named no amount for, whatever the amount', async () => {
    const { window } = await world.somebody('approver');
    const { id, at } = await refund('1.00', 'chf');
    world.ahead = later;
    expect(await window.post(at, approve)).toMatchObject(again);
    expect(await pending(id)).toBe(true);
  });

  it('goes by the amounts that the owners set', async () => {
    const { window } = await world.somebody('approver');
    const owner = await world.byLink();
    const { at } = await refund('20.00');
    const lower = { askAgainAbove: [{ amount: '19.99', currency: 'usd' }] };
    expect((await owner.patch('/api/security', lower)).status).toBe(200);
    world.ahead = later;
    expect(await window.post(at, approve)).toMatchObject(again);
    await world.database.pool.query(`delete from settings where key = 'access.security'`);
    expect((await window.post(at, approve)).status).toBe(200);
  });

  it('rejects without a question, and never asks a token', async () => {
    const { window } = await world.somebody('approver');
    const [first, second] = [await refund('900.00'), await refund('900.00')];
    const { token } = await world.access.createToken({ name: 'ci', role: 'approver' });
    world.ahead = later;
    expect((await window.post(first.at, { decision: 'reject' })).status).toBe(200);
    const headers = { host: 'localhost', authorization: `Bearer ${token}` };
    const body = JSON.stringify(approve);
    expect((await world.app.request(second.at, { method: 'POST', headers, body })).status).toBe(200);
  });
});

describe('step-up before a customer’s data is copied or erased', () => {
  const customer = 'cus_StepUp000001';

  it.each(['exports', 'erasures'])('asks before %s', async (what) => {
    const { window } = await world.somebody('owner');
    const { call } = await rig.prepare();
    const body = { customer, ...(what === 'erasures' && { connectionId: call.connectionId }) };
    const recorded = async () => {
      const { rows } = await world.database.pool.query('select action from audit order by seq');
      return rows.map(({ action }) => action);
    };
    world.ahead = later;
    const before = await recorded();
    expect(await window.post(`/api/privacy/${what}`, body)).toMatchObject(again);
    expect(await recorded()).toEqual(before);
    expect((await window.post('/api/session/prove', { password })).status).toBe(200);
    expect((await window.post(`/api/privacy/${what}`, body)).status).toBe(what === 'exports' ? 200 : 201);
    expect((await recorded()).at(-1)).toBe(what === 'exports' ? 'privacy.exported' : 'erasure.done');
  });
});
