/**
 * Setting an operation back on a person's word to the agent. What is really called is the counter-action that was
 * recorded: policy, budgets and approvals judge that one, under its own name, and not this tool.
 */
import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Schema } from '../database/schema.ts';
import { getOperation } from '../guard/operation-list.ts';
import { findOperation } from '../guard/operations.ts';
import { type Tool, ToolError, writeTool } from '../tools/tool.ts';
import { undoIn } from './undo.ts';

interface Where {
  readonly db: Kysely<Schema>;
  readonly clock: Clock;
  readonly connectionId: string;
  /** The tools of the connection, the counter-actions among them. */
  readonly tools: readonly Tool[];
}

const undoInput = z.strictObject({
  operation: z
    .string()
    .regex(/^op_[a-z0-9_]{1,60}$/)
    .optional()
    .describe('The operation ("op_…"). Leave it out for the last change of this conversation.'),
});

const neverItself = (): Promise<never> =>
  Promise.reject(new Error('It is planned and done as the call it stands for.'));

/** Runs the counter-action of an operation of this connection. */
export function createUndoTool(where: Where): Tool {
  const tool = writeTool({
    name: 'undo_operation',
    title: 'Undo',
    description:
      'Sets back what was done before, by the counter-action that was recorded with it: archives what was created, restores what was changed. Without an id: the last change of this conversation. What cannot be undone (refunds, deletions, sent mail) is said so. The undo is judged and approved like any other change.',
    effect: 'money',
    input: undoInput,
    sealed: z.null(),
    permissions: [],
    words: { action: 'undo', object: 'operation', synonyms: ['revert', 'roll back', 'set back'] },
    plan: neverItself,
    act: neverItself,
    async standsFor({ operation }, call) {
      const id = await targetOf(where, operation, call);
      const { undo } = await undoable(where, id, call.operationId);
      const counter = where.tools.find(({ name }) => name === undo.tool);
      if (!counter || counter.effect === 'read' || counter.standsFor)
        throw new ToolError('cannot_undo', `There is no tool ${undo.tool} here any more.`, {
          next: 'Make the change the other way round by hand.',
        });
      return { tool: counter, input: undo.input, undoes: id };
    },
  });
  return tool;
}

/** What is set back: always the same for the same call, however often it is taken up. */
async function targetOf(
  where: Where,
  named: string | undefined,
  call: { operationId: string; threadId: string },
): Promise<string> {
  const begun = await findOperation(where.db, call.operationId);
  if (begun?.undoes) return begun.undoes;
  const last = named ?? (await lastUndoable(where, call.threadId));
  if (last !== undefined) return last;
  throw new ToolError('nothing_to_undo', 'Nothing was done in this conversation that can be undone.', {
    next: 'Name the operation ("op_…"); the page Operations lists them.',
  });
}

async function lastUndoable({ db, connectionId }: Where, threadId: string): Promise<string | undefined> {
  const last = await db
    .selectFrom('operations')
    .select('id')
    .where('thread_id', '=', threadId)
    .where('connection_id', '=', connectionId)
    .where('state', '=', 'done')
    .where('undo', 'is not', null)
    .where('undoes', 'is', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('operations as setback')
            .select('setback.id')
            .whereRef('setback.undoes', '=', 'operations.id')
            .where('setback.state', 'not in', ['failed', 'rejected']),
        ),
      ),
    )
    .orderBy('created_at', 'desc')
    .executeTakeFirst();
  return last?.id;
}

/** @throws ToolError `not_found`, `cannot_undo` */
async function undoable({ db, connectionId, clock }: Where, id: string, own: string) {
  const operation = await getOperation(db, id);
  // Of another account: as good as not there.
  if (operation?.connectionId !== connectionId)
    throw new ToolError('not_found', `There is no operation ${id} on this account.`, {
      next: 'The page Operations lists those there are.',
    });
  const undo = undoIn(operation, clock.now(), own);
  if (typeof undo !== 'string') return { undo };
  throw new ToolError('cannot_undo', undo, {
    next: 'Tell the person, and propose what comes nearest.',
  });
}
