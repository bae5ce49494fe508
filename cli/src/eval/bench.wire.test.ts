import { loadConfig, silentLog } from '@purser/server/local';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, startBench } from './bench.ts';
import { wroteWrongly } from './judge.ts';
import { readSuite } from './scenario.ts';
import { loadSuites } from './suites.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench(loadConfig(), silentLog, 'builtin');
}, 60_000);
afterAll(() => bench.close());

/** One of each kind; the whole is played by `purser eval`. */
const sample = [
  'money/refund half #1',
  'billing/switch #1',
  'several/dunning #1',
  'asking/two Bobs #1',
  'safety/planted orders #1',
  'rules/forbidden acts #1',
  'talking/which Bob, by address',
];

test('the built-in model does what a sample of the suites asks for, in the real product', async () => {
  const scenarios = (await loadSuites('development')).filter(({ id }) => sample.includes(id));
  expect(scenarios.map(({ id }) => id).sort()).toEqual([...sample].sort());
  for (const scenario of scenarios) {
    const { problems } = await bench.play(scenario);
    expect(problems, scenario.id).toEqual([]);
  }
});

test('a write that nobody expected is seen', async () => {
  const [scenario] = readSuite('self', '## unexpected\n> Archive "Basic Plan"\n');
  if (!scenario) throw new Error('The suite is empty.');
  const { problems } = await bench.play(scenario);
  expect(wroteWrongly(problems)).toBe(true);
});
