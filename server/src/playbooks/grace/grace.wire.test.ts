import type { Sandbox } from '@purser/sandbox';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
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

const allowed: Policy = { effects: { outbound: 'allow', destructive: 'allow', money: 'allow' } };

/** A subscriber who stops paying, at an account that leaves unpaid subscriptions past due. */
async function prepare(settings: object, policy: Policy = allowed) {
  const rig = await createRig(sandbox, { policy });
  rigs.push(rig);
  await rig.billing({ after_last_retry: 'past_due', retries: [3] });
  const price = await rig.price(5000, 'Team');
  const smaller = await rig.price(900, 'Solo');
  const given = { quietHours: null, graceDays: 10, ...settings };
  const named =
    'action' in settings && settings.action === 'downgrade' ? { ...given, price: smaller.id } : given;
  await rig.playbooks.set('grace', rig.connectionId, { enabled: true, settings: named }, owner);
  const customer = await rig.customer(['pm_card_visa']);
  const { id } = await rig.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
  });
  await rig.use(customer.id, 'pm_card_chargeCustomerFail');
  await rig.pass({ days: 27, every: 27 * 24 });
  for (let step = 0; step < 12 && (await rig.ran()).length === 0; step += 1)
    await rig.pass({ hours: 12, every: 12 });
  const [run] = await rig.ran();
  const invoice = run?.subject ?? '';
  const subscription = () => rig.stripe.subscriptions.retrieve(id);
  const priceNow = async () => (await subscription()).items.data[0]?.price.id;
  const pay = async () => {
    await rig.use(customer.id, 'pm_card_visa');
    await rig.stripe.invoices.pay(invoice);
    await rig.hear();
    await rig.work();
  };
  const subjects = async () => (await rig.mails()).map(({ subject }) => subject.split(' ')[0]);
  return { rig, invoice, price: price.id, smaller: smaller.id, subscription, priceNow, pay, subjects };
}

test('after the days of grace a subscription is moved to the smaller price, and back once it is paid', async () => {
  const { rig, price, smaller, priceNow, pay, subjects } = await prepare({ action: 'downgrade' });
  await rig.pass({ days: 6 });
  expect(await rig.mails()).toEqual([]);
  await rig.pass({ days: 2 });
  expect((await rig.mails())[0]?.body).toMatch(
    /Without payment your subscription will be moved to a smaller plan on/,
  );
  expect(await priceNow()).toBe(price);
  await rig.pass({ days: 3 });
  expect(await priceNow()).toBe(smaller);
  expect(await subjects()).toEqual(['Please', 'Your']);
  expect(await rig.ran()).toMatchObject([{ state: 'waiting' }]);
  await pay();
  expect(await priceNow()).toBe(price);
  expect(await subjects()).toEqual(['Please', 'Your', 'Thank']);
  expect(await rig.ran()).toMatchObject([
    { state: 'done', outcome: 'restored', amount: { decimal: '50.00', currency: 'usd' } },
  ]);
});

test('paid within the days of grace, nothing happens to it', async () => {
  const { rig, price, priceNow, pay } = await prepare({ action: 'downgrade' });
  await rig.pass({ days: 8 });
  await pay();
  await rig.pass({ days: 5 });
  expect(await priceNow()).toBe(price);
  expect(await rig.ran()).toMatchObject([{ state: 'done', outcome: 'paid' }]);
  expect(await rig.mails()).toHaveLength(1);
});

test('paused, it is collected again once it is paid', async () => {
  const { rig, subscription, pay } = await prepare({ action: 'pause', tellCustomer: false });
  await rig.pass({ days: 11 });
  expect((await subscription()).pause_collection).toMatchObject({ behavior: 'void' });
  await pay();
  expect((await subscription()).pause_collection).toBeNull();
  expect(await rig.ran()).toMatchObject([{ outcome: 'restored' }]);
});

test('ended, it stays ended, and a later payment changes nothing', async () => {
  const { rig, subscription } = await prepare({ action: 'cancel', warnDaysBefore: 0 });
  await rig.pass({ days: 11 });
  expect((await subscription()).status).toBe('canceled');
  expect(await rig.ran()).toMatchObject([{ state: 'done', outcome: 'canceled' }]);
  expect(await rig.mails()).toHaveLength(1);
});

test('what it does waits for a yes; a no spares the subscription', async () => {
  const asks: Policy = { effects: { outbound: 'allow', money: 'ask' } };
  const { rig, price, priceNow } = await prepare({ action: 'downgrade' }, asks);
  await rig.pass({ days: 10 });
  expect(await priceNow()).toBe(price);
  expect(await rig.decide(false)).toMatchObject([
    { tool: 'update_subscription', requestedBy: 'Grace period' },
  ]);
  expect(await priceNow()).toBe(price);
  expect(await rig.ran()).toMatchObject([{ state: 'done', outcome: 'spared' }]);
});

test('what waits is withdrawn when it is paid; approved a moment too late it does nothing', async () => {
  const asks: Policy = { effects: { outbound: 'allow', destructive: 'ask' } };
  const first = await prepare({ action: 'cancel' }, asks);
  await first.rig.pass({ days: 10 });
  expect(await first.rig.pending()).toHaveLength(1);
  await first.pay();
  expect(await first.rig.pending()).toEqual([]);
  expect(await first.rig.ran()).toMatchObject([{ outcome: 'paid' }]);

  const second = await prepare({ action: 'cancel' }, asks);
  await second.rig.pass({ days: 10 });
  await second.rig.stripe.invoices.pay(second.invoice, { payment_method: 'pm_card_visa' });
  await second.rig.decide(true);
  expect((await second.subscription()).status).toBe('active');
  expect(await second.rig.ran()).toMatchObject([{ outcome: 'paid' }]);
});

test('settings that make no sense are refused field by field', async () => {
  const rig = await createRig(sandbox);
  rigs.push(rig);
  const refused = (settings: object) =>
    rig.playbooks.set('grace', rig.connectionId, { settings }, owner).then(
      () => [],
      ({ errors }: { errors: { path: string }[] }) => errors.map(({ path }) => path),
    );
  expect(await refused({ action: 'downgrade' })).toEqual(['settings.price']);
  expect(await refused({ graceDays: 3, warnDaysBefore: 3 })).toEqual(['settings.warnDaysBefore']);
});
