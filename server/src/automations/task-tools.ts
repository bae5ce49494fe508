/** A task that an agent proposes: a person's yes makes it, for it goes on when nobody is looking. */
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Schema } from '../database/schema.ts';
import { Problem } from '../problem.ts';
import { readTool, type Tool, ToolError, type ToolOutcome, writeTool } from '../tools/tool.ts';
import { filterSchema } from './event-filter.ts';
import { cronOf } from './plain-schedule.ts';
import type { Task } from './task-rows.ts';
import type { Tasks } from './tasks.ts';
import { checkEvent, nextTimes, type Trigger, wordsOf } from './trigger.ts';

const input = z
  .strictObject({
    name: z.string().trim().min(1).max(120).describe('What people call it: "Overdue invoices".'),
    prompt: z
      .string()
      .trim()
      .min(1)
      .max(20_000)
      .describe('What you will be asked to do each time, complete in itself: nobody is there to ask back.'),
    cron: z
      .string()
      .trim()
      .min(1)
      .max(120)
      .optional()
      .describe(
        'When, in words or as five fields of cron: "every Monday at 9", "weekdays at 8:30", "0 9 * * 1". Either this or event.',
      ),
    timezone: z.string().trim().min(1).max(80).optional().describe('IANA name. Default: the account’s own.'),
    event: z
      .string()
      .trim()
      .regex(/^[a-z0-9_.]+(\.\*)?$/, 'An event type such as invoice.payment_failed.')
      .max(120)
      .optional()
      .describe('On which event at Stripe: "invoice.payment_failed". Either this or cron.'),
    filter: filterSchema
      .optional()
      .describe('With event: only where all of it fits: {"above": {"amount": "500", "currency": "usd"}}.'),
  })
  .refine(({ cron, event }) => (cron === undefined) !== (event === undefined), {
    message: 'Exactly one of cron and event is needed.',
    path: ['cron'],
  });
type Input = z.infer<typeof input>;

export interface TaskTools {
  db: Kysely<Schema>;
  clock: Clock;
  /** They begin runs that have tools, so they are there only later. */
  tasks(): Tasks;
  connectionId: string;
  timeZone: string;
}

export function taskTools({ db, clock, tasks, connectionId, timeZone }: TaskTools): Tool[] {
  const triggerOf = ({ cron, timezone, event, filter }: Input): Trigger =>
    event !== undefined
      ? { type: 'event', event, ...(filter && { filter }) }
      : {
          type: 'schedule',
          cron: cronOf(cron ?? '') ?? cron ?? '',
          timezone: timezone ?? timeZone,
          missed: 'once',
        };
  const idOf = (operationId: string) => operationId.replace(/^op_/, 'tsk_');

  const create = writeTool<Input, Input>({
    name: 'create_task',
    title: 'Make a task',
    description:
      'Proposes a task: something you will do by yourself, on a schedule or on an event at Stripe, when the person wants a thing done again and again ("do this every Monday at 9"). A person approves it first. For something to be done once, do it.',
    effect: 'write',
    asksByDefault: true,
    repeatable: true,
    input,
    sealed: input,
    permissions: [],
    words: { action: 'create', object: 'task', synonyms: ['schedule', 'every week do', 'remind yourself'] },
    async plan(given) {
      const trigger = triggerOf(given);
      told(() => checkEvent(trigger));
      const next = told(() => nextTimes(trigger, clock.now(), 3));
      const when = told(() => wordsOf(trigger));
      return {
        preview: {
          summary: `Make the task “${given.name}”: ${when}`,
          facts: [
            { label: 'What to do', value: given.prompt },
            ...(next.length > 0
              ? [{ label: 'Next', value: next.map((at) => at.toISOString()).join(', ') }]
              : []),
            { label: 'Can be undone', value: 'yes: pause or delete it under Automations' },
          ],
          objects: [],
        },
        sealed: given,
      };
    },
    async act(given, { operationId }) {
      const { agent_id: agentId, requester_name: name } = await db
        .selectFrom('operations')
        .select(['agent_id', 'requester_name'])
        .where('id', '=', operationId)
        .executeTakeFirstOrThrow();
      const by = { type: 'agent', id: agentId, name: `An agent, for ${name}` } as const;
      const fields = {
        agentId,
        connectionId,
        name: given.name,
        prompt: given.prompt,
        trigger: triggerOf(given),
      };
      return outcomeOf(await toldAsync(tasks().create(fields, by, idOf(operationId))));
    },
    async find(_given, { operationId }) {
      const made = await tasks()
        .get(idOf(operationId))
        .catch(() => null);
      return made && outcomeOf(made);
    },
  });

  const list = readTool({
    name: 'list_tasks',
    title: 'List tasks',
    description:
      'Tasks that agents do by themselves, on a schedule, on an event or by hand: when, and how the last run went.',
    input: z.strictObject({}),
    permissions: [],
    words: { action: 'list', object: 'task', synonyms: ['automation', 'scheduled task'] },
    async read() {
      const found = await tasks().list({ limit: 100 });
      return {
        view: {
          object: 'list',
          of: 'tasks',
          complete: found.length < 100,
          seen: found.length,
          data: found.map(viewOf),
        },
        record: null,
        ...{ summary: `Listed ${found.length} tasks`, objects: [], requestIds: [] },
      };
    },
  });
  return [create, list];
}

const viewOf = ({ id, name, when, enabled, nextRunAt, lastRun }: Task) => ({
  ...{ object: 'task', id, name, when, enabled, next_run: nextRunAt, last_run: lastRun?.status ?? null },
});

function outcomeOf(task: Task): ToolOutcome {
  return {
    ...{ view: viewOf(task), record: null, summary: `Made the task “${task.name}”: ${task.when}` },
    ...{ objects: [{ type: 'task', id: task.id, label: task.name }], requestIds: [] },
  };
}

/** What a trigger cannot be, as a tool says it. */
function told<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toToolError(error);
  }
}
const toldAsync = <T>(work: Promise<T>): Promise<T> =>
  work.catch((error: unknown) => {
    throw toToolError(error);
  });
const toToolError = (error: unknown) =>
  error instanceof Problem ? new ToolError(error.code, error.errors?.[0]?.message ?? error.detail) : error;
