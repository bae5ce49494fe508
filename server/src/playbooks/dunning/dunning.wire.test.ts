import type { Sandbox } from '@purser/sandbox';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { getThread, listThreads } from '../../agents/threads.ts';
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

const allowed = { effects: { outbound: 'allow' } } as const;
const noQuiet = { quietHours: null };

/** A subscriber whose second month cannot be charged, with dunning switched on. */
async function prepare(
  options: {
    card?: string;
    settings?: object;
    policy?: Parameters<typeof createRig>[1];
    locale?: string;
    enabled?: boolean;
  } = {},
) {
  const rig = await createRig(sandbox, options.policy ?? { policy: allowed });
  rigs.push(rig);
  await rig.playbooks.set(
    'dunning',
    rig.connectionId,
    { enabled: options.enabled ?? true, settings: { ...noQuiet, ...options.settings } },
    owner,
  );
  const price = await rig.price();
  const customer = await rig.customer(['pm_card_visa'], {
    ...(options.locale && { preferred_locales: [options.locale] }),
  });
  const subscription = await rig.stripe.subscriptions.create({
    ...{ customer: customer.id, items: [{ price: price.id }] },
  });
  await rig.use(customer.id, options.card ?? 'pm_card_chargeCustomerFail');
  return { rig, customer: customer.id, subscription: subscription.id };
}

/** As far as the first failed attempt. */
async function untilFailed(rig: Rig, customer: string): Promise<string> {
  await rig.pass({ days: 27, every: 27 * 24 });
  for (let day = 0; day < 8; day += 1) {
    await rig.pass({ hours: 12, every: 12 });
    // Lists leave out what lives on a test clock, but for a customer's own.
    const [open] = (await rig.stripe.invoices.list({ status: 'open', customer })).data;
    if (open?.attempted) return open.id;
  }
  throw new Error('Nothing failed.');
}

describe('a subscription payment that fails', () => {
  test('is written about in steps over days, by reason and with the page to pay on, until nothing is left to say', async () => {
    const { rig, customer } = await prepare({ settings: { retrySoonHours: 0 } });
    const invoice = await untilFailed(rig, customer);
    const [first] = await rig.mails();
    expect(await rig.mails()).toHaveLength(1);
    expect(first).toMatchObject({
      to: 'bob@example.com',
      subject: expect.stringMatching(/^Your payment of \$25\.00 to .+ did not go through$/),
    });
    const { hosted_invoice_url: page } = await rig.stripe.invoices.retrieve(invoice);
    expect(first?.body).toContain(`[Pay now](${page})`);
    expect(first?.body).toContain('Your bank declined the payment.');
    expect(first?.body).toMatch(/We will try the same card again on \w+/);
    await rig.pass({ days: 12 });
    const mails = await rig.mails();
    expect(mails.map(({ subject }) => subject.split(/[ :]/)[0])).toEqual(['Your', 'Reminder', 'Last']);
    await rig.pass({ days: 31, every: 240 });
    expect(await rig.mails()).toHaveLength(3);
    expect(await rig.ran()).toMatchObject([
      { subject: invoice, state: 'done', outcome: 'given_up', amount: { decimal: '25.00', currency: 'usd' } },
    ]);
    // It charged nothing itself: only Stripe's own attempts are there.
    expect(
      (
        await rig.db
          .selectFrom('operations')
          .select('tool')
          .distinct()
          .where('connection_id', '=', rig.connectionId)
          .execute()
      ).map(({ tool }) => tool),
    ).toEqual(['send_dunning_message']);
  });

  test('and another of the same customer’s: one mail at a time', async () => {
    const { rig, customer } = await prepare({
      settings: { retrySoonHours: 0, steps: [{ afterDays: 0 }], apartHours: 30 },
    });
    const other = await rig.price(4_000, 'Other');
    await rig.use(customer, 'pm_card_visa');
    await rig.stripe.subscriptions.create({ customer, items: [{ price: other.id }] });
    await rig.use(customer, 'pm_card_chargeCustomerFail');
    await untilFailed(rig, customer);
    expect(await rig.ran('dunning')).toHaveLength(2);
    expect(await rig.mails()).toHaveLength(1);
    await rig.pass({ hours: 24, every: 6 });
    expect(await rig.mails()).toHaveLength(1);
    await rig.pass({ hours: 12, every: 6 });
    expect(new Set((await rig.mails()).map(({ subject }) => subject)).size).toBe(2);
  });

  test('is left alone as soon as it is paid, and what came in is counted', async () => {
    const { rig, customer } = await prepare();
    const invoice = await untilFailed(rig, customer);
    await rig.use(customer, 'pm_card_visa');
    await rig.stripe.invoices.pay(invoice);
    await rig.hear();
    await rig.work();
    expect(await rig.ran()).toMatchObject([{ state: 'done', outcome: 'recovered' }]);
    await rig.pass({ days: 20 });
    expect(await rig.mails()).toHaveLength(1);
    expect((await rig.playbooks.get('dunning', rig.connectionId)).outcomes).toEqual([
      { outcome: 'recovered', count: 1, amounts: [{ decimal: '25.00', currency: 'usd' }] },
    ]);
  });

  test('in the night waits for the morning of the account, also where it was approved in the night', async () => {
    const quietHours = { from: '20:00', to: '08:00' };
    const { rig, customer } = await prepare({
      settings: { quietHours, retrySoonHours: 0, steps: [{ afterDays: 0 }] },
      policy: { policy: allowed, timeZone: 'Asia/Tokyo' },
    });
    await untilFailed(rig, customer);
    for (let step = 0; step < 30 && (await rig.mails()).length === 0; step += 1)
      await rig.pass({ hours: 1, every: 1 });
    const [mail] = await rig.mails();
    const hour = Number(
      new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Tokyo', hour: '2-digit', hourCycle: 'h23' }).format(
        new Date(mail?.createdAt ?? 0),
      ),
    );
    expect(hour).toBeGreaterThanOrEqual(8);
    expect(hour).toBeLessThan(20);
  });

  test('waits for a retry of Stripe’s that comes soon, and writes only when that failed too', async () => {
    const { rig, customer } = await prepare({
      settings: { steps: [{ afterDays: 0 }, { afterDays: 3 }], retrySoonHours: 24 },
    });
    const invoice = await untilFailed(rig, customer);
    const { next_payment_attempt: next } = await rig.stripe.invoices.retrieve(invoice);
    for (let step = 0; step < 12 && (await rig.mails()).length < 2; step += 1)
      await rig.pass({ hours: 12, every: 12 });
    const [, second] = await rig.mails();
    expect(new Date(second?.createdAt ?? 0).getTime() / 1000).toBeGreaterThan(next ?? 0);
    const { attempt_count: attempts } = await rig.stripe.invoices.retrieve(invoice);
    expect(attempts).toBe(2);
  });

  test.each([
    ['pm_card_authenticationRequired', 'Confirm the payment', 'Your bank asks you to confirm the payment.'],
    ['pm_card_chargeCustomerFail', 'Pay now', 'Your bank declined the payment.'],
  ])('with %s says what helps', async (card, action, reason) => {
    const cardPage = 'https://billing.example/login';
    const { rig, customer } = await prepare({ card, settings: { cardPage } });
    const invoice = await untilFailed(rig, customer);
    const [mail] = await rig.mails();
    const { hosted_invoice_url: page } = await rig.stripe.invoices.retrieve(invoice);
    expect(mail?.body).toContain(`[${action}](${action === 'Pay now' ? cardPage : page})`);
    expect(mail?.body).toContain(reason);
  });
});

describe('who gets it, and in which words', () => {
  test('a customer’s own language, and the business’s own text where there is one', async () => {
    const templates = [
      {
        language: 'de',
        kind: 'first',
        subject: 'Offen: {{amount}}',
        body: 'Liebe/r {{name}}, [zahlen]({{link}})',
      },
    ];
    const { rig, customer } = await prepare({ locale: 'de-AT', settings: { templates, retrySoonHours: 0 } });
    await untilFailed(rig, customer);
    await rig.pass({ days: 4 });
    const [own, built] = await rig.mails();
    expect(own?.subject).toMatch(/^Offen: 25,00\s\$$/);
    expect(own?.html).toContain('<html lang="de">');
    expect(own?.body).toContain('Liebe/r Bob Loblaw,');
    expect(built?.subject).toMatch(/^Erinnerung: 25,00\s\$ für die Rechnung /);
  });

  test('nobody without an address is written to, and it says so', async () => {
    const { rig, customer } = await prepare();
    await rig.stripe.customers.update(customer, { email: '' });
    await untilFailed(rig, customer);
    expect(await rig.mails()).toEqual([]);
    expect(await rig.ran()).toMatchObject([{ state: 'done', outcome: 'unreachable' }]);
  });

  test('settings that make no sense are refused field by field', async () => {
    const rig = await createRig(sandbox);
    rigs.push(rig);
    const set = (settings: object) => rig.playbooks.set('dunning', rig.connectionId, { settings }, owner);
    const refused = async (settings: object) =>
      set(settings).then(
        () => [],
        ({ errors }: { errors: { path: string }[] }) => errors.map(({ path }) => path),
      );
    const template = { language: 'en', kind: 'first', subject: 'Pay', body: 'Dear {{nmae}}' };
    expect(await refused({ templates: [template] })).toEqual(['settings.templates.0.body']);
    expect(await refused({ steps: [{ afterDays: 3 }, { afterDays: 1 }] })).toEqual(['settings.steps']);
    expect(await refused({ cardPage: 'javascript:alert(1)' })).toEqual(['settings.cardPage']);
    expect(await refused({ quietHours: { from: '25:00', to: '08:00' } })).toEqual([
      'settings.quietHours.from',
    ]);
    await expect(rig.playbooks.set('none', rig.connectionId, {}, owner)).rejects.toMatchObject({
      status: 404,
    });
    await expect(
      rig.playbooks.set('dunning', rig.connectionId, { agentId: 'agt_none' }, owner),
    ).rejects.toMatchObject({ status: 422 });
  });
});

describe('approvals', () => {
  test('each mail waits in the inbox with its whole text, and the playbook goes on after it', async () => {
    const { rig, customer } = await prepare({ policy: {}, settings: { retrySoonHours: 0 } });
    await untilFailed(rig, customer);
    expect(await rig.mails()).toEqual([]);
    expect(await rig.ran()).toMatchObject([{ state: 'working', awaitingApproval: true }]);
    const [approval] = await rig.decide(true);
    expect(approval).toMatchObject({ tool: 'send_dunning_message', requestedBy: 'Dunning' });
    expect(JSON.stringify(approval?.preview.facts)).toContain('Your bank declined the payment.');
    expect(await rig.mails()).toHaveLength(1);
    expect(await rig.ran()).toMatchObject([{ state: 'waiting', awaitingApproval: false }]);
    await rig.pass({ days: 3 });
    expect(await rig.decide(false)).toHaveLength(1);
    expect(await rig.mails()).toHaveLength(1);
    // A no to one mail is no to that mail only.
    await rig.pass({ days: 4 });
    expect(await rig.pending()).toHaveLength(1);
  });

  test('what waits is withdrawn when the invoice is paid, and can no longer be approved', async () => {
    const { rig, customer } = await prepare({ policy: {} });
    const invoice = await untilFailed(rig, customer);
    const [before] = await rig.pending();
    await rig.use(customer, 'pm_card_visa');
    await rig.stripe.invoices.pay(invoice);
    await rig.hear();
    await rig.work();
    expect(await rig.pending()).toEqual([]);
    await expect(
      rig.approvals.decide([before?.id ?? ''], { approve: true, by: owner }),
    ).rejects.toMatchObject({ status: 409 });
    expect(await rig.ran()).toMatchObject([{ state: 'done', outcome: 'paid_unasked' }]);
    expect(await rig.mails()).toEqual([]);
  });

  test('an account that does not answer just then leaves what waits as it is', async () => {
    const { rig, customer } = await prepare({ policy: {} });
    const invoice = await untilFailed(rig, customer);
    await rig.stripe.invoices.update(invoice, { metadata: { note: 'x' } });
    await rig.db.updateTable('playbook_runs').set({ pokes: 7 }).execute();
    await rig.fault({ path: `/v1/invoices/${invoice}`, method: 'GET', status: 500, times: 3 });
    await rig.work();
    expect(await rig.pending()).toHaveLength(1);
    await rig.work();
    expect(await rig.decide(true)).toHaveLength(1);
    expect(await rig.mails()).toHaveLength(1);
  });

  test('approved a moment after the invoice was paid, no mail goes out', async () => {
    const { rig, customer } = await prepare({ policy: {} });
    const invoice = await untilFailed(rig, customer);
    await rig.use(customer, 'pm_card_visa');
    await rig.stripe.invoices.pay(invoice);
    await rig.decide(true);
    expect(await rig.mails()).toEqual([]);
    expect(await rig.ran()).toMatchObject([{ state: 'done', outcome: 'paid_unasked' }]);
  });
});

describe('however it comes', () => {
  test('events again, shuffled and heard by two instances at once make the same mails', async () => {
    const { rig, customer } = await prepare({ enabled: false, settings: { retrySoonHours: 0 } });
    const invoice = await untilFailed(rig, customer);
    await rig.playbooks.set('dunning', rig.connectionId, { enabled: true }, owner);
    const event = (await rig.stripe.events.list({ type: 'invoice.payment_failed', limit: 1 })).data[0];
    const stored = {
      ...{
        connectionId: rig.connectionId,
        id: event?.id ?? '',
        type: 'invoice.payment_failed',
        objectId: invoice,
      },
      ...{ createdAt: rig.clock.now(), data: JSON.parse(JSON.stringify(event)) },
    };
    const handle = await rig.playbooks.handler.prepare();
    await Promise.all(Array.from({ length: 8 }, () => handle(stored)));
    const others = [rig.instance(), rig.instance(), rig.instance()];
    await Promise.all(others.map((each) => each.work()));
    for (const each of others) await each.work();
    expect(await rig.ran()).toHaveLength(1);
    expect(await rig.mails()).toHaveLength(1);
  });

  test('news of the payment before news of the failure changes nothing', async () => {
    const { rig, customer } = await prepare({ enabled: false });
    const invoice = await untilFailed(rig, customer);
    await rig.use(customer, 'pm_card_visa');
    await rig.stripe.invoices.pay(invoice);
    await rig.playbooks.set('dunning', rig.connectionId, { enabled: true }, owner);
    const { data } = await rig.stripe.events.list({ limit: 100 });
    for (const type of ['invoice.paid', 'invoice.payment_failed']) {
      const event = data.find(
        (each) => each.type === type && (each.data.object as { id?: string }).id === invoice,
      );
      const handle = await rig.playbooks.handler.prepare();
      await handle({
        ...{ connectionId: rig.connectionId, id: event?.id ?? '', type, objectId: invoice },
        ...{ createdAt: rig.clock.now(), data: JSON.parse(JSON.stringify(event)) },
      });
      await rig.work();
    }
    expect(await rig.mails()).toEqual([]);
    expect(await rig.ran()).toMatchObject([{ state: 'done', outcome: 'paid_unasked' }]);
  });

  test('a turn that nobody took is taken by another instance, from where it stopped', async () => {
    const { rig, customer } = await prepare({ enabled: false });
    await untilFailed(rig, customer);
    await rig.playbooks.set('dunning', rig.connectionId, { enabled: true }, owner);
    const dead = rig.instance();
    await rig.playbooks.begin('dunning', rig.connectionId, {
      input: { invoice: (await rig.stripe.invoices.list({ customer, status: 'open' })).data[0]?.id },
      by: owner,
    });
    await dead.engine.wake();
    const [lost] = dead.begun;
    expect(lost).toBeDefined();
    await rig.work();
    expect(await rig.mails()).toEqual([]);
    // As the sweep of the runs does it.
    if (lost) rig.begun.push(lost, lost);
    await rig.work();
    expect(await rig.mails()).toHaveLength(1);
    expect(await rig.ran()).toMatchObject([{ state: 'waiting' }]);
  });

  test('an account that does not answer is asked again later, and nothing is lost', async () => {
    const { rig, customer } = await prepare({ enabled: false });
    const invoice = await untilFailed(rig, customer);
    await rig.playbooks.set('dunning', rig.connectionId, { enabled: true }, owner);
    await rig.fault({ path: `/v1/invoices/${invoice}`, status: 500, times: 4 });
    await rig.playbooks.begin('dunning', rig.connectionId, { input: { invoice }, by: owner });
    await rig.work();
    expect(await rig.ran()).toMatchObject([{ state: 'waiting', problem: expect.stringMatching(/Stripe/) }]);
    await rig.pass({ hours: 3, every: 1 });
    expect(await rig.mails()).toHaveLength(1);
    expect(await rig.ran()).toMatchObject([{ state: 'waiting', problem: null }]);
  });

  test('what no event told is found by looking', async () => {
    const rig = await createRig(sandbox, { policy: allowed });
    rigs.push(rig);
    const { id } = await rig.stripe.customers.create({ name: 'Dora', email: 'dora@example.com' });
    const card = await rig.stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: id });
    const price = await rig.price();
    await rig.stripe.subscriptions.create({
      ...{ customer: id, items: [{ price: price.id }], default_payment_method: card.id },
      payment_behavior: 'allow_incomplete',
    });
    await rig.playbooks.set('dunning', rig.connectionId, { enabled: true, settings: noQuiet }, owner);
    await rig.playbooks.look();
    await rig.work();
    expect(await rig.mails()).toMatchObject([{ to: 'dora@example.com' }]);
    await rig.playbooks.look();
    expect(await rig.ran()).toHaveLength(1);
  });
});

describe('on and off', () => {
  test('off, what began by itself rests, and goes on when it is on again', async () => {
    const { rig, customer } = await prepare({ settings: { retrySoonHours: 0 } });
    await untilFailed(rig, customer);
    await rig.playbooks.set('dunning', rig.connectionId, { enabled: false }, owner);
    await rig.pass({ days: 4 });
    expect(await rig.mails()).toHaveLength(1);
    await rig.playbooks.set('dunning', rig.connectionId, { enabled: true }, owner);
    await rig.work();
    expect(await rig.mails()).toHaveLength(2);
  });

  test('a run that is stopped writes no more', async () => {
    const { rig, customer } = await prepare({ policy: {}, settings: { retrySoonHours: 0 } });
    await untilFailed(rig, customer);
    const [run] = await rig.ran();
    await rig.engine.stop(run?.id ?? '', owner);
    expect(await rig.pending()).toEqual([]);
    await rig.pass({ days: 10 });
    expect(await rig.mails()).toEqual([]);
    expect(await rig.ran()).toMatchObject([{ state: 'stopped', problem: 'Olga stopped it.' }]);
    await expect(rig.engine.stop(run?.id ?? '', owner)).rejects.toMatchObject({ status: 409 });
  });

  test('a dry run tells every step with its text and date, and does nothing', async () => {
    const { rig, customer } = await prepare({ enabled: false });
    const invoice = await untilFailed(rig, customer);
    const settings = { ...noQuiet, retrySoonHours: 0 };
    const [dry] = await rig.playbooks.dryRun('dunning', rig.connectionId, { settings, input: { invoice } });
    const calls =
      dry?.steps.flatMap(({ at, call }) => (call ? [{ at, summary: call.preview?.summary }] : [])) ?? [];
    expect(calls).toMatchObject([
      { at: rig.clock.now().toISOString(), summary: expect.stringContaining('did not go through') },
      { summary: expect.stringContaining('Reminder') },
      { summary: expect.stringContaining('Last reminder') },
    ]);
    expect(dry?.steps.at(-1)?.outcome).toBe('given_up');
    expect(await rig.ran()).toEqual([]);
    expect(await rig.mails()).toEqual([]);
  });

  test('the history tells what was decided, why, and what came of it; the record names the operation', async () => {
    const { rig, customer } = await prepare();
    await untilFailed(rig, customer);
    const [run] = await rig.ran();
    const { steps } = await rig.playbooks.run(run?.id ?? '');
    expect(steps.map(({ kind, status }) => [kind, status])).toEqual([
      ['decision', null],
      ['call', 'completed'],
      ['decision', null],
    ]);
    expect(steps[0]?.text).toMatch(/is open with \$25\.00; what helps: another card/);
    expect(steps[1]?.operationId).toMatch(/^op_/);
    // Its thread is found from here, and does not bury what people talk about.
    expect(await getThread(rig.db, run?.threadId ?? '', () => ({ title: '', effect: 'read' }))).toMatchObject(
      {
        messages: expect.arrayContaining([expect.objectContaining({ role: 'assistant' })]),
      },
    );
    expect(await listThreads(rig.db, {}, { limit: 10 })).toEqual([]);
    const audit = await rig.db
      .selectFrom('audit')
      .select('action')
      .where('action', 'like', 'playbook%')
      .execute();
    expect(audit.map(({ action }) => action)).toEqual(['playbook.set', 'playbook_run.started']);
  });
});
