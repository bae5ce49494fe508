/**
 * Requests per second and latency, side by side in one run: `node bench/sandbox/compare.ts [ROUNDS] [SECONDS] [OPERATION]`. Every
 * operation is measured on every server in every round, each time in a fresh process, and the order is reversed each
 * round. Prints medians, the raw values, and ratios to the bare server of the same round; and the processor time a request
 * takes, which a busy machine disturbs less than the clock (Linux only).
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Load } from './load.ts';
import { operations } from './operations.ts';
import { bareServer, type Running, type Subject, subjects } from './subjects.ts';

const run = promisify(execFile);
const [rounds = 3, seconds = 3] = process.argv.slice(2, 4).map(Number);
const only = process.argv[4];
const connections = 32;

async function measured(subject: Subject, operation: string, answer: string): Promise<Load> {
  const running: Running = await subject.start();
  try {
    if (subject === bareServer) await fetch(running.url, { method: 'PUT', body: answer });
    const loader = join(import.meta.dirname, 'load.ts');
    const args = [loader, running.url, operation, seconds, connections, running.pid].map(String);
    const { stdout } = await run(process.execPath, args, { maxBuffer: 10_000_000 });
    return JSON.parse(stdout) as Load;
  } finally {
    await running.stop();
  }
}

/** What the sandbox answers, for the bare server to answer the same. */
async function answerOf(operation: string): Promise<string> {
  const sandbox = subjects.find((subject) => subject.name.startsWith('Purser'));
  return sandbox ? (await measured(sandbox, operation, '')).answer : '{}';
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function report(subject: Subject, loads: readonly Load[], bare: readonly Load[]): string {
  const perSecond = loads.flatMap((load) => load.perSecond ?? []);
  if (perSecond.length === 0) return `| ${subject.name} | not supported | | | | |`;
  const ratio = median(loads.map((load, round) => (load.perSecond ?? 0) / (bare[round]?.perSecond ?? 1)));
  const p50 = median(loads.map((load) => load.p50Ms));
  const p99 = median(loads.map((load) => load.p99Ms));
  const cpu = median(loads.map((load) => load.cpuUs ?? 0));
  return `| ${subject.name} | **${median(perSecond)}** (${perSecond.join(', ')}) | ${ratio.toFixed(2)} | ${p50} | ${p99} | ${cpu} |`;
}

for (const { name } of operations) {
  if (only !== undefined && only !== name) continue;
  const answer = await answerOf(name);
  const loads = new Map<Subject, Load[]>(subjects.map((subject) => [subject, []]));
  for (let round = 0; round < rounds; round++) {
    for (const subject of round % 2 === 0 ? subjects : subjects.toReversed())
      loads.get(subject)?.push(await measured(subject, name, answer));
  }
  const bare = loads.get(bareServer) ?? [];
  console.log(`\n### ${name} (${answer.length} bytes)\n`);
  console.log('| server | requests per second | of bare | p50 ms | p99 ms | CPU µs a request |');
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const [subject, values] of loads) console.log(report(subject, values, bare));
}
