import { afterAll, beforeAll, expect, test } from 'vitest';
import { foundAgain, type TestAccount, testAccount } from '../testing.ts';

let account: TestAccount;
let bob: string;

beforeAll(async () => {
  account = await testAccount('sk_test_schedule_tools');
  for (const [name, amount] of [
    ['Basic', '10'],
    ['Pro', '40'],
  ])
    await account.call('create_product', { name, amount, currency: 'usd', interval: 'month' });
  bob = (await account.stripe.customers.create({ name: 'Bob', email: 'bob@example.com' })).id;
  await account.call('attach_test_payment_method', { customer: bob, card: 'pm_card_visa' });
  await account.call('create_subscription', { customer: 'Bob', product: 'Pro' });
});
afterAll(() => account.close());

const schedule = async () => (await account.stripe.subscriptionSchedules.list({ customer: bob })).data[0];
const his = async () => (await account.stripe.subscriptions.list({ customer: bob })).data[0];

test('a downgrade is planned for the end of the period, found by its mark, and dropped again', async () => {
  const input = { customer: 'Bob', product: 'Basic' };
  const end = (await his())?.items.data[0]?.current_period_end ?? 0;
  const day = new Date(end * 1000).toISOString().slice(0, 10);
  const { preview } = await account.plan('create_schedule', input);
  expect(preview.summary).toBe(
    `From ${day}, switch Bob (bob@example.com) from Pro, $40.00 monthly to Basic, $10.00 monthly`,
  );
  expect(preview.facts).toEqual([
    { label: `Until ${day}`, value: 'Pro, $40.00 monthly' },
    { label: `From ${day}`, value: 'Basic, $10.00 monthly, for 1 month' },
    { label: 'After that', value: 'it goes on like that' },
    { label: 'Billed now', value: 'nothing' },
    { label: 'Can be undone', value: `until ${day}, with release_schedule` },
  ]);
  expect(preview.objects).toContainEqual({ type: 'customer', id: bob, label: 'Bob' });
  const made = await foundAgain(account, 'create_schedule', input);
  expect((await schedule())?.phases.map((phase) => [phase.start_date, phase.items.length])).toEqual([
    [expect.any(Number), 1],
    [end, 1],
  ]);
  expect((await his())?.items.data[0]?.price.unit_amount).toBe(4000);
  expect((await account.refusal('create_schedule', input)).code).toBe('schedule_refused');
  expect((await account.call('list_subscription_schedules', {})).view).toMatchObject({
    complete: true,
    data: [{ customer_name: 'Bob', next_plan: 'Basic, $10.00 monthly', status: 'active' }],
  });
  const changed = await account.plan('update_subscription', { customer: 'Bob', quantity: 2 });
  expect(changed.preview.facts).toContainEqual({
    label: 'Planned changes',
    value: expect.stringContaining('sub_sched_'),
  });
  expect((await account.call('get_subscription', { customer: 'Bob' })).view).toMatchObject({
    planned_changes: [{ plan: 'Basic, $10.00 monthly' }],
  });
  const dropped = await account.undo(made);
  expect((await his())?.schedule).toBeNull();
  await account.undo(dropped);
  expect((await account.call('get_subscription_schedule', { customer: 'Bob' })).view).toMatchObject({
    phases: [
      { plan: 'Pro, $40.00 monthly' },
      { plan: 'Basic, $10.00 monthly', from: `${day}T${new Date(end * 1000).toISOString().slice(11, 19)}Z` },
    ],
  });
});

test('what is planned is replaced, the present phase untouched, and planned again as before', async () => {
  const before = (await schedule())?.phases;
  const phases = [
    { items: [{ product: 'Pro', quantity: 2 }], periods: 3 },
    { items: [{ product: 'Basic' }], proration_behavior: 'create_prorations' },
  ];
  const input = { customer: 'Bob', phases, end_behavior: 'cancel' };
  const { preview } = await account.plan('update_schedule', input);
  expect(preview.amount).toEqual({ decimal: '80.00', currency: 'usd' });
  expect(preview.facts.map(({ value }) => value)).toEqual([
    'Basic, $10.00 monthly',
    '2 × Pro, $40.00 monthly, for 3 months',
    'Basic, $10.00 monthly, for 1 month',
    'the subscription ends',
    'yes, until the change happens',
  ]);
  const changed = await foundAgain(account, 'update_schedule', input);
  const after = await schedule();
  expect(after?.phases).toHaveLength(3);
  expect(after?.phases[0]?.start_date).toBe(before?.[0]?.start_date);
  expect(after?.end_behavior).toBe('cancel');
  await account.undo(changed);
  const again = await schedule();
  expect(again?.end_behavior).toBe('release');
  expect(again?.phases.map(({ items }) => items[0]?.price)).toEqual(
    before?.map(({ items }) => items[0]?.price),
  );
});

test('releasing is found by its mark; nothing of it is left to change', async () => {
  const id = (await schedule())?.id;
  await foundAgain(account, 'release_schedule', { customer: 'Bob' });
  expect(await account.refusal('release_schedule', { customer: 'Bob' })).toMatchObject({
    code: 'not_found',
    next: 'create_schedule plans one.',
  });
  const ended = await account.refusal('update_schedule', { schedule: id, end_behavior: 'cancel' });
  expect(ended.code).toBe('schedule_ended');
});

test('a new subscription is planned for a day, and dropped without a trace of it', async () => {
  const later = new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10);
  const input = { customer: 'Bob', product: 'Basic', new_subscription: true, starts: later };
  const { preview } = await account.plan('create_schedule', input);
  expect(preview.summary).toMatch(
    /^From .+, subscribe Bob .+ to Basic, \$10\.00 monthly; charged automatically/,
  );
  const made = await foundAgain(account, 'create_schedule', input);
  expect((await schedule())?.status).toBe('not_started');
  const refused = await account.refusal('release_schedule', { schedule: made.objects[0]?.id });
  expect(refused.code).toBe('schedule_not_started');
  expect((await account.undo(made)).summary).toBe(
    'Dropped the planned subscription of Bob (bob@example.com)',
  );
});

test('cancelling one that runs ends the subscription, and says so first', async () => {
  await account.call('create_schedule', { customer: 'Bob', product: 'Basic' });
  const { preview } = await account.plan('cancel_schedule', { customer: 'Bob' });
  expect(preview.summary).toBe(
    "End Bob (bob@example.com)'s subscription now, with all that is planned for it",
  );
  await foundAgain(account, 'cancel_schedule', { customer: 'Bob' });
  expect(await his()).toBeUndefined();
});

test('impossible phases are refused before anything is sent', async () => {
  const eve = (await account.stripe.customers.create({ name: 'Eve', email: 'eve@example.com' })).id;
  await account.call('create_subscription', { customer: eve, product: 'Basic' });
  const both = [{ items: [{ product: 'Pro' }], until: '2030-01-01', periods: 2 }];
  expect((await account.refusal('create_schedule', { customer: eve, phases: both })).code).toBe(
    'invalid_phase',
  );
  const past = { customer: eve, product: 'Pro', starts: '2020-01-01' };
  expect((await account.refusal('create_schedule', past)).code).toBe('schedule_refused');
  await account.call('cancel_subscription_at_period_end', { customer: eve });
  expect((await account.refusal('create_schedule', { customer: eve, product: 'Pro' })).message).toContain(
    'ends with its period',
  );
  expect((await account.stripe.subscriptionSchedules.list({ customer: eve })).data).toEqual([]);
});

test('a key without the Subscriptions row is told so', async () => {
  const permissions = { customer: 'read', plan: 'read', product: 'read' };
  const { secret } = await account.control('restricted_keys', { permissions });
  const limited = account.withKey(secret);
  for (const [name, level] of [
    ['list_subscription_schedules', 'read'],
    ['get_subscription_schedule', 'read'],
    ['update_schedule', 'write'],
    ['release_schedule', 'write'],
    ['cancel_schedule', 'write'],
    ['create_schedule', 'write'],
    ['pause_collection', 'write'],
    ['resume_subscription', 'write'],
    ['remove_discount', 'write'],
    ['preview_subscription_change', 'read'],
  ] as const) {
    const whose = name === 'list_subscription_schedules' ? {} : { customer: 'Bob' };
    const more = name === 'update_schedule' ? { end_behavior: 'cancel' } : {};
    const plan = /create|preview/.test(name) ? { product: 'Pro' } : {};
    const error = await limited.refusal(name, { ...whose, ...more, ...plan });
    expect([name, error.details.permission]).toEqual([name, `Subscriptions (${level})`]);
  }
});
