/**
 * The load generator, a process of its own: `node load.ts URL OPERATION SECONDS CONNECTIONS PID` prints one line of JSON.
 * It warms the server of that process up until enough requests were answered, then counts for so many seconds.
 */
import { existsSync, readFileSync } from 'node:fs';
import { bytesOf, Connection } from './connection.ts';
import { operations } from './operations.ts';

export interface Load {
  /** Null when the server does not support the operation; `answer` then says what it said. */
  readonly perSecond: number | null;
  /** Processor time of the server for one request, in microseconds; null where the system does not tell. */
  readonly cpuUs: number | null;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly answer: string;
}

/** Code is compiled while it runs, on a busy machine for seconds: so many requests come first, however long they take. */
const warmUp = { requests: 10_000, mostSeconds: 15 } as const;

async function load(url: string, name: string, seconds: number, width: number, pid: number): Promise<Load> {
  const operation = operations.find((one) => one.name === name);
  if (!operation) throw new Error(`There is no operation ${name}`);
  const { host } = new URL(url);
  const connections = await Promise.all(Array.from({ length: width }, () => Connection.open(url)));
  const [first] = connections;
  if (!first) throw new Error('At least one connection is needed');
  let id = '';
  for (let at = 0; operation.prepare && at < (operation.times ?? 1); at++) {
    const { status, body } = await first.send(bytesOf(operation.prepare, host));
    if (status !== 200) return unsupported(status, body);
    id = /"id"\s*:\s*"([^"]+)"/.exec(body)?.[1] ?? id;
  }
  const path = operation.request.path.replace('{id}', id);
  const bytes = bytesOf({ ...operation.request, path }, host);
  const { status, body } = await first.send(bytes);
  if (status !== 200) return unsupported(status, body);

  const warm = performance.now() + warmUp.mostSeconds * 1000;
  let left: number = warmUp.requests;
  await asLongAs(() => left-- > 0 && performance.now() < warm);
  const used = cpuSeconds(pid);
  const start = performance.now();
  const end = start + seconds * 1000;
  const tookMs = await asLongAs((now) => now < end);
  const tookSeconds = (performance.now() - start) / 1000;
  const cpu = cpuSeconds(pid) - used;
  for (const connection of connections) connection.close();
  tookMs.sort((a, b) => a - b);
  return {
    perSecond: Math.round(tookMs.length / tookSeconds),
    cpuUs: cpu > 0 ? Math.round((cpu * 1e6) / tookMs.length) : null,
    p50Ms: quantile(tookMs, 0.5),
    p99Ms: quantile(tookMs, 0.99),
    answer: body,
  };

  /** Sends on all connections as long as told to. Answers how long each request took. */
  async function asLongAs(goesOn: (now: number) => boolean): Promise<number[]> {
    const took: number[] = [];
    const send = async (connection: Connection) => {
      for (let begun = performance.now(); goesOn(begun); ) {
        const answer = await connection.send(bytes);
        if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${answer.body}`);
        const now = performance.now();
        took.push(now - begun);
        begun = now;
      }
    };
    await Promise.all(connections.map(send));
    return took;
  }
}

function unsupported(status: number, body: string): Load {
  return { perSecond: null, cpuUs: null, p50Ms: 0, p99Ms: 0, answer: `${status} ${body}` };
}

/** Processor time a process has used so far. Linux counts it in hundredths of a second. */
function cpuSeconds(pid: number): number {
  const path = `/proc/${pid}/stat`;
  if (!existsSync(path)) return 0;
  const fields = readFileSync(path, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function quantile(sorted: readonly number[], share: number): number {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return Number(value.toFixed(2));
}

if (import.meta.main) {
  const [url = '', name = '', seconds = '3', width = '32', pid = '0'] = process.argv.slice(2);
  console.log(JSON.stringify(await load(url, name, Number(seconds), Number(width), Number(pid))));
}
