/** The playbooks that there are, and what turns them. */
import type { Runs } from '../agents/runs.ts';
import type { Chores } from '../chores.ts';
import type { Outbox } from '../connections/mail/outbox.ts';
import type { Account, Mode } from '../tools/account.ts';
import type { Tool } from '../tools/tool.ts';
import { dunning } from './dunning/dunning.ts';
import { sendDunningMessage } from './dunning/send-message.ts';
import { dunningSettings } from './dunning/settings.ts';
import { createEngine, type Engine } from './engine.ts';
import { grace } from './grace/grace.ts';
import { payment } from './payment/payment.ts';
import type { Playbook, Surroundings } from './playbook.ts';
import type { Playbooks } from './playbooks.ts';
import { playbookTools } from './tools.ts';

export const allPlaybooks: readonly Playbook[] = [dunning, payment, grace];

/** The tools that come with playbooks, for one connection. */
export function toolsOfPlaybooks(needs: {
  /** They open tools themselves, so they are there only later. */
  playbooks: () => Playbooks;
  outbox: Outbox;
  connectionId: string;
  of: { account: Account; mode: Mode; timeZone: string; read: Surroundings['read'] };
  now(): Date;
}): Tool[] {
  const { playbooks, outbox, connectionId, of, now } = needs;
  const where = { connectionId, ...of };
  return [
    ...playbookTools({ playbooks, connectionId }),
    sendDunningMessage({
      ...{ outbox, where, now },
      settings: async () => dunningSettings.parse(await playbooks().settings(dunning.name, connectionId)),
    }),
  ];
}

const wakeMs = 1_000;
const lookMs = 30_000;

/** Lets playbooks begin and go on by themselves. */
export function startPlaybooks(
  needs: Parameters<typeof createEngine>[0] & {
    playbookRuns: Playbooks;
    chores: Chores;
    runs: Runs;
    changed(): Promise<void>;
  },
): Engine {
  const engine = createEngine(needs);
  const { chores, playbookRuns } = needs;
  chores.every(wakeMs, 'look after the runs of playbooks', () => engine.settle());
  chores.every(wakeMs, 'let playbooks go on', async () => {
    if ((await engine.wake()) > 0) await needs.changed();
  });
  chores.every(lookMs, 'let playbooks look', () => playbookRuns.look());
  return engine;
}
