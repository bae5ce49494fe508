import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ToolError } from '../../../tools/tool.ts';
import { foundAgain, operation, type TestAccount, testAccount } from '../testing.ts';

let account: TestAccount;
beforeAll(async () => {
  account = await testAccount('sk_test_rehearsals');
});
afterAll(() => account.close());

const idIn = (view: unknown) => (view as { id: string }).id;
const write = (name: string) => {
  const tool = account.tool(name);
  if (tool.effect === 'read') throw new Error(`${name} only reads.`);
  return tool;
};

describe('test clocks', () => {
  test('a subscription is seen through its renewal, and the rehearsal is taken away again', async () => {
    const clock = await account.call('create_test_clock', { start: '2027-01-31', name: 'Renewal' });
    const id = idIn(clock.view);
    expect(clock.view).toMatchObject({ status: 'ready', time: '2027-01-31T00:00:00Z' });
    const fixture = { kind: 'subscriber', name: 'Ada', test_clock: id };
    const made = await account.call('create_test_fixture', fixture);
    const { customer } = made.view as { customer: string };
    const waiting = account.whileWaiting(async () => {
      await account.stripe.testHelpers.testClocks.retrieve(id);
    });
    const plan = await account.plan('advance_test_clock', {
      test_clock: id,
      by: { count: 1, unit: 'month' },
    });
    expect(plan.preview.summary).toContain('to 2027-02-28T00:00:00Z');
    await account.call('advance_test_clock', { test_clock: id, to: '2027-03-02' });
    await expect
      .poll(async () => (await waiting.call('wait_for', { id, until: ['ready'] })).view)
      .toMatchObject({ status: 'ready' });
    expect((await account.stripe.invoices.list({ customer })).data.length).toBeGreaterThanOrEqual(2);
    await account.undo(clock);
    await expect(account.stripe.testHelpers.testClocks.retrieve(id)).rejects.toMatchObject({
      code: 'resource_missing',
    });
  });

  test('an advance that had no answer is found on its way and when it is there; a deletion, too', async () => {
    const { id } = await account.stripe.testHelpers.testClocks.create({ frozen_time: 1_800_000_000 });
    const by = { count: 2, unit: 'day' };
    const { before, said, after } = await account.traced('advance_test_clock', { test_clock: id, by });
    expect(before).toBeNull();
    expect(said).toMatchObject({ summary: expect.stringMatching(/^Advanced/) });
    expect(after).toMatchObject({ summary: (said as { summary: string }).summary });
    await expect
      .poll(async () => (await account.stripe.testHelpers.testClocks.retrieve(id)).status)
      .toBe('ready');
    await foundAgain(account, 'delete_test_clock', { test_clock: id });
  });

  test('back in time is refused', async () => {
    const { id } = await account.stripe.testHelpers.testClocks.create({ frozen_time: 1_800_000_000 });
    const refused = await account.refusal('advance_test_clock', { test_clock: id, to: '2020-01-01' });
    expect(refused.code).toBe('not_later');
    const { input } = account.tool('advance_test_clock');
    expect(input.safeParse({ test_clock: id }).success).toBe(false);
  });

  test.each([
    ['create_test_clock', {}],
    ['advance_test_clock', { test_clock: 'clock_1', to: '2027-01-01' }],
    ['delete_test_clock', { test_clock: 'clock_1' }],
    ['create_test_fixture', { kind: 'subscriber' }],
  ])('%s is refused in live mode before anything is asked', async (name, input) => {
    const { secret } = await account.control('accounts', { livemode: true });
    const live = account.withKey(secret);
    expect(await live.refusal(name, input)).toMatchObject({ code: 'test_mode_only', requestIds: [] });
  });
});

describe('test data', () => {
  test.each([
    ['paying_customer', 'succeeded'],
    ['declining_customer', 'card_declined'],
    ['authenticating_customer', 'authentication_required'],
  ])('%s ends a charge with %s', async (kind, end) => {
    const made = await foundAgain(account, 'create_test_fixture', { kind, email: `${kind}@example.org` });
    const { customer, payment_method: method } = made.view as Record<string, string>;
    const paid = await account.stripe.paymentIntents
      .create({
        ...{ amount: 1000, currency: 'usd', confirm: true, off_session: true },
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        ...{ customer: customer ?? '', payment_method: method ?? '' },
      })
      .then(
        ({ status }) => status,
        (error: { code?: string }) => error.code,
      );
    expect(paid).toBe(end);
  });

  test('broken off on the way, it goes on under its keys and makes nothing twice', async () => {
    const tool = write('create_test_fixture');
    const { sealed } = await tool.plan({ kind: 'subscriber', email: 'half@example.org' }, {});
    const context = operation();
    await account.control('faults', { path: '/v1/subscriptions', method: 'POST', status: 400 });
    await expect(tool.act(sealed, context)).rejects.toBeInstanceOf(ToolError);
    const look = { operationId: context.operationId, since: new Date(0) };
    await expect(tool.find?.(sealed, look)).rejects.toMatchObject({ code: 'unfinished' });
    expect((await account.stripe.customers.list({ email: 'half@example.org' })).data).toHaveLength(1);
  });
});

describe('webhook endpoints', () => {
  const url = 'https://shop.example.com/hooks';

  test('one is made, found again, changed exactly, set back and deleted, and no secret is shown', async () => {
    const events = ['invoice.paid', 'charge.failed'];
    const made = await foundAgain(account, 'ensure_webhook_endpoint', { url, events });
    const id = idIn(made.view);
    expect(made.view).toMatchObject({ url, status: 'enabled', events: ['charge.failed', 'invoice.paid'] });
    expect(JSON.stringify(made)).not.toContain('whsec_');
    const plan = await account.plan('ensure_webhook_endpoint', {
      url,
      events: ['invoice.paid', 'payout.paid'],
    });
    expect(plan.preview.facts).toEqual(
      expect.arrayContaining([
        { label: 'New', value: 'payout.paid' },
        { label: 'No longer sent', value: 'charge.failed' },
      ]),
    );
    const changed = await account.call('ensure_webhook_endpoint', { url, events: ['payout.paid'] });
    expect(idIn(changed.view)).toBe(id);
    await account.undo(changed);
    expect((await account.stripe.webhookEndpoints.retrieve(id)).enabled_events.sort()).toEqual([
      'charge.failed',
      'invoice.paid',
    ]);
    const listed = await account.call('list_webhook_endpoints', {});
    expect(listed.view).toMatchObject({ complete: true, data: [{ id, url }] });
    await foundAgain(account, 'delete_webhook_endpoint', { webhook_endpoint: url });
    expect((await account.stripe.webhookEndpoints.list()).data).toEqual([]);
  });

  test('that of the workspace itself keeps its secret sealed; without an address it is refused', async () => {
    const events = ['invoice.paid'];
    expect(await account.refusal('ensure_webhook_endpoint', { events })).toMatchObject({
      code: 'no_public_url',
      next: expect.stringContaining('PURSER_PUBLIC_URL'),
    });
    const kept: (string | null)[] = [];
    const own = account.with({
      ownWebhook: {
        url: 'https://purser.example.com/webhooks/stripe/con_1',
        knowsSecret: async () => kept.length > 0,
        keep: async ({ secret }) => {
          kept.push(secret);
        },
      },
    });
    const made = await own.call('ensure_webhook_endpoint', { events });
    expect(kept).toEqual([expect.stringMatching(/^whsec_/)]);
    expect(JSON.stringify(made)).not.toContain(kept[0]);
    await own.call('ensure_webhook_endpoint', { events: ['invoice.paid', 'charge.failed'] });
    expect((await account.stripe.webhookEndpoints.list()).data).toHaveLength(1);
  });

  test('a seventeenth is refused with what to do, and http is no address', async () => {
    const { length } = (await account.stripe.webhookEndpoints.list({ limit: 100 })).data;
    for (let at = length; at < 16; at += 1)
      await account.stripe.webhookEndpoints.create({
        url: `${url}/${at}`,
        enabled_events: ['charge.failed'],
      });
    const more = await account.refusal('ensure_webhook_endpoint', { url, events: ['invoice.paid'] });
    expect(more).toMatchObject({ code: 'too_many_endpoints' });
    const { input } = account.tool('ensure_webhook_endpoint');
    expect(input.safeParse({ url: 'http://shop.example.com', events: ['*'] }).success).toBe(false);
  });
});
