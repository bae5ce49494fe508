import { Command, CommanderError } from 'commander';
import { addAsk } from './ask.ts';
import { addAudit } from './audit.ts';
import { addBackup } from './backup.ts';
import { addDoctor } from './doctor/doctor.ts';
import { addEval } from './eval.ts';
import { addKeys } from './keys.ts';
import { addMcp } from './mcp.ts';
import { addSandbox } from './sandbox.ts';
import { addStart } from './start.ts';
import { addToken } from './token.ts';

/** Exit codes, the same for every command; `ask` adds 3 for "waits for an approval". */
const failed = 1;
const wrongUsage = 2;

function createProgram(): Command {
  const program = new Command('purser')
    .description('AI agents that run a business’s Stripe account, on your own machine.')
    .showHelpAfterError()
    .exitOverride();
  const commands = [
    addStart,
    addAsk,
    addToken,
    addKeys,
    addAudit,
    addBackup,
    addDoctor,
    addSandbox,
    addMcp,
    addEval,
  ];
  for (const add of commands) add(program);
  return program;
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || error.name;
}

async function main(args: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      // Asked-for help ends well; everything else commander has printed already.
      const isHelp = error.code === 'commander.helpDisplayed' || error.code === 'commander.version';
      process.exitCode = isHelp ? 0 : wrongUsage;
      return;
    }
    process.stderr.write(`purser: ${explain(error)}\n`);
    process.exitCode = failed;
  }
}

await main(process.argv.slice(2));
