import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertRun } from '../agents/run-rows.ts';
import { decide, type Policy } from '../guard/policy.ts';
import { newId } from '../ids.ts';
import { taskTools } from './task-tools.ts';
import { type Rig, startRig } from './testing.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

describe('a task that an agent proposes', () => {
  const weekly = {
    name: 'Overdue',
    prompt: 'List overdue invoices.',
    cron: '0 9 * * 1',
    timezone: 'Europe/Berlin',
  };

  /** The tool, and an operation of an agent that somebody asked. */
  async function proposed() {
    const { id, agent, tasks } = await rig.prepare();
    const { db } = rig;
    const [create] = taskTools({
      db,
      clock: rig.clock,
      tasks: () => tasks,
      connectionId: id,
      timeZone: 'America/New_York',
    });
    if (!create || create.effect === 'read') throw new Error('There is no tool.');
    const threadId = newId('thr');
    await db
      .insertInto('threads')
      .values({ id: threadId, agent_id: agent, connection_id: id, title: 'T', created_by: 'usr_1' })
      .execute();
    const by = { type: 'person', id: 'usr_1', name: 'Olga' } as const;
    const runId = await db
      .transaction()
      .execute((trx) =>
        insertRun(trx, { threadId, said: 'Every Monday', by, defaultModel: 'builtin', now: rig.now() }),
      );
    const operationId = `op_${newId('t').slice(2).toLowerCase()}`;
    await db
      .insertInto('operations')
      .values({
        ...{ id: operationId, run_id: runId, tool_call_id: 'call_1', thread_id: threadId, agent_id: agent },
        ...{ connection_id: id, account_id: 'acct_1', mode: 'test', tool: create.name, title: create.title },
        ...{
          effect: create.effect,
          input: '{}',
          sealed: '{}',
          preview: '{}',
          digest: '',
          requester_name: 'Olga',
        },
      })
      .execute();
    return { create, tasks, agent, context: { operationId, threadId, idempotencyKey: () => operationId } };
  }

  test('says when it would run, is made once for its operation, and belongs to the agent', async () => {
    const { create, tasks, agent, context } = await proposed();
    const { preview, sealed } = await create.plan(weekly, {});
    expect(preview.summary).toBe('Make the task “Overdue”: At 09:00, only on Monday (Europe/Berlin)');
    expect(preview.facts).toContainEqual({
      label: 'Next',
      value: expect.stringMatching(/^\S+Z, \S+Z, \S+Z$/),
    });
    const first = await create.act(sealed, context);
    expect(await create.act(sealed, context)).toEqual(first);
    expect(await tasks.list({ limit: 10, agentId: agent })).toMatchObject([
      { name: 'Overdue', prompt: 'List overdue invoices.', trigger: { cron: '0 9 * * 1' }, enabled: true },
    ]);
  });

  test('takes its schedule in words, as the console does', async () => {
    const { create, tasks, agent, context } = await proposed();
    const { preview, sealed } = await create.plan({ ...weekly, cron: 'every Monday at 9' }, {});
    expect(preview.summary).toBe('Make the task “Overdue”: At 09:00, only on Monday (Europe/Berlin)');
    await create.act(sealed, context);
    expect(await tasks.list({ limit: 10, agentId: agent })).toMatchObject([
      { trigger: { cron: '0 9 * * 1' } },
    ]);
  });

  test('is refused with the reason where its schedule makes no sense', async () => {
    const { create } = await proposed();
    await expect(create.plan({ ...weekly, cron: 'every monday' }, {})).rejects.toMatchObject({
      message: expect.stringContaining('is no schedule'),
    });
    const { cron: _cron, timezone: _timezone, ...rest } = weekly;
    await expect(create.plan({ ...rest, event: 'invoice.payed' }, {})).rejects.toMatchObject({
      message: 'Stripe has no event invoice.payed. Perhaps invoice.paid, invoice.sent, invoice.voided?',
    });
    expect(create.input.safeParse({ ...weekly, event: 'invoice.paid' }).success).toBe(false);
  });

  test('asks a person, whatever policy lets an agent write, unless it names the tool', () => {
    const tool = { name: 'create_task', title: 'Make a task', effect: 'write', asksByDefault: true } as const;
    const decided = (policy: Policy) =>
      decide({ tool, mode: 'test', policy, now: rig.now(), timeZone: 'UTC' })?.decision;
    expect(decided({})).toBe('ask');
    expect(decided({ effects: { write: 'allow' }, rules: [{ decision: 'allow', effects: ['write'] }] })).toBe(
      'ask',
    );
    expect(decided({ effects: { write: 'deny' } })).toBe('deny');
    expect(decided({ tools: { create_task: 'allow' } })).toBe('allow');
  });
});
