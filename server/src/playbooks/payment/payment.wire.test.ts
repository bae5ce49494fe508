import type { Sandbox } from '@purser/sandbox';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Policy } from '../../guard/policy.ts';
import { createRig, owner, type Rig, startSandbox } from '../testing.ts';

let sandbox: { sandbox: Sandbox; url: string };
const rigs: Rig[] = [];
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.sandbox.close());
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
});

const allowed: Policy = { effects: { outbound: 'allow', destructive: 'allow' } };
const [good, bad] = ['pm_card_visa', 'pm_card_chargeCustomerFail'];
const secure = 'pm_card_authenticationRequired';

/** A customer with these cards, the first the default, the last saved first among the others. */
async function prepare(cards: string[], options: { policy?: Policy; settings?: object } = {}) {
  const rig = await createRig(sandbox, { policy: options.policy ?? allowed });
  rigs.push(rig);
  if (options.settings)
    await rig.playbooks.set('payment', rig.connectionId, { settings: options.settings }, owner);
  const customer = await rig.customer(cards);
  const input = { customer: customer.id, amount: '25.00', currency: 'usd', description: 'Order 7' };
  const begin = (key?: string) => rig.playbooks.begin('payment', rig.connectionId, { input, key, by: owner });
  const intents = async () =>
    (await rig.stripe.paymentIntents.list({ customer: customer.id })).data
      .map(({ status }) => status)
      .reverse();
  // In no order of time: two may begin within one millisecond.
  const operations = async () =>
    (await rig.db.selectFrom('operations').select(['tool', 'state']).execute())
      .map(({ tool, state }) => `${tool} ${state}`)
      .sort();
  return { rig, customer, input, begin, intents, operations };
}

describe('a payment', () => {
  test('by the default card is one charge and one mail', async () => {
    const { rig, begin, intents, operations } = await prepare([good, bad]);
    await begin();
    await rig.work();
    expect(await intents()).toEqual(['succeeded']);
    expect(await operations()).toEqual(['charge_customer done', 'send_message done']);
    expect(await rig.mails()).toMatchObject([
      {
        to: 'bob@example.com',
        subject: expect.stringMatching(/^Your payment of \$25\.00 to /),
        body: expect.stringContaining('Order 7'),
      },
    ]);
    expect(await rig.ran()).toMatchObject([
      { state: 'done', outcome: 'paid', amount: { decimal: '25.00', currency: 'usd' } },
    ]);
  });

  test('falls back to the other cards in turn, one operation each, and stops at the first that pays', async () => {
    const { rig, begin, intents, operations } = await prepare([bad, good, bad]);
    await begin();
    await rig.work();
    expect(await intents()).toEqual(['requires_payment_method', 'requires_payment_method', 'succeeded']);
    expect(await operations()).toEqual([
      ...['charge_customer done', 'charge_customer failed', 'charge_customer failed', 'send_message done'],
    ]);
    expect(await rig.mails()).toHaveLength(1);
  });

  test('that no card pays ends with a mail that says so and where to mend it', async () => {
    const cardPage = 'https://billing.example/login';
    const { rig, begin, intents } = await prepare([bad, bad], { settings: { cardPage } });
    await begin();
    await rig.work();
    expect(await intents()).not.toContain('succeeded');
    expect(await rig.mails()).toMatchObject([
      {
        subject: expect.stringContaining('did not go through'),
        body: expect.stringContaining(`(${cardPage})`),
      },
    ]);
    expect(await rig.ran()).toMatchObject([{ state: 'done', outcome: 'failed', amount: null }]);
  });

  test('tries no more cards than it is set to', async () => {
    const { rig, begin, intents } = await prepare([bad, good, bad, bad], { settings: { mostCards: 2 } });
    await begin();
    await rig.work();
    expect(await intents()).toHaveLength(2);
  });

  test('without any card, or of a customer who was deleted, charges nothing', async () => {
    const { rig, customer, begin, intents } = await prepare([]);
    await begin('one');
    await rig.work();
    await rig.stripe.customers.del(customer.id);
    await begin('two');
    await rig.work();
    expect(await intents().catch(() => [])).toEqual([]);
    expect((await rig.ran()).map(({ outcome }) => outcome).sort()).toEqual(['failed', 'not_possible']);
  });
});

describe('a bank that wants the customer to confirm', () => {
  const linkIn = (body = '') => /\((http[^)]+)\)/.exec(body)?.[1] ?? '';
  const authenticate = (url: string, outcome: 'succeed' | 'fail') =>
    fetch(url, { method: 'POST', body: new URLSearchParams({ outcome }), redirect: 'manual' });

  test('sends the link, waits, and is paid by it; no other card is charged meanwhile', async () => {
    const { rig, begin, intents } = await prepare([secure, good]);
    await begin();
    await rig.work();
    expect(await intents()).toEqual(['requires_action']);
    const [ask] = await rig.mails();
    expect(ask?.subject).toMatch(/^Please confirm your payment of \$25\.00/);
    await rig.pass({ hours: 24, every: 8 });
    expect(await intents()).toEqual(['requires_action']);
    await authenticate(linkIn(ask?.body), 'succeed');
    await rig.hear();
    await rig.work();
    expect(await intents()).toEqual(['succeeded']);
    expect(await rig.ran()).toMatchObject([{ outcome: 'paid' }]);
    expect(await rig.mails()).toHaveLength(2);
  });

  test('when the customer fails there, the next card is charged', async () => {
    const { rig, begin, intents } = await prepare([secure, good]);
    await begin();
    await rig.work();
    await authenticate(linkIn((await rig.mails())[0]?.body), 'fail');
    await rig.hear();
    await rig.work();
    expect(await intents()).toEqual(['requires_payment_method', 'succeeded']);
  });

  test('when nobody confirms in time, that payment is canceled before the next card is charged', async () => {
    const { rig, begin, intents, operations } = await prepare([secure, good], {
      settings: { confirmHours: 24 },
    });
    await begin();
    await rig.work();
    const [ask] = await rig.mails();
    await rig.pass({ hours: 30, every: 6 });
    expect(await intents()).toEqual(['canceled', 'succeeded']);
    expect(await operations()).toContain('cancel_payment_intent done');
    await authenticate(linkIn(ask?.body), 'succeed');
    expect(await intents()).toEqual(['canceled', 'succeeded']);
  });

  test('when a person does not want it canceled, no other card is charged', async () => {
    const policy: Policy = { effects: { outbound: 'allow', destructive: 'ask' } };
    const { rig, begin, intents } = await prepare([secure, good], { policy, settings: { confirmHours: 12 } });
    await begin();
    await rig.work();
    await rig.pass({ hours: 12, every: 6 });
    expect(await rig.pending()).toMatchObject([{ tool: 'cancel_payment_intent' }]);
    await rig.decide(false);
    expect(await intents()).toEqual(['requires_action']);
    expect(await rig.ran()).toMatchObject([{ state: 'done', outcome: 'open' }]);
  });
});

describe('nothing twice', () => {
  test('one start by a key is one run, and another input under it is refused', async () => {
    const { rig, input, begin, intents } = await prepare([good]);
    const [one, same] = [await begin('order-7'), await begin('order-7')];
    expect(same.id).toBe(one.id);
    const other = { ...input, amount: '26.00' };
    await expect(
      rig.playbooks.begin('payment', rig.connectionId, { input: other, key: 'order-7', by: owner }),
    ).rejects.toMatchObject({ status: 409, code: 'idempotency_key_reused' });
    await rig.work();
    expect(await intents()).toEqual(['succeeded']);
  });

  test('three instances at once charge once, and so does a turn that is taken again', async () => {
    const { rig, begin, intents } = await prepare([bad, good]);
    await begin();
    const instances = [rig.instance(), rig.instance(), rig.instance()];
    await Promise.all(instances.map(({ engine }) => engine.wake()));
    const turn = instances.flatMap(({ begun }) => begun);
    expect(turn).toHaveLength(1);
    for (const { begun } of instances) begun.splice(0, begun.length, ...turn, ...turn);
    await Promise.all(instances.map((each) => each.work()));
    expect(await intents()).toEqual(['requires_payment_method', 'succeeded']);
    expect(await rig.mails()).toHaveLength(1);
  });
});

describe('with a person', () => {
  const asks: Policy = { effects: { money: 'ask', outbound: 'allow' } };

  test('each card is asked for, and the playbook goes on after a yes', async () => {
    const { rig, begin, intents } = await prepare([bad, good], { policy: asks });
    await begin();
    await rig.work();
    expect(await intents()).toEqual([]);
    expect(await rig.decide(true)).toMatchObject([{ preview: { amount: { decimal: '25.00' } } }]);
    expect(await intents()).toEqual(['requires_payment_method']);
    await rig.decide(true);
    expect(await intents()).toEqual(['requires_payment_method', 'succeeded']);
  });

  test('a no ends it, and the customer hears nothing', async () => {
    const { rig, begin, intents } = await prepare([good], { policy: asks });
    await begin();
    await rig.work();
    await rig.decide(false);
    expect(await intents()).toEqual([]);
    expect(await rig.mails()).toEqual([]);
    expect(await rig.ran()).toMatchObject([{ outcome: 'rejected' }]);
  });

  test('agents try it and begin it as tools', async () => {
    const { rig, input, intents } = await prepare([good]);
    const tool = await rig.openTool(rig.connectionId, 'run_playbook');
    const call = { playbook: 'payment', input };
    const plan = await tool?.plan(call, {});
    expect(plan?.preview.summary).toBe(`Begin Payment with fallback: 25.00 USD from ${input.customer}`);
    expect(plan?.preview.facts[0]?.value).toMatch(/^Charge Bob Loblaw .*\$25\.00 with visa ending in 4242/);
    const context = { operationId: 'op_1', threadId: 'thr_1', idempotencyKey: () => 'op_1' };
    for (let time = 0; time < 2; time += 1)
      expect(await tool?.act(plan?.sealed ?? null, context)).toMatchObject({ view: { state: 'waiting' } });
    await rig.work();
    expect(await intents()).toEqual(['succeeded']);
    await expect(tool?.plan({ playbook: 'none', input: {} }, {})).rejects.toMatchObject({
      code: 'playbook_not_found',
    });
  });
});
