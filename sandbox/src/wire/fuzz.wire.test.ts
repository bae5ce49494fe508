import fc from 'fast-check';
import Stripe from 'stripe';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';
import { resources } from '../resources.ts';
import { doEverything } from '../testing/everything.ts';
import { type Asked, createHostility, type Draw, pairsOf, type Thing } from '../testing/hostile-requests.ts';
import { decodeForm } from './form.ts';
import { knownVersions } from './known-versions.ts';

const key = 'sk_test_fuzz';
const clock = { at: Date.UTC(2026, 10, 1), now: () => clock.at };
/** What broke: refusals are not logged. */
const broken: unknown[] = [];
const sandbox = createSandbox({
  clock,
  log: (message, cause) => broken.push(cause instanceof Error ? cause.stack : message),
  receiveWebhook: () => new Response(null, { status: 200 }),
});
afterAll(() => sandbox.close());

const routes = resources.flatMap((resource) => resource.routes ?? []);
const corpus: Asked[] = [];
const things: Thing[] = [];

beforeAll(async () => {
  const httpClient = Stripe.createFetchHttpClient(recording);
  const stripe = new Stripe(key, { httpClient, maxNetworkRetries: 0, telemetry: false });
  await doEverything(stripe, clock.at / 1000);
  for (const { method, path } of routes)
    if (method === 'GET' && !path.includes(':')) await recording(`http://sandbox${path}`, { headers });
});

const headers = { authorization: `Bearer ${key}` };

async function recording(input: Request | string | URL, init?: RequestInit): Promise<Response> {
  const { method, url } = new Request(input, init);
  const { pathname, searchParams } = new URL(url);
  const body = String(init?.body ?? '');
  const params = body.startsWith('{') ? pairsOf(JSON.parse(body)) : [...new URLSearchParams(body)];
  corpus.push({ method, path: pathname, params: [...searchParams, ...params] });
  const response = await sandbox.fetch(input, init);
  learn(await response.clone().json());
  return response;
}

/** Remembers everything with an id, so that requests can name it. */
function learn(value: unknown): void {
  if (typeof value !== 'object' || value === null || things.length > 5000) return;
  if ('id' in value && 'object' in value) things.push({ id: String(value.id), object: String(value.object) });
  for (const inner of Object.values(value)) learn(inner);
}

/** The request with its parameters where they belong. */
function sent({ method, path, params }: Asked, draw: Draw): [string, RequestInit] {
  const encoded = params.map((pair) => pair.map((part) => encodeURIComponent(part.toWellFormed())).join('='));
  const form = encoded.join('&');
  const version = knownVersions[draw(knownVersions.length * 2)];
  const accounts = draw(20) === 0 ? things.filter(({ object }) => object === 'account') : [];
  const account = accounts[draw(accounts.length)];
  const all: Record<string, string> = { ...headers };
  if (version !== undefined) all['stripe-version'] = version;
  if (account !== undefined) all['stripe-account'] = account.id;
  if (draw(20) === 0) all['idempotency-key'] = `key ${draw(5)}`;
  if (method !== 'POST') return [`http://sandbox${path}?${form}`, { method, headers: all }];
  const json = path.startsWith('/v2/');
  all['content-type'] = json ? 'application/json' : 'application/x-www-form-urlencoded';
  return [`http://sandbox${path}`, { method, headers: all, body: json ? asJson(form) : form }];
}

function asJson(form: string): string {
  try {
    return JSON.stringify(decodeForm(form));
  } catch {
    return form;
  }
}

/** What a careless message would show; values that say it are not sent. */
const leaked = /\[object |\bundefined\b|\bNaN\b/;

/** Thousands of requests take their time on a busy machine, in milliseconds. */
const patience = 120_000;

test('whatever is asked is answered as Stripe answers, nothing breaks, and the books stay right', {
  timeout: patience,
}, async () => {
  const hostile = createHostility(routes, corpus, things);
  const statuses: number[] = [];
  const ask = fc.asyncProperty(fc.infiniteStream(fc.nat()), async (numbers) => {
    const draw: Draw = (max) => Number(numbers.next().value) % (max + 1);
    const asked = hostile(draw);
    const response = await sandbox.fetch(...sent(asked, draw));
    clock.at += 600_000;
    const text = await response.text();
    const about = `${JSON.stringify(asked)} → ${response.status} ${text}`.slice(0, 3000);
    expect(broken, about).toEqual([]);
    expect(response.headers.get('request-id'), about).toMatch(/^req_/);
    statuses.push(response.status);
    // Files are answered as they are.
    if (response.ok && response.headers.get('content-type') !== 'application/json') return;
    const body = JSON.parse(text);
    if (response.ok) return learn(body);
    expect([400, 401, 402, 403, 404, 409, 501], about).toContain(response.status);
    expect(body.error, about).toMatchObject({ message: expect.any(String) });
    expect(body.error.message, about).not.toMatch(leaked);
  });
  // One path through one world: a failure says what was asked, and shrinking would only ask again of another world.
  await fc.assert(ask, { seed: 1, numRuns: 2_000, endOnFailure: true });
  expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(300);
  const audit = await sandbox.fetch('http://sandbox/_sandbox/audit', { headers });
  expect(await audit.json()).toMatchObject({ ok: true, problems: [] });
});

const controls = [
  ...[
    'accounts',
    'api_version',
    'approval_rules',
    'approval_requests/none/review',
    'billing',
    'faults',
    'limits',
    'search',
  ],
  ...['restricted_keys', 'restricted_keys/revoke', 'webhook_deliveries/none/resend'],
  ...['webhook_endpoints/none/rotate_secret', 'constructor'],
];
const controlNames = [
  ...[
    'path',
    'status',
    'latency_ms',
    'preset',
    'version',
    'livemode',
    'permissions',
    'secret',
    'action',
    'key',
  ],
  ...['hours', 'outcome', '__proto__', 'constructor', 'requests_per_second', 'retries'],
];

test('the sandbox’s own routes refuse what they do not understand', { timeout: patience }, async () => {
  const named = fc.dictionary(fc.constantFrom(...controlNames), fc.jsonValue({ maxDepth: 2 }));
  const body = fc.oneof(
    named.map((value) => JSON.stringify(value)),
    fc.json({ maxDepth: 2 }),
    fc.string({ unit: 'binary' }),
  );
  const ask = fc.asyncProperty(fc.constantFrom(...controls), body, async (path, body) => {
    const own = { authorization: 'Bearer sk_test_fuzzed_control' };
    const asked = { method: 'POST', headers: own, body };
    const response = await sandbox.fetch(`http://sandbox/_sandbox/${path}`, asked);
    const about = `${path} ${body} → ${response.status}`;
    expect(broken, about).toEqual([]);
    expect([200, 400, 404], about).toContain(response.status);
  });
  await fc.assert(ask, { seed: 1, numRuns: 300 });
});
