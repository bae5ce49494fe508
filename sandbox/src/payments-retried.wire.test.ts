import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { createSandbox } from './index.ts';

const sandbox = createSandbox({ clock: { now: () => Date.UTC(2026, 0, 5, 12) } });
afterAll(() => sandbox.close());

/** What goes wrong with the next request, if anything does. */
const faults = [
  null,
  { status: 500 },
  { status: 503, after_effect: true },
  { status: 409 },
  { status: 429 },
  { drop: true },
  { drop: true, after_effect: true },
] as const;
type Fault = (typeof faults)[number];

const steps = fc.oneof(
  fc.record({
    kind: fc.constant('pay' as const),
    card: fc.constantFrom('pm_card_visa', 'pm_card_chargeDeclined', 'pm_card_createDispute'),
    amount: fc.integer({ min: 50, max: 5000 }),
    manual: fc.boolean(),
  }),
  fc.record({
    kind: fc.constantFrom('capture' as const, 'refund' as const, 'cancel' as const),
    which: fc.nat({ max: 8 }),
    amount: fc.integer({ min: 1, max: 3000 }),
  }),
);
type Step = typeof steps extends fc.Arbitrary<infer T> ? T : never;

let accounts = 0;
/** An account whose requests are sent again, with the same key, until they are answered. */
function client() {
  const headers = { authorization: `Bearer sk_test_retried${accounts++}` };
  let requests = 0;
  async function control(method: string, body?: object) {
    const asked = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) };
    await sandbox.fetch('http://sandbox/_sandbox/faults', asked);
  }
  async function post(path: string, params: Readonly<Record<string, string | number>>, fault: Fault) {
    const key = { 'idempotency-key': `request ${requests++}` };
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const fields = Object.entries(params).map(([name, value]) => [name, String(value)]);
    const body = new URLSearchParams(fields).toString();
    const asked = { method: 'POST', headers: { ...headers, ...key, ...form }, body };
    if (fault) await control('POST', { path, times: 1, ...fault });
    for (let attempt = 0; attempt < 3; attempt++) {
      const answer = await sandbox.fetch(`http://sandbox${path}`, asked).catch(() => null);
      if (answer && ![409, 429, 500, 503].includes(answer.status)) return answer.json();
    }
    throw new Error('never answered');
  }
  const list = async (path: string) =>
    (await (await sandbox.fetch(`http://sandbox${path}?limit=100`, { headers })).json()).data;
  return { post, list, headers };
}

/** Lives through the steps and answers everything that came of it, without ids. */
async function outcome(all: readonly (readonly [Step, Fault])[]) {
  const { post, list, headers } = client();
  const intents: string[] = [];
  for (const [step, fault] of all) {
    if (step.kind === 'pay') {
      const made = await post(
        '/v1/payment_intents',
        {
          amount: step.amount,
          currency: 'usd',
          confirm: 'true',
          payment_method: step.card,
          capture_method: step.manual ? 'manual' : 'automatic',
          'payment_method_types[]': 'card',
        },
        fault,
      );
      intents.push(made.id ?? made.error.payment_intent.id);
      continue;
    }
    const id = intents[step.which % Math.max(1, intents.length)];
    if (id === undefined) continue;
    const { amount } = step;
    if (step.kind === 'refund') await post('/v1/refunds', { payment_intent: id, amount }, fault);
    else if (step.kind === 'cancel') await post(`/v1/payment_intents/${id}/cancel`, {}, fault);
    else await post(`/v1/payment_intents/${id}/capture`, { amount_to_capture: amount }, fault);
  }
  const audit = await sandbox.fetch('http://sandbox/_sandbox/audit', { headers });
  expect(await audit.json()).toMatchObject({ problems: [] });
  const facts = (objects: readonly Record<string, unknown>[]) =>
    objects.map(({ amount, net, status, type, amount_refunded }) => [
      amount,
      net,
      status,
      type,
      amount_refunded,
    ]);
  const paths = ['payment_intents', 'charges', 'refunds', 'disputes', 'balance_transactions', 'events'];
  return Promise.all(paths.map(async (path) => facts(await list(`/v1/${path}`))));
}

test('whatever goes wrong with whichever request, one that is sent again is done exactly once', async () => {
  const history = fc.array(fc.tuple(steps, fc.constantFrom(...faults)), { minLength: 5, maxLength: 14 });
  await fc.assert(
    fc.asyncProperty(history, async (all) => {
      expect(await outcome(all)).toEqual(await outcome(all.map(([step]) => [step, null] as const)));
    }),
    { numRuns: 25 },
  );
});
