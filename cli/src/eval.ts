import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Bench } from './eval/bench.ts';
import type { Scenario } from './eval/scenario.ts';
import type { Result } from './eval/scorecard.ts';
import { loadSuites, type Part, parts } from './eval/suites.ts';

interface Options {
  readonly model?: string;
  readonly part: Part | 'all';
  readonly only?: string;
  readonly repeat: number;
  readonly json?: boolean;
}

/** Scenarios played side by side: the model's wait of one is the work of another. */
const atOnce = 2;

async function evaluate(options: Options): Promise<void> {
  const { createStderrLog, loadConfig } = await import('@purser/server/local');
  const { startBench } = await import('./eval/bench.ts');
  const config = { ...loadConfig(), logLevel: 'error' as const };
  const bench = await startBench(config, createStderrLog(config), options.model);
  const { isRight, printFailure, printScores, scoresOf } = await import('./eval/scorecard.ts');
  try {
    let wrong = 0;
    const report: { part: Part; scores: unknown; failed: unknown }[] = [];
    for (const part of options.part === 'all' ? parts : [options.part]) {
      const wanted = (await loadSuites(part)).filter(({ id }) => !options.only || id.includes(options.only));
      if (wanted.length === 0) continue;
      const results = await playAll(bench, wanted, options.repeat, (result) => {
        if (!isRight(result) && !options.json) process.stdout.write(`${printFailure(result)}\n\n`);
      });
      wrong += results.filter((result) => !isRight(result)).length;
      report.push({ part, scores: scoresOf(results), failed: results.filter((result) => !isRight(result)) });
      const title = `${bench.model}, ${part}${options.repeat > 1 ? `, each ${options.repeat} times` : ''}`;
      if (!options.json) process.stdout.write(`${printScores(title, results)}\n\n`);
    }
    if (report.length === 0) throw new Error(`No scenario is called anything like "${options.only}".`);
    if (options.json) process.stdout.write(`${JSON.stringify({ model: bench.model, report }, null, 2)}\n`);
    process.exitCode = wrong === 0 ? 0 : 1;
  } finally {
    await bench.close();
  }
}

/** Plays every scenario, a few at once; `done` hears of each as it comes. */
export async function playAll(
  bench: Bench,
  scenarios: readonly Scenario[],
  repeat: number,
  done: (result: Result) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = [...scenarios.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, scenario] = next;
      const runs = [];
      for (let time = 0; time < repeat; time += 1) runs.push(await bench.play(scenario));
      const result = { id: scenario.id, suite: scenario.suite, runs };
      results[index] = result;
      done(result);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

function times(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 20) return number;
  throw new InvalidArgumentError('It must be 1 to 20.');
}

export function addEval(program: Command): void {
  program
    .command('eval')
    .description(
      'what a model gets right: requests and conversations against a fresh sandbox; exit 1 where one fails',
    )
    .option('--model <name>', 'the model to measure, as in PURSER_MODEL')
    .addOption(new Option('--part <name>', 'which scenarios').choices([...parts, 'all']).default('all'))
    .option('--only <text>', 'only scenarios whose name holds this')
    .option('--repeat <times>', 'play each so often; it counts only where all are right', times, 1)
    .option('--json', 'print everything as JSON')
    .action(evaluate);
}
