import type { Role } from '@purser/server/api';
import { type Command, Option } from 'commander';

const longestName = 200;
const roles: readonly Role[] = ['owner', 'operator', 'requester', 'approver', 'viewer'];

async function create({ name, role }: { name: string; role: Role }, command: Command): Promise<void> {
  const trimmed = name.trim();
  if (trimmed.length < 1 || trimmed.length > longestName) {
    command.error(`error: --name must have 1 to ${longestName} characters`);
  }
  const { createLocalToken, createStderrLog, loadConfig } = await import('@purser/server/local');
  const config = loadConfig();
  const { token } = await createLocalToken(config, createStderrLog(config), { name: trimmed, role });
  process.stdout.write(`${token}\n`);
}

export function addToken(program: Command): void {
  program
    .command('token')
    .description('API tokens')
    .command('create')
    .description('make a token and print it; it cannot be shown again')
    .requiredOption('--name <name>', 'what it is for')
    .addOption(new Option('--role <role>', 'what it may do').choices([...roles]).default('owner'))
    .action(create);
}
