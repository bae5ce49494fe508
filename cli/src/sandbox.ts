import { type Command, InvalidArgumentError, Option } from 'commander';
import { untilStopped } from './stopping.ts';

const standardPort = 12_111;

function portNumber(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('It must be 0 (a free one) to 65535.');
}

interface Options {
  readonly port?: number;
  readonly data?: string;
  readonly seed?: 'demo' | 'empty';
  readonly limits?: boolean;
}

async function run(options: Options): Promise<void> {
  const stopped = untilStopped();
  const { createSandbox, demoKey } = await import('@purser/sandbox');
  const { createStderrLog, loadConfig } = await import('@purser/server/local');
  const config = loadConfig();
  const log = createStderrLog(config);
  const sandbox = createSandbox({
    dataDir: options.data ?? null,
    seed: options.seed ?? config.sandbox.seed,
    ...(options.limits ? { limits: 'stripe' } : {}),
    log: (message, cause) => log.warn({ err: cause }, message),
  });
  try {
    const port = options.port ?? (config.sandbox.port || standardPort);
    const { url } = await sandbox.listen({ port });
    process.stdout.write(`Stripe sandbox is ready at ${url} (demo key ${demoKey})\n`);
    await stopped;
  } finally {
    await sandbox.close();
  }
}

export function addSandbox(program: Command): void {
  program
    .command('sandbox')
    .description('the Stripe sandbox alone, for any Stripe SDK')
    .option('--port <number>', `where it listens (${standardPort})`, portNumber)
    .option('--data <folder>', 'keep its state there (otherwise in memory)')
    .addOption(new Option('--seed <name>', 'what the demo account starts with').choices(['demo', 'empty']))
    .option('--limits', "answer 429 beyond Stripe's rate limits")
    .action(run);
}
