import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Method, type Purser, startPurser } from './fixtures/purser.ts';

/**
 * Thousands of bodies and paths that no client would send, against every operation of the API: whatever comes is an
 * answer in the documented form, never a 500, and never a word of what is inside. The same cases every time;
 * PURSER_FUZZ_CASES tries more of them.
 */
const cases = Number(process.env.PURSER_FUZZ_CASES ?? 4_000);
/** As slow as a machine may be that does much else. */
const patienceMs = 30 * cases;
let purser: Purser;
beforeAll(async () => {
  purser = await startPurser({ PURSER_SANDBOX_PORT: '0' });
}, 60_000);
afterAll(() => purser?.remove());

/** Numbers in an order that looks random and is always the same (Numerical Recipes' linear generator). */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}
const roll = dice(20_261_125);
const pick = <T>(list: readonly T[]): T => list[roll(list.length)] as T;

const texts = [
  ...['', ' ', '0', '-1', '1e999', 'null', 'true', '..', '../../etc/passwd', '%00', '%2e%2e%2f', '\u0000'],
  ...['\ud800', '\u202e', '🧾', "' or 1=1 --", '"; drop table agents; --', '<script>alert(1)</script>'],
  ...[
    '$' + '{7*7}',
    '{{7*7}}',
    '__proto__',
    'constructor',
    'a'.repeat(5_000),
    '9'.repeat(400),
    'agt_x',
    'con_x',
  ],
  ...[
    '2026-13-45T99:99:99Z',
    '0000-00-00',
    'http://169.254.169.254/',
    'file:///etc/passwd',
    '4111111111111111',
  ],
];
const leaves = [null, true, false, 0, -0, -1, 1.5, 1e308, Number.MAX_SAFE_INTEGER + 2, [], {}, ...texts];
const words = [
  ...[
    'name',
    'text',
    'type',
    'id',
    'ids',
    'agentId',
    'connectionId',
    'credentials',
    'apiKey',
    'baseUrl',
    'policy',
  ],
  ...[
    'effects',
    'rules',
    'budgets',
    'trigger',
    'cron',
    'timezone',
    'event',
    'filter',
    'prompt',
    'decision',
    'amount',
  ],
  ...[
    'reason',
    'role',
    'email',
    'password',
    'scope',
    'subject',
    'items',
    'customer',
    'secrets',
    'settings',
    '__proto__',
  ],
];

function value(depth: number): unknown {
  const kind = depth <= 0 ? 0 : roll(4);
  if (kind === 1) return Array.from({ length: roll(4) }, () => value(depth - 1));
  if (kind > 1)
    return Object.fromEntries(Array.from({ length: roll(5) }, () => [pick(words), value(depth - 1)]));
  return pick(leaves);
}

const broken = [
  '{',
  '[',
  '{"a":',
  'null',
  '"text"',
  '[]',
  '\u0000',
  '{"a":1}{"b":2}',
  'a=b&c=d',
  '['.repeat(20_000),
];
const inside = /node_modules|\.ts:\d+|at \w+ \(|kysely|postgres|syntax error at|ECONN|SELECT |insert into/i;

async function send(method: Method, path: string, body: string | undefined): Promise<string | null> {
  const answer = await fetch(`${purser.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${purser.token}`, 'content-type': 'application/json' },
    ...(method === 'GET' || body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(20_000),
  });
  const text = await answer.text();
  const type = answer.headers.get('content-type') ?? '';
  if (answer.status >= 500) return `${answer.status}: ${text}`;
  if (answer.status < 400) return null;
  if (path.startsWith('/api') && !type.includes('application/problem+json'))
    return `${answer.status} as ${type}`;
  return inside.test(text) ? `says too much: ${text}` : null;
}

it(
  'answers everything, and never with what is inside',
  async () => {
    const { body } = await purser.api<{ paths: Record<string, Record<string, unknown>> }>(
      'GET',
      '/api/openapi.json',
    );
    const operations = Object.entries(body.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => ({ path, method: method.toUpperCase() as Method })),
    );
    // What never ends, and what would take the ground away.
    const wanted = operations.filter(({ path }) => !/live|openapi|tokens|backup/.test(path));
    const found: string[] = [];
    for (let done = 0; done < cases; done += 20) {
      await Promise.all(
        Array.from({ length: 20 }, async () => {
          const { method, path: template } = pick(wanted);
          const text = () => encodeURIComponent(pick(texts).toWellFormed().slice(0, 400)) || 'x';
          const path = template.replace(/\{\w+\}/g, () => text());
          const query = roll(3) === 0 ? `?${pick(['limit', 'cursor', 'status', 'from', 'q'])}=${text()}` : '';
          const sent = roll(8) === 0 ? pick(broken) : JSON.stringify(value(4));
          const wrong = await send(method, path + query, sent).catch((error: Error) => error.message);
          if (wrong) found.push(`${method} ${path}${query} ${sent.slice(0, 200)}: ${wrong.slice(0, 300)}`);
        }),
      );
    }
    for (const path of [
      '/%',
      '/%ff',
      '/..%2f..%2fetc%2fpasswd',
      '/assets/..%5c..%5cx',
      '/api/%zz',
      '/mcp/%00',
      '//x//',
    ])
      for (const method of ['GET', 'POST', 'DELETE'] as const) {
        const wrong = await send(method, path, '{}').catch((error: Error) => error.message);
        if (wrong) found.push(`${method} ${path}: ${wrong.slice(0, 300)}`);
      }
    expect(found.slice(0, 20)).toEqual([]);
    expect((await purser.api('GET', '/readyz')).status).toBe(200);
  },
  patienceMs,
);
