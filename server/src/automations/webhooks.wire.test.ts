import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemActor } from '../audit/audit.ts';
import { type Rig, secret, signed, startRig } from './testing.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

describe('webhooks', () => {
  test('what Stripe signed is stored once, however often it comes', async () => {
    const { id, webhooks, events } = await rig.prepare();
    await webhooks.setSecrets(id, ['whsec_other_secret', secret], systemActor);
    const delivery = signed(rig.eventOf('evt_1'));
    const answers = await Promise.all(Array.from({ length: 20 }, () => webhooks.receive(id, ...delivery)));
    expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(await events.list(id, {}, { limit: 10 })).toMatchObject([
      { id: 'evt_1', objectId: 'in_1', source: 'webhook' },
    ]);
    expect(await webhooks.get(id)).toMatchObject({ status: 'enabled', secretCount: 2, problem: null });
  });

  test.each([
    ['the wrong secret', () => signed(rig.eventOf('evt_x'), 'whsec_wrong_secret'), 'signature_wrong'],
    ['no signature', () => [signed(rig.eventOf('evt_x'))[0], undefined] as const, 'signature_missing'],
    [
      'an altered body',
      () =>
        [signed(rig.eventOf('evt_x'))[0].replace('in_1', 'in_2'), signed(rig.eventOf('evt_x'))[1]] as const,
      'signature_wrong',
    ],
    [
      'an old signature',
      () => signed(rig.eventOf('evt_x'), secret, Math.floor(Date.now() / 1000) - 301),
      'signature_old',
    ],
    ['live mode', () => signed({ ...rig.eventOf('evt_x'), livemode: true }), 'event_other_mode'],
    [
      'another account',
      () => signed({ ...rig.eventOf('evt_x'), account: 'acct_other' }),
      'event_other_account',
    ],
    [
      'no JSON',
      () => ['{', Stripe.webhooks.generateTestHeaderString({ payload: '{', secret })] as const,
      'event_malformed',
    ],
  ])('%s is refused, stored nowhere, and shown where people look', async (_, delivery, code) => {
    const { id, webhooks, events } = await rig.prepare();
    await webhooks.setSecrets(id, [secret], systemActor);
    const [payload, header] = delivery();
    await expect(webhooks.receive(id, payload, header)).rejects.toMatchObject({ status: 400, code });
    expect(await events.list(id, {}, { limit: 10 })).toEqual([]);
    const { status, problem } = await webhooks.get(id);
    expect(status).toBe('refusing');
    expect(problem).toMatchObject({ count: 1, why: expect.stringMatching(/\.\s.+\./) });
    await webhooks.receive(id, ...signed(rig.eventOf('evt_good')));
    expect(await webhooks.get(id)).toMatchObject({ status: 'enabled', problem: null });
  });

  test('a connection without secrets takes nothing', async () => {
    const { id, webhooks } = await rig.prepare();
    await expect(webhooks.receive(id, ...signed(rig.eventOf('evt_1')))).rejects.toMatchObject({
      status: 404,
    });
  });

  test('registers one endpoint with the event types in use, and never a second', async () => {
    const { id, webhooks, stripe, tasks, agent } = await rig.prepare();
    await tasks.create(
      {
        agentId: agent,
        name: 'T',
        prompt: 'Look.',
        trigger: { type: 'event', event: 'invoice.payment_failed' },
      },
      systemActor,
    );
    const first = await webhooks.register(id, systemActor);
    expect(first).toMatchObject({
      url: `https://purser.example.com/webhooks/stripe/${id}`,
      events: ['invoice.payment_failed'],
      status: 'silent',
    });
    await tasks.create(
      { agentId: agent, name: 'U', prompt: 'Look.', trigger: { type: 'event', event: 'charge.failed' } },
      systemActor,
    );
    const second = await webhooks.register(id, systemActor);
    expect(second).toMatchObject({
      endpointId: first.endpointId,
      events: ['invoice.payment_failed', 'charge.failed'],
    });
    const { data } = await stripe.webhookEndpoints.list();
    expect(data.map(({ enabled_events }) => enabled_events)).toEqual([
      ['invoice.payment_failed', 'charge.failed'],
    ]);
  });

  test('an endpoint is kept in step with what is waited for', async () => {
    const { id, webhooks, stripe, tasks, agent } = await rig.prepare();
    const sent = async () =>
      (await stripe.webhookEndpoints.list()).data.map(({ enabled_events: all }) => all);
    const trigger = { type: 'event', event: 'charge.failed' } as const;
    await webhooks.register(id, systemActor);
    expect(await webhooks.keepInStep()).toBe(0);
    const task = await tasks.create({ agentId: agent, name: 'T', prompt: 'Look.', trigger }, systemActor);
    expect(await webhooks.keepInStep()).toBe(1);
    expect(await sent()).toEqual([['charge.failed']]);
    await tasks.update(task.id, { enabled: false }, systemActor);
    expect(await webhooks.keepInStep()).toBe(1);
    expect(await sent()).toEqual([['invoice.paid', 'charge.failed']]);
    expect(await webhooks.keepInStep()).toBe(0);
    expect((await webhooks.get(id)).secretCount).toBe(1);
  });

  test('all events about an object are asked for by name, for Stripe knows no such pattern', async () => {
    const { id, webhooks, stripe, tasks, agent } = await rig.prepare();
    const trigger = { type: 'event', event: 'charge.dispute.*' } as const;
    await tasks.create({ agentId: agent, name: 'T', prompt: 'Look.', trigger }, systemActor);
    const { events } = await webhooks.register(id, systemActor);
    expect(events).toContain('charge.dispute.created');
    expect(events.every((type) => /^charge\.dispute\.\w+$/.test(type))).toBe(true);
    expect((await stripe.webhookEndpoints.list()).data[0]?.enabled_events).toEqual(events);
    expect(await webhooks.keepInStep()).toBe(0);
    const wrong = { type: 'event', event: 'invoices.*' } as const;
    await expect(
      tasks.create({ agentId: agent, name: 'T', prompt: 'Look.', trigger: wrong }, systemActor),
    ).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('Stripe has no event invoices.*.'),
    });
  });

  test('one of ours whose secret was lost is made anew', async () => {
    const { id, webhooks, stripe } = await rig.prepare();
    const first = await webhooks.register(id, systemActor);
    await webhooks.remove(id, systemActor);
    const again = await webhooks.register(id, systemActor);
    expect(again.endpointId).not.toBe(first.endpointId);
    expect((await stripe.webhookEndpoints.list()).data).toHaveLength(1);
  });

  test('without a public address it says what to set', async () => {
    const { id, webhooks } = await rig.prepare(null);
    await expect(webhooks.register(id, systemActor)).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('PURSER_PUBLIC_URL'),
    });
  });
});
