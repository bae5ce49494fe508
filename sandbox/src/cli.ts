#!/usr/bin/env node
/** The published package's command: `npx @purser/sandbox --port 12111 --data ./state --seed demo`. */
import { parseArgs } from 'node:util';
import { createSandbox, demoKey } from './index.ts';

const usage = `A Stripe account on your machine, for any Stripe SDK and the Stripe CLI.

  --port <number>   where it listens; 12111 unless said, 0 for a free one
  --host <address>  127.0.0.1 unless said
  --data <folder>   keeps its state there; otherwise in memory
  --seed <name>     what the demo account (${demoKey}) starts with: demo, a year of business, or empty
`;

function options() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '12111' },
      host: { type: 'string', default: '127.0.0.1' },
      data: { type: 'string' },
      seed: { type: 'string', default: 'demo' },
      help: { type: 'boolean', default: false },
    },
  });
  const { port, seed } = values;
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) throw new Error('--port takes 0 to 65535.');
  if (seed !== 'demo' && seed !== 'empty') throw new Error('--seed takes demo or empty.');
  return { ...values, port: Number(port), seed } as const;
}

async function main(): Promise<void> {
  const { data, help, host, port, seed } = options();
  if (help) {
    process.stdout.write(usage);
    return;
  }
  const sandbox = createSandbox({
    dataDir: data ?? null,
    seed,
    log: (message, cause) => console.error(message, cause ?? ''),
  });
  const { url } = await sandbox.listen({ port, host });
  process.stdout.write(`Stripe sandbox is ready at ${url} (demo key ${demoKey})\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void sandbox.close().then(() => process.exit(0)));
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
