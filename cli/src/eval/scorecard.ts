import type { Played } from './bench.ts';
import { wroteWrongly } from './judge.ts';

/** One scenario, played as often as was asked. */
export interface Result {
  readonly id: string;
  readonly suite: string;
  readonly runs: readonly Played[];
}

/** pass^k: right only where every repetition was right. */
export function isRight({ runs }: Result): boolean {
  return runs.every(({ problems }) => problems.length === 0);
}

interface Line {
  readonly suite: string;
  readonly right: number;
  readonly tried: number;
  readonly wrongWrites: number;
}

/** The score of each suite, and of all together at the end. */
export function scoresOf(results: readonly Result[]): Line[] {
  const suites = [...new Set(results.map(({ suite }) => suite))];
  const line = (suite: string, of: readonly Result[]): Line => ({
    suite,
    right: of.filter(isRight).length,
    tried: of.length,
    wrongWrites: of.filter(({ runs }) => runs.some(({ problems }) => wroteWrongly(problems))).length,
  });
  return [
    ...suites.map((suite) =>
      line(
        suite,
        results.filter((result) => result.suite === suite),
      ),
    ),
    line('all', results),
  ];
}

export function printScores(title: string, results: readonly Result[]): string {
  const turns = results.flatMap(({ runs }) => runs.flatMap((run) => run.turns));
  const times = turns.map(({ durationMs }) => durationMs).sort((a, b) => a - b);
  const at = (share: number) => Math.round(times[Math.floor((times.length - 1) * share)] ?? 0);
  const steps = turns.reduce((sum, { calls }) => sum + calls.length, 0);
  const rows = scoresOf(results).map(
    ({ suite, right, tried, wrongWrites }) =>
      `  ${suite.padEnd(24)} ${`${right}/${tried}`.padStart(9)}  ${percent(right, tried).padStart(6)}  ${wrongWrites ? `${wrongWrites} wrote wrongly` : ''}`,
  );
  return [
    title,
    ...rows,
    `  ${turns.length} turns, ${steps} tool calls, ${at(0.5)} ms a turn (19 of 20 within ${at(0.95)} ms)`,
  ].join('\n');
}

function percent(right: number, tried: number): string {
  return tried === 0 ? '' : `${((100 * right) / tried).toFixed(1)}%`;
}

/** What was said, called and answered, where a scenario failed. */
export function printFailure({ id, runs }: Result): string {
  const failed = runs.find(({ problems }) => problems.length > 0);
  if (!failed) return '';
  const turns = failed.turns.flatMap(({ said, calls, approvals, answer, problems }) => [
    `  > ${said}`,
    ...calls.map((call) => `    · ${call}`),
    ...approvals.map((summary) => `    · approval: ${summary}`),
    ...answer
      .split('\n')
      .slice(0, 12)
      .map((row) => `    ${row}`),
    ...problems.map((problem) => `  ✗ ${problem}`),
  ]);
  return [`${id}`, ...turns].join('\n');
}
