import type { Sandbox } from '@purser/sandbox';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createRig, owner, type Rig, startSandbox } from '../testing.ts';

const rigs: Rig[] = [];
let sandbox: { sandbox: Sandbox; url: string };
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.sandbox.close());
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
});

async function prepare(settings: object = {}) {
  const rig = await createRig(sandbox);
  rigs.push(rig);
  const set = (change: object) =>
    rig.playbooks.set('alerts', rig.connectionId, { enabled: true, settings: change }, owner);
  await set(settings);
  const look = async () => {
    await rig.playbooks.beginAll('alerts', rig.connectionId, owner);
    await rig.work();
    await rig.alerts.tell();
  };
  return { rig, set, look, told: () => rig.alerts.list({}, { limit: 20 }) };
}
const pay = (rig: Rig, card: string, amount: number) =>
  rig.stripe.paymentIntents
    .create({
      ...{ amount, currency: 'usd', confirm: true, payment_method: card },
      allowed_payment_method_types: ['card'],
    })
    .catch(() => undefined);

test('an alert says what, against what and about which objects; it comes once, in the inbox and by mail', async () => {
  const { rig, look, told } = await prepare({
    largeAbove: [{ amount: '500', currency: 'usd' }],
    mailTo: ['ops@example.com'],
  });
  await pay(rig, 'pm_card_visa', 60_000);
  await pay(rig, 'pm_card_visa', 2_000);
  for (let time = 0; time < 3; time += 1) await look();
  const [charge] = (await rig.stripe.charges.list()).data.filter(({ amount }) => amount === 60_000);
  expect(await told()).toMatchObject([
    {
      ...{ kind: 'alert_large_payment', title: 'A payment of $600.00', closedAt: null },
      body: expect.stringContaining('$500.00, the limit in the settings'),
      objects: [{ type: 'charge', id: charge?.id }],
    },
  ]);
  expect(await rig.mails()).toMatchObject([{ to: 'ops@example.com', subject: 'A payment of $600.00' }]);
  expect(await rig.ran('alerts')).toMatchObject([{ outcome: 'raised' }]);
  const [alert] = await told();
  await rig.alerts.close(alert?.id ?? '', owner);
  expect(await rig.alerts.list({ open: true }, { limit: 20 })).toEqual([]);
});

test('cards that are tried out are told while it lasts; what is muted is not', async () => {
  const { rig, set, look, told } = await prepare({ testedCards: 3, muted: [{ kind: 'card_testing' }] });
  const cards = [
    'pm_card_chargeDeclined',
    'pm_card_chargeDeclinedInsufficientFunds',
    'pm_card_chargeDeclinedExpiredCard',
  ];
  for (const card of cards) await pay(rig, card, 100);
  await look();
  expect(await told()).toEqual([]);
  await set({ testedCards: 3 });
  await look();
  expect(await told()).toMatchObject([
    { kind: 'alert_card_testing', title: '3 different cards failed within half an hour' },
  ]);
});

test('a payout that fails, and a key that Stripe does not take any more, are told', async () => {
  const { rig, look, told } = await prepare();
  await pay(rig, 'pm_card_bypassPending', 50_000);
  const account = await rig.stripe.accounts.retrieveCurrent();
  await rig.stripe.payouts.create({ amount: 1_000, currency: 'usd' }).catch(() => undefined);
  expect(account.id).toMatch(/^acct_/);
  await look();
  await rig.fault({ path: '/v1/charges', status: 401, times: 1 });
  await look();
  expect((await told()).map(({ kind }) => kind)).toEqual(['alert_key_refused']);
});
