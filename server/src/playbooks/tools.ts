/** Playbooks for agents: what there is, what one would do, beginning one, and how it went. */
import { z } from 'zod';
import type { Actor } from '../audit/audit.ts';
import { Problem } from '../problem.ts';
import { cleanForeignStrings } from '../secrets/clean.ts';
import { type Json, readTool, type Tool, ToolError, type ToolOutcome, writeTool } from '../tools/tool.ts';
import type { Playbooks } from './playbooks.ts';
import type { PlaybookRun } from './rows.ts';

const nameField = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .describe('The playbook’s name, as list_playbooks shows it.');
const inputField = z
  .record(z.string(), z.unknown())
  .describe('What the run is about, by the fields that list_playbooks shows for it.');

/** An agent began it: in its own run, which the operation names. */
const byAgent: Actor = { type: 'agent', id: 'agent', name: 'An agent' };

export function playbookTools({
  playbooks,
  connectionId,
}: {
  playbooks: () => Playbooks;
  connectionId: string;
}): Tool[] {
  const list = readTool({
    name: 'list_playbooks',
    title: 'List playbooks',
    description:
      'The workflows that Purser runs by itself on this account (dunning, payment with fallback, grace period): what each does, whether it is on, its settings, the fields one run needs, and how its runs ended so far.',
    input: z.strictObject({}),
    permissions: [],
    words: { action: 'list', object: 'playbook' },
    async read() {
      const found = await playbooks().list(connectionId);
      return {
        view: {
          ...{ object: 'list', of: 'playbooks', complete: true, seen: found.length },
          data: found.map(({ name, title, description, setups: [setup], input, outcomes }) => ({
            ...{ name, title, description, on: setup?.enabled ?? false, settings: setup?.settings ?? null },
            ...{ input: input as Json, outcomes: outcomes as unknown as Json },
          })),
        },
        record: null,
        ...{ summary: `Listed ${found.length} playbooks`, objects: [], requestIds: [] },
      };
    },
  });

  const dry = readTool({
    name: 'dry_run_playbook',
    title: 'Try a playbook',
    description:
      'What a playbook would do now, step by step with previews, assuming that each step goes well. Changes nothing. With "input" about one thing, without it about all that the playbook finds.',
    input: z.strictObject({ playbook: nameField, input: inputField.optional() }),
    permissions: [],
    words: { action: 'preview', object: 'playbook', synonyms: ['dry run', 'try the playbook'] },
    async read({ playbook, input }) {
      const runs = await told(playbooks().dryRun(playbook, connectionId, { input }));
      return {
        view: { object: 'dry_run', playbook, runs: runs as unknown as Json },
        record: null,
        ...{ summary: `Tried ${playbook}: ${countOf(runs.length)}`, objects: [], requestIds: [] },
      };
    },
  });

  const sealed = z.strictObject({ playbook: z.string(), input: z.record(z.string(), z.unknown()) });
  const run = writeTool({
    name: 'run_playbook',
    title: 'Run playbook',
    description:
      'Begins one run of a playbook, which then goes on by itself, over days where it has to. What its steps write is judged and approved one by one. See what it would do with dry_run_playbook first.',
    effect: 'write',
    input: z.strictObject({ playbook: nameField, input: inputField }),
    sealed,
    permissions: [],
    words: { action: 'run', object: 'playbook', synonyms: ['start the playbook', 'workflow'] },
    async plan({ playbook, input }) {
      const [tried] = await told(playbooks().dryRun(playbook, connectionId, { input }));
      const { title } = await told(playbooks().get(playbook, connectionId));
      const facts = (tried?.steps ?? []).slice(0, 8).map(({ call, say }, index) => ({
        label: `Step ${index + 1}`,
        value: call?.preview?.summary ?? say,
      }));
      return {
        preview: { summary: `Begin ${title}: ${tried?.title ?? ''}`, facts, objects: [] },
        sealed: { playbook, input },
      };
    },
    async act({ playbook, input }, { operationId }) {
      return outcomeOf(
        await told(playbooks().begin(playbook, connectionId, { input, key: operationId, by: byAgent })),
      );
    },
  });

  const get = readTool({
    name: 'get_playbook_run',
    title: 'Get playbook run',
    description:
      'How far a run of a playbook is: each step with what came of it, what it waits for, and how it ended.',
    input: z.strictObject({ run: z.string().trim().min(1).max(80).describe('The run: pbr_….') }),
    permissions: [],
    words: { action: 'get', object: 'playbook_run', synonyms: ['playbook run'] },
    async read({ run: id }) {
      const found = await told(playbooks().run(id));
      if (found.connectionId !== connectionId)
        throw new ToolError('not_found', `There is no playbook run ${id} on this account.`);
      return {
        ...outcomeOf(found, found.steps as unknown as Json),
        summary: `Read the run “${found.title}”: ${found.state}`,
      };
    },
  });

  return [list, dry, run, get];
}

const countOf = (runs: number) => `${runs} run${runs === 1 ? '' : 's'}`;

function outcomeOf(run: PlaybookRun, steps?: Json): ToolOutcome {
  const { id, playbook, subject, state, awaitingApproval, wakeAt, outcome, amount, problem, title } = run;
  const facts = { playbook, subject, title, state, awaiting_approval: awaitingApproval, goes_on: wakeAt };
  return {
    ...cleanForeignStrings({
      view: {
        object: 'playbook_run',
        id,
        ...facts,
        outcome,
        amount,
        problem,
        ...(steps !== undefined && { steps }),
      },
      record: null,
      summary: `Began “${title}”`,
    }),
    objects: [{ type: 'playbook_run', id, label: title }],
    requestIds: [],
  };
}

/** What the playbooks refuse, as a tool says it. */
async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new ToolError(error.code, error.detail);
  }
}
