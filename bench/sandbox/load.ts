/**
 * The load generator, a process of its own: `node load.ts URL OPERATION SECONDS CONNECTIONS` prints one line of JSON. The
 * first fifth of the time warms up and is not counted.
 */
import { bytesOf, Connection } from './connection.ts';
import { operations } from './operations.ts';

export interface Load {
  /** Null when the server does not support the operation; `answer` then says what it said. */
  readonly perSecond: number | null;
  /** How many were sent in all, the warm-up included. */
  readonly sent: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly answer: string;
}

async function load(url: string, name: string, seconds: number, width: number): Promise<Load> {
  const operation = operations.find((one) => one.name === name);
  if (!operation) throw new Error(`There is no operation ${name}`);
  const { host } = new URL(url);
  const connections = await Promise.all(Array.from({ length: width }, () => Connection.open(url)));
  const [first] = connections;
  if (!first) throw new Error('At least one connection is needed');
  let id = '';
  for (let at = 0; operation.prepare && at < (operation.times ?? 1); at++) {
    const { status, body } = await first.send(bytesOf(operation.prepare, host));
    if (status !== 200) return { perSecond: null, sent: 0, p50Ms: 0, p99Ms: 0, answer: `${status} ${body}` };
    id = /"id"\s*:\s*"([^"]+)"/.exec(body)?.[1] ?? id;
  }
  const path = operation.request.path.replace('{id}', id);
  const bytes = bytesOf({ ...operation.request, path }, host);
  const { status, body } = await first.send(bytes);
  if (status !== 200) return { perSecond: null, sent: 0, p50Ms: 0, p99Ms: 0, answer: `${status} ${body}` };

  const start = performance.now();
  const countFrom = start + seconds * 200;
  const end = start + seconds * 1000;
  const tookMs: number[] = [];
  let total = 0;
  await Promise.all(
    connections.map(async (connection) => {
      for (let begun = performance.now(); begun < end; ) {
        const answer = await connection.send(bytes);
        const now = performance.now();
        total++;
        if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${answer.body}`);
        if (begun >= countFrom && now <= end) tookMs.push(now - begun);
        begun = now;
      }
    }),
  );
  for (const connection of connections) connection.close();
  tookMs.sort((a, b) => a - b);
  return {
    sent: total,
    perSecond: Math.round(tookMs.length / ((end - countFrom) / 1000)),
    p50Ms: quantile(tookMs, 0.5),
    p99Ms: quantile(tookMs, 0.99),
    answer: body,
  };
}

function quantile(sorted: readonly number[], share: number): number {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return Number(value.toFixed(2));
}

if (import.meta.main) {
  const [url = '', name = '', seconds = '3', width = '32'] = process.argv.slice(2);
  console.log(JSON.stringify(await load(url, name, Number(seconds), Number(width))));
}
