/**
 * Ten thousand signed events, shuffled, a third of them sent twice, to a Purser that is killed (`kill -9`) again and again
 * meanwhile: each must be stored and handled once, and each that a task waits for must begin exactly one run.
 *
 *     node bench/events/storm.ts [count] [kills]
 */
import type { Agent, Connection, EventEntry, Page, Task, TaskRun } from '@purser/server/api';
import Stripe from 'stripe';
import { startPurser } from '../../e2e/fixtures/purser.ts';

const count = Number(process.argv[2] ?? 10_000);
const kills = Number(process.argv[3] ?? 3);
/** One in so many is waited for by a task. */
const oneIn = 200;
const atOnce = 40;
const secret = 'whsec_storm_secret_0123456789';

const purser = await startPurser({ PURSER_MODEL: 'builtin' });
try {
  const connection = await purser.api<Connection>('POST', '/api/connections', {
    ...{ type: 'stripe', credentials: { apiKey: 'sk_test_storm' }, baseUrl: purser.sandboxUrl },
  });
  const { id } = connection.body;
  const agent = (await purser.api<Agent>('POST', '/api/agents', { name: 'Storm' })).body.id;
  await purser.api('PUT', `/api/agents/${agent}/connections/${id}`, {});
  await purser.api('PUT', `/api/connections/${id}/webhook`, { secrets: [secret] });
  const task = await purser.api<Task>('POST', '/api/tasks', {
    ...{ agentId: agent, name: 'Storm', prompt: 'What is my balance?' },
    trigger: { type: 'event', event: 'customer.created' },
  });

  const events = Array.from({ length: count }, (_, n) => eventOf(n));
  const sent = shuffled([...events, ...events.filter((_, n) => n % 3 === 0)]);
  const began = Date.now();
  let next = 0;
  let refused = 0;
  const deliver = async () => {
    for (let at = next++; at < sent.length; at = next++) {
      const payload = sent[at] ?? '';
      // As Stripe does it: again until it is taken.
      while (!(await post(`${purser.url}/webhooks/stripe/${id}`, payload))) {
        refused += 1;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  };
  const workers = Array.from({ length: atOnce }, deliver);
  for (let kill = 1; kill <= kills; kill += 1) {
    const goal = (sent.length * kill) / (kills + 1);
    while (next < goal) await new Promise((resolve) => setTimeout(resolve, 20));
    await purser.kill();
    await purser.start();
  }
  await Promise.all(workers);
  const takenMs = Date.now() - began;

  const left = async (state: string) =>
    (await purser.api<Page<EventEntry>>('GET', `/api/connections/${id}/events?state=${state}&limit=1`)).body
      .data.length;
  while ((await left('pending')) > 0) await new Promise((resolve) => setTimeout(resolve, 200));
  const handledMs = Date.now() - began;
  const stored = new Set<string>();
  for await (const { id: event } of all<EventEntry>(`/api/connections/${id}/events`)) stored.add(event);
  const runs = new Set<string>();
  for await (const run of all<TaskRun>(`/api/tasks/${task.body.id}/runs`)) runs.add(run.id);
  const wanted = Math.ceil(count / oneIn);
  console.log(
    `${count} events, ${sent.length} deliveries, ${kills} times killed, ${refused} deliveries sent again`,
  );
  console.log(
    `taken after ${(takenMs / 1000).toFixed(1)} s, handled after ${(handledMs / 1000).toFixed(1)} s`,
  );
  console.log(
    `stored ${stored.size} of ${count}, failed ${await left('failed')}, task runs ${runs.size} of ${wanted}`,
  );
  if (stored.size !== count || runs.size !== wanted || (await left('failed')) > 0) process.exitCode = 1;
} finally {
  await purser.remove();
}

function eventOf(n: number): string {
  const isWanted = n % oneIn === 0;
  const type = isWanted ? 'customer.created' : 'invoice.updated';
  const object = isWanted ? { id: `cus_${n}`, object: 'customer' } : { id: `in_${n}`, object: 'invoice' };
  const created = Math.floor(Date.now() / 1000) - count + n;
  return JSON.stringify({
    id: `evt_${n}`,
    object: 'event',
    type,
    created,
    livemode: false,
    data: { object },
  });
}

/** @returns whether it was taken */
async function post(url: string, payload: string): Promise<boolean> {
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret });
  const headers = { 'stripe-signature': signature };
  return fetch(url, { method: 'POST', body: payload, headers }).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** The same disorder each time. */
function shuffled<T>(items: T[]): T[] {
  let seed = 11;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed;
  };
  return items
    .map((item) => [random(), item] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, item]) => item);
}

async function* all<T>(path: string): AsyncGenerator<T> {
  let cursor: string | null = null;
  do {
    const query: string = cursor ? `?limit=100&cursor=${cursor}` : '?limit=100';
    const page: Page<T> = (await purser.api<Page<T>>('GET', path + query)).body;
    yield* page.data;
    cursor = page.next_cursor;
  } while (cursor);
}
