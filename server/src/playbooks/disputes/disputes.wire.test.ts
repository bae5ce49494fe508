import type { Sandbox } from '@purser/sandbox';
import type Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createKnowledge } from '../../agents/knowledge/knowledge.ts';
import type { Policy } from '../../guard/policy.ts';
import { silentLog } from '../../log.ts';
import { type Step, stepsFrom } from '../steps.ts';
import { createRig, owner, type Rig, startSandbox } from '../testing.ts';
import { disputes } from './disputes.ts';
import { policyDocument } from './policies.ts';

const rigs: Rig[] = [];
let sandbox: { sandbox: Sandbox; url: string };
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.sandbox.close());
afterEach(async () => {
  for (const rig of rigs.splice(0)) await rig.close();
});

const freely: Policy = { effects: { outbound: 'allow', destructive: 'allow' } };

/** A subscriber who disputes the payment of an invoice, after having been written to. */
async function prepare({ card = 'pm_card_createDispute', policy = freely, settings = {} } = {}) {
  const rig = await createRig(sandbox, { policy });
  rigs.push(rig);
  await rig.playbooks.set('disputes', rig.connectionId, { enabled: true, settings }, owner);
  const { id: customer } = await rig.stripe.customers.create({
    name: 'Jenny Rosen',
    email: 'jenny@example.com',
  });
  const { id: method } = await rig.stripe.paymentMethods.attach(card, { customer });
  const invoice = await rig.stripe.invoices.create({ customer, default_payment_method: method });
  await rig.stripe.invoiceItems.create({
    customer,
    invoice: invoice.id,
    amount: 5_000,
    currency: 'usd',
    description: 'Straw hat',
  });
  await rig.stripe.invoices
    .pay((await rig.stripe.invoices.finalizeInvoice(invoice.id)).id)
    .catch(() => undefined);
  const happens = async () => {
    await rig.hear();
    await rig.work();
  };
  await happens();
  const [dispute] = (await rig.stripe.disputes.list()).data;
  if (!dispute) throw new Error('Nothing was disputed.');
  const ask = (what: string) =>
    rig.ran('disputes').then(([run]) => rig.engine.ask(run?.id ?? '', { what }, owner));
  const stands = async () => (await rig.ran('disputes'))[0];
  const told = async () => (await rig.alerts.list({}, { limit: 50 })).map(({ kind }) => kind).sort();
  return {
    rig,
    dispute: dispute.id,
    happens,
    ask,
    stands,
    told,
    read: () => rig.stripe.disputes.retrieve(dispute.id),
  };
}

test('evidence is collected by the reason, with the receipt, and saved; nothing is handed in though policy would let it', async () => {
  const { dispute, read, told, stands, rig } = await prepare();
  const { evidence, evidence_details: details, status } = await read();
  expect(evidence).toMatchObject({
    ...{
      customer_name: 'Jenny Rosen',
      customer_email_address: 'jenny@example.com',
      product_description: 'Payment for Invoice',
    },
    receipt: expect.stringMatching(/^file_/),
  });
  expect([details.submission_count, status]).toEqual([0, 'needs_response']);
  expect(await told()).toEqual(['alert_dispute']);
  const [alert] = await rig.alerts.list({}, { limit: 1 });
  expect(alert?.title).toBe('A payment of $50.00 (fraudulent) is disputed');
  expect(alert?.body).toContain('Saved, and not handed in: ');
  expect(alert?.objects).toEqual([{ type: 'dispute', id: dispute }]);
  expect(await stands()).toMatchObject({
    state: 'waiting',
    standing: { stage: 'needs_response', reason: 'fraudulent' },
  });
});

test('as the deadline comes near people are reminded, each time once, and a dispute that nobody answers is missed', async () => {
  const { rig, told, read, stands } = await prepare({ settings: { remindDays: [3, 1] } });
  const due = (await read()).evidence_details.due_by ?? 0;
  const days = Math.ceil((due * 1000 - rig.clock.now().getTime()) / 86_400_000);
  await rig.pass({ days: days - 4, every: 24 * 4 });
  expect(await told()).toEqual(['alert_dispute']);
  await rig.pass({ days: 4, every: 12 });
  expect(await told()).toEqual(['alert_dispute', 'alert_dispute_deadline', 'alert_dispute_deadline']);
  expect((await stands())?.state).toBe('waiting');
});

test('on a person’s word it is handed in, and what came of it is accounted for', async () => {
  const { rig, ask, happens, read, stands, told } = await prepare();
  await rig.stripe.disputes.update((await read()).id, {
    evidence: { uncategorized_text: 'winning_evidence' },
  });
  await ask('submit');
  await happens();
  await happens();
  expect((await read()).status).toBe('won');
  expect(await stands()).toMatchObject({
    state: 'done',
    outcome: 'won',
    amount: { decimal: '50.00', currency: 'usd' },
  });
  expect(await told()).toEqual(['alert_dispute', 'alert_dispute_outcome']);
  expect((await rig.playbooks.get('disputes', rig.connectionId)).outcomes).toEqual([
    { outcome: 'won', count: 1, amounts: [{ decimal: '50.00', currency: 'usd' }] },
  ]);
});

test('what policy asks for is asked: a no keeps it back, and a second word asks again', async () => {
  const { rig, ask, happens, read, stands } = await prepare({ policy: { effects: { outbound: 'allow' } } });
  await ask('submit');
  await happens();
  expect(await rig.pending()).toMatchObject([{ tool: 'submit_dispute_evidence' }]);
  await rig.decide(false);
  expect((await read()).evidence_details.submission_count).toBe(0);
  await ask('accept');
  await happens();
  await rig.decide(true);
  await happens();
  expect(await stands()).toMatchObject({ state: 'done', outcome: 'accepted' });
});

test('what a person entered stays, policies go in where the reason calls for them, and mail as a document', async () => {
  const { rig, read } = await prepare({
    card: 'pm_card_createDisputeProductNotReceived',
    settings: { refundPolicy: 'Thirty days.', includeMail: false },
  });
  const { evidence } = await read();
  expect(evidence.refund_policy_disclosure).toBeNull();
  expect(evidence.customer_communication).toBeNull();
  expect(await rig.ran('disputes')).toHaveLength(1);
  await rig.playbooks.look();
  await rig.hear((events) => [...events, ...events].toReversed());
  await rig.work();
  expect(await rig.ran('disputes')).toHaveLength(1);
});

test('rules that nobody wrote into the settings come from the agent’s documents, and are put in as they stand there', async () => {
  const { rig, dispute } = await prepare({ settings: { includeMail: false } });
  const { db, agentId, connectionId } = rig;
  const knowledge = createKnowledge({ db, log: silentLog, embedder: null });
  const handbook = '# Refund policy\n\nHats go back within thirty days.\n\n# Parking\n\nBehind the house.';
  await knowledge.add({ agentId, name: 'Handbook.md', bytes: Buffer.from(handbook), by: owner });
  expect(await policyDocument(db, { playbook: 'disputes', connectionId }, 'cancellation')).toBeNull();

  // No test card makes a dispute of this reason.
  const api: Stripe = Object.create(rig.stripe, {
    disputes: {
      value: {
        retrieve: async (...asked: Parameters<Stripe['disputes']['retrieve']>) => ({
          ...(await rig.stripe.disputes.retrieve(...asked)),
          reason: 'product_unacceptable',
        }),
      },
    },
  });
  const { next } = disputes({
    mailsTo: async () => [],
    policy: (id, kind) => policyDocument(db, { playbook: 'disputes', connectionId: id }, kind),
  });
  const step = (id: string, file: string): Step => ({
    ...{ id, callId: `${id}-1`, tool: 'upload_evidence_file', status: 'done', view: { id: file } },
    ...{ error: null, operationId: null, objects: [], at: rig.clock.now() },
  });
  const run = (settings: object, ...done: Step[]) =>
    next({
      ...{ id: 'pbr_1', asked: [], connectionId, mode: 'test', timeZone: 'UTC', settings },
      ...{ now: rig.clock.now(), startedAt: rig.clock.now(), input: { dispute } },
      account: { id: 'acct_1', name: 'Northwind', country: 'US', defaultCurrency: 'usd' },
      read: (work) => work(api),
      steps: stepsFrom([step('receipt', 'file_receipt'), ...done]),
    });
  expect(await run({})).toMatchObject({
    ...{ do: 'call', id: 'policy_refund', tool: 'upload_evidence_file' },
    say: expect.stringContaining('as Handbook.md has it'),
    input: { text: expect.stringMatching(/^Handbook\.md\n\n[\s\S]*Hats go back within thirty days\.$/) },
  });
  expect(await run({}, step('policy_refund', 'file_policy'))).toMatchObject({
    ...{ id: 'save', tool: 'stage_dispute_evidence' },
    input: { evidence: { refund_policy: 'file_policy' } },
  });
  expect(await run({ refundPolicy: 'Thirty days.' })).toMatchObject({
    ...{ id: 'save', input: { evidence: { refund_policy_disclosure: 'Thirty days.' } } },
  });
  expect(await run({ includeDocuments: false })).toMatchObject({ id: 'tell' });
});

test('mail of another business to the same address is no evidence', async () => {
  const { rig } = await prepare();
  await rig.outbox.put(
    { to: 'jenny@example.com', subject: 'From elsewhere', body: 'Hello.' },
    { once: 'x', footer: 'Elsewhere' },
  );
  const sources = { to: 'jenny@example.com', connectionId: rig.connectionId };
  expect(await rig.outbox.list(sources, { limit: 10 })).toEqual([]);
});
