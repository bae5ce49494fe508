/** Accidents that agents had with Stripe accounts, replayed against the guard, the tools and a sandbox. */
import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAudit } from '../audit/audit.ts';
import { type TestAccount, testAccount } from '../connections/stripe/testing.ts';
import type { Database } from '../database/database.ts';
import { testDatabase } from '../database/testing.ts';
import type { Json, WriteTool } from '../tools/tool.ts';
import { idempotencyKeyOf, operationIdOf } from './operation.ts';
import { getOperation } from './operation-list.ts';
import { createReconciler } from './reconcile.ts';
import { createRig, olga, type Rig } from './testing.ts';

let database: Database;
let rig: Rig;
let account: TestAccount;
let stripe: Stripe;

beforeAll(async () => {
  database = await testDatabase();
  rig = createRig(database);
  account = await testAccount('sk_test_accidents');
  stripe = account.stripe;
});
afterAll(() => Promise.all([database.close(), account.close()]));

function writing(name: string): WriteTool<unknown> {
  const tool = account.tool(name);
  if (tool.effect === 'read') throw new Error(`${name} only reads.`);
  return tool;
}

/** A customer with a card, known to nobody else. */
async function payer(name: string, card = 'pm_card_visa'): Promise<string> {
  const { id } = await stripe.customers.create({ name, email: `${name.toLowerCase()}@example.com` });
  await account.call('attach_test_payment_method', { customer: id, card });
  return id;
}

/** An agent that was told to do one thing. */
async function told(said: string, tool: string, input: Json) {
  const { turn, guard, approvals } = await rig.prepare();
  const again = (text: string) => turn({ said: text, tool: writing(tool), input });
  const call = await again(said);
  return { call, again, guard, approvals, id: operationIdOf(call.runId, call.toolCallId) };
}

const paidBy = async (customer: string) =>
  (await stripe.charges.list({ customer })).data.filter(({ status }) => status === 'succeeded');

const fault = (path: string, more: { [key: string]: Json }) =>
  account.control('faults', { path, method: 'POST', ...more });

describe('a retry charges once', () => {
  const charge = async (name: string) => {
    const customer = await payer(name);
    const input = { customer, amount: '25', currency: 'usd' };
    return { customer, ...(await told(`Charge ${customer} $25`, 'charge_customer', input)) };
  };

  test('when the turn is run again', async () => {
    const { customer, call, guard } = await charge('Rerun');
    const [first, again] = [await guard.perform(call), await guard.perform(call)];
    expect(first).toMatchObject({
      status: 'done',
      outcome: { summary: expect.stringContaining('Paid $25.00') },
    });
    expect(again).toEqual(first);
    expect(await paidBy(customer)).toHaveLength(1);
  });

  test('when the answer was lost after the money had moved: it is looked for, not sent again', async () => {
    const { customer, call, guard, id } = await charge('Lost');
    await fault('/v1/payment_intents', { times: 1, status: 500, should_retry: false, after_effect: true });
    expect(await guard.perform(call)).toMatchObject({ status: 'done' });
    const [only, ...others] = await paidBy(customer);
    expect(others).toEqual([]);
    expect(only?.metadata).toMatchObject({ purser_op: id });
  });

  test('when the process died in between and comes back after Stripe forgot the key', async () => {
    const { customer, call, guard, id } = await charge('Crash');
    await guard.perform(call);
    const rows = database.db.updateTable('operations').where('id', '=', id);
    await rows.set({ state: 'sent', outcome: null, updated_at: new Date(0) }).execute();
    // Whatever were sent now would fail: it is found, not sent.
    await fault('/v1/payment_intents', { times: 1, status: 500, should_retry: false });
    expect(await guard.perform(call)).toMatchObject({
      status: 'done',
      outcome: { summary: expect.stringContaining('Paid') },
    });
    expect(await paidBy(customer)).toHaveLength(1);
    const unused = await stripe.paymentIntents.create({ amount: 100, currency: 'usd' }).catch(() => 'failed');
    expect(unused).toBe('failed');
  });

  test('when the model does it once more in the next turn, a person is asked first', async () => {
    const { customer, call, again, guard } = await charge('Twice');
    await guard.perform(call);
    const second = await again(`Charge ${customer} $25`);
    expect(await guard.perform(second)).toMatchObject({ status: 'waiting' });
    const id = operationIdOf(second.runId, second.toolCallId);
    expect((await getOperation(database.db, id))?.state).toBe('waiting');
    expect(await paidBy(customer)).toHaveLength(1);
  });

  test('when nobody knew at first whether it had happened, reading settles it', async () => {
    const { customer, call, guard, id } = await charge('Unknown');
    // No answer comes, and looking is not possible either, three times over.
    await fault('/v1/payment_intents', { times: 1, status: 500, should_retry: false, after_effect: true });
    await fault('/v1/payment_intents', { times: 2, status: 500, should_retry: false });
    const blind = { path: '/v1/payment_intents', method: 'GET', times: 3, status: 500, should_retry: false };
    await account.control('faults', blind);
    expect(await guard.perform(call)).toMatchObject({ status: 'failed', error: { code: 'outcome_unknown' } });
    const { db } = database;
    const openTool = async () => call.tool;
    const reconciler = createReconciler({
      db,
      audit: createAudit(db, rig.clock),
      clock: rig.clock,
      openTool,
    });
    expect(await reconciler.check(id)).toBe(true);
    expect(await getOperation(db, id)).toMatchObject({
      state: 'done',
      summary: expect.stringContaining('Paid $25.00'),
    });
    expect(await paidBy(customer)).toHaveLength(1);
  });
});

describe('two honest refunds are two', () => {
  test('of the same amount, each asked for by name, both reach the customer', async () => {
    const customer = await payer('Honest');
    const input = { customer, amount: '30', currency: 'usd' };
    const paid = await account.call('charge_customer', input);
    const payment = paid.objects[0]?.id ?? '';
    const refund = { payment_intent: payment, amount: '10' };
    const { call, again, guard, approvals } = await told(`Refund $10 of ${payment}`, 'create_refund', refund);
    expect(await guard.perform(call)).toMatchObject({ status: 'done' });
    const second = await again(`Refund another $10 of ${payment}`);
    expect(await guard.perform(second)).toMatchObject({ status: 'done' });
    const third = await again(`Refund $10 of ${payment}`);
    await approvals.decide([await rig.askFor(third)], { approve: true, by: olga });
    expect(await guard.perform(third)).toMatchObject({ status: 'done' });
    const refunds = (await stripe.refunds.list({ payment_intent: payment })).data;
    expect(refunds.map(({ amount }) => amount)).toEqual([1000, 1000, 1000]);
    expect(new Set(refunds.map(({ metadata }) => metadata?.purser_op)).size).toBe(3);
    const left = await account.refusal('create_refund', refund);
    expect(left.code).toBe('charge_already_refunded');
  });

  test('each has an idempotency key of its own, made from the operation and not from what is sent', () => {
    const keys = ['run_1', 'run_2'].map((run) => idempotencyKeyOf(operationIdOf(run, 'call_1')));
    expect(new Set(keys).size).toBe(2);
    expect(idempotencyKeyOf(operationIdOf('run_1', 'call_1'))).toBe(keys[0]);
  });
});

describe('an amount that was left out is no amount', () => {
  test('a refund says how much, or that all of it is meant; never neither', async () => {
    const customer = await payer('Part');
    await account.call('charge_customer', { customer, amount: '80', currency: 'usd' });
    const { input } = writing('create_refund');
    const refused = input.safeParse({ customer });
    expect(refused.error?.issues).toMatchObject([{ message: 'Exactly one of amount and full is needed.' }]);
    expect(input.safeParse({ customer, full: false }).success).toBe(false);
    expect(input.safeParse({ customer, amount: '' }).success).toBe(false);
    const { preview } = await account.plan('create_refund', { customer, full: true });
    expect(preview).toMatchObject({
      summary: expect.stringMatching(/^Refund \$80\.00 of \$80\.00 to Part/),
      amount: { decimal: '80.00', currency: 'usd' },
    });
    expect((await stripe.refunds.list()).data.filter(({ amount }) => amount === 8000)).toEqual([]);
  });

  test('lowering the whole to a part does not leave the whole beside it', () => {
    const { withAmount } = writing('create_refund');
    expect(withAmount?.({ charge: 'ch_1', full: true }, '5.00')).toEqual({ charge: 'ch_1', amount: '5.00' });
  });
});

test('every write about customers and payments can be looked up afterwards', () => {
  const about = /customer|payment|intent|refund|dispute|payout|review|checkout|portal|evidence|tax_ids/;
  const silent = account.tools.filter(
    (tool) => tool.effect !== 'read' && !tool.find && about.test(tool.name),
  );
  // A portal session takes no mark; it is a link that ends by itself, and another one does no harm.
  expect(silent.map(({ name }) => name)).toEqual(['create_portal_session']);
});
