/** For tests of the guard: a shop that gives refunds, on a real database, at a time of one's own. */
import { z } from 'zod';
import { createAudit } from '../audit/audit.ts';
import type { Database } from '../database/database.ts';
import { newId } from '../ids.ts';
import type { Account, Mode } from '../tools/account.ts';
import { ToolError, type ToolOutcome, type WriteTool, writeTool } from '../tools/tool.ts';
import { createApprovals } from './approvals.ts';
import { createGuard } from './guard.ts';
import { createHalts } from './halts.ts';
import { operationIdOf } from './operation.ts';
import type { Policy } from './policy.ts';
import { createReconciler } from './reconcile.ts';
import type { WriteCall } from './write-call.ts';

export const olga = { type: 'person', id: 'usr_olga', name: 'Olga' } as const;
export const paul = { type: 'person', id: 'usr_paul', name: 'Paul' } as const;
export const ask: Policy = { effects: { money: 'ask' } };

/** Refunds of one charge: what was sent, by idempotency key, as Stripe would remember it. */
function createShop() {
  const shop = {
    /** What is left of the charge. */
    charge: '29.99',
    /** Whose it is, where that is known. */
    customer: undefined as string | undefined,
    attempts: [] as string[],
    failures: [] as Error[],
    sent: new Map<string, string>(),
    /** Whether what was sent can be looked up. */
    canFind: false,
    /** With what the bank refused it, where looking finds that. */
    refused: null as ToolError | null,
  };
  const objectsOf = (charge: string) => [
    { type: 'charge', id: charge },
    ...(shop.customer === undefined ? [] : [{ type: 'customer', id: shop.customer }]),
  ];
  const outcomeOf = (amount: string): ToolOutcome => ({
    ...{ view: { id: 're_1' }, record: { id: 're_1' }, summary: `Refunded ${amount} usd` },
    ...{ objects: [], requestIds: ['req_1'] },
    undo: { tool: 'create_refund', input: { charge: 'ch_1' }, label: 'Take it back' },
  });
  const tool = writeTool({
    name: 'create_refund',
    title: 'Refund',
    description: 'Refunds.',
    input: z.strictObject({ charge: z.string(), amount: z.string().optional() }),
    permissions: [],
    words: { action: 'refund', object: 'charge' },
    effect: 'money',
    sealed: z.strictObject({ charge: z.string(), amount: z.string() }),
    async plan({ charge, amount = shop.charge }) {
      if (charge === 'ch_none') throw new ToolError('not_found', 'There is no charge ch_none.');
      const summary = `Refund ${amount} usd of ${charge}`;
      const preview = {
        ...{ summary, facts: [{ label: 'Left', value: shop.charge }] },
        ...{ amount: { decimal: amount, currency: 'usd' }, objects: objectsOf(charge) },
      };
      return { preview, sealed: { charge, amount } };
    },
    async act(sealed, context) {
      const key = context.idempotencyKey();
      shop.attempts.push(key);
      const failure = shop.failures.shift();
      if (failure instanceof ToolError) throw failure;
      shop.sent.set(key, sealed.amount);
      if (failure) throw failure;
      return outcomeOf(sealed.amount);
    },
    async find(_sealed, { operationId }) {
      if (!shop.canFind) throw new ToolError('unreachable', 'Nobody answers.');
      if (shop.refused) return shop.refused;
      const amount = shop.sent.get(operationId);
      return amount === undefined ? null : outcomeOf(amount);
    },
    withAmount: (input, amount) => ({ ...input, amount }),
  }) as WriteTool<unknown>;
  return { shop, tool };
}

export type Rig = ReturnType<typeof createRig>;

export function createRig({ db }: Pick<Database, 'db'>) {
  let now = new Date('2026-11-02T12:00:00Z');
  const clock = { now: () => now };
  const audit = createAudit(db, clock);
  const approvals = createApprovals({ db, audit, clock });
  const halts = createHalts({ db, audit, clock });
  const readNumbers = (text: string) => text.match(/\d+(\.\d+)?/g) ?? [];
  const guard = createGuard({ db, audit, clock, readNumbers });

  /** An agent on an account of its own, with one call to make. */
  async function prepare(
    options: {
      policy?: Policy;
      mode?: Mode;
      charge?: string;
      customer?: string;
      said?: string;
      timeZone?: string;
    } = {},
  ) {
    const [agentId, connectionId] = [newId('agt'), newId('con')];
    const account: Account = { id: newId('acct'), name: 'Test', country: 'US', defaultCurrency: 'usd' };
    const mode = options.mode ?? 'test';
    await db.insertInto('agents').values({ id: agentId, name: 'Ada' }).execute();
    await db
      .insertInto('connections')
      .values({
        ...{ id: connectionId, type: 'stripe', name: 'Test', mode, account_id: account.id },
        ...{ account: JSON.stringify(account), credentials: Buffer.from('sealed') },
        ...{ key_last4: '0000', key_fingerprint: '0000000000000000', key_kind: 'secret' as const },
      })
      .execute();
    const { shop, tool } = createShop();
    shop.customer = options.customer;
    const charge = options.charge ?? 'ch_1';
    /** The same call in a turn of its own. */
    async function turn(changes: Partial<WriteCall> & { said?: string } = {}): Promise<WriteCall> {
      const { said = options.said ?? `Refund ${charge}`, ...rest } = changes;
      const [threadId, runId] = [newId('thr'), newId('run')];
      await db
        .insertInto('threads')
        .values({ id: threadId, agent_id: agentId, title: 'T', created_by: 'me' })
        .execute();
      await db
        .insertInto('runs')
        .values({ id: runId, thread_id: threadId, agent_id: agentId, model: 'builtin', requested_by: '{}' })
        .execute();
      return {
        ...{ runId, threadId, agentId, agentName: 'Ada', connectionId, account, mode, tool },
        policy: options.policy ?? {},
        toolCallId: 'call_1',
        input: { charge },
        requester: olga,
        timeZone: options.timeZone ?? 'UTC',
        origin: () => ({ now: [said], before: [], standing: [], results: [] }),
        ...rest,
      };
    }
    const call = await turn();
    const reconciler = createReconciler({ db, audit, clock, openTool: async () => tool });
    const id = operationIdOf(call.runId, call.toolCallId);
    return { call, turn, shop, id, guard, approvals, halts, reconciler };
  }

  /** Performs a call that has to ask. @returns the approval's id */
  async function askFor(call: WriteCall): Promise<string> {
    const waiting = await guard.perform(call);
    if (waiting.status !== 'waiting') throw new Error(`It did not ask: ${JSON.stringify(waiting)}`);
    return waiting.approvalId;
  }

  return {
    clock,
    prepare,
    askFor,
    /** Lets time pass. */
    pass(ms: number) {
      now = new Date(now.getTime() + ms);
    },
  };
}
