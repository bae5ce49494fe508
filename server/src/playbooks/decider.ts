/**
 * Decides the steps of playbooks' runs: puts together what a playbook needs to know, asks it, and says what its answer
 * means for the turn and the run's row. Everything it knows it reads, so any instance can decide the next step.
 */
import type { Kysely, Transaction } from 'kysely';
import type { Entry } from '../agents/journal.ts';
import type { ModelCall } from '../agents/models/types.ts';
import type { Decider } from '../agents/script.ts';
import type { Audit } from '../audit/audit.ts';
import { canonicalJson } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import type { Connections } from '../connections/connections.ts';
import type { Schema } from '../database/schema.ts';
import type { CallError } from '../guard/plan.ts';
import { notFound, Problem } from '../problem.ts';
import type { Json, Tool, ToolOutcome } from '../tools/tool.ts';
import { ToolError } from '../tools/tool.ts';
import type { AskedOfRun, Next, Playbook, Surroundings } from './playbook.ts';
import { findSetup, type RunRow } from './rows.ts';
import { movePlaybookRun, noteStanding, type RunMove } from './run-moves.ts';
import { attemptsAt, callIdOf, entriesOf, type Settled, stepsOf } from './steps.ts';

export interface DeciderNeeds {
  db: Kysely<Schema>;
  audit: Audit;
  clock: Clock;
  connections: Connections;
  playbooks: readonly Playbook[];
}

/** The account of a connection as playbooks see it. @throws Problem 404, 422 */
export async function surroundingsOf(
  { connections, clock }: Pick<DeciderNeeds, 'connections' | 'clock'>,
  connectionId: string,
): Promise<Surroundings> {
  const { account, mode, timeZone, read } = await connections.reader(connectionId);
  return { connectionId, account, mode, timeZone, now: clock.now(), read: (work) => read(work) };
}

/** @throws Problem 404 */
export function namedPlaybook(playbooks: readonly Playbook[], name: string): Playbook {
  const found = playbooks.find((each) => each.name === name);
  if (!found) throw notFound('playbook', name);
  return found;
}

export function createDecider(needs: DeciderNeeds): Decider {
  const { db, audit, clock, playbooks } = needs;

  /** What a run's playbook says comes next. @throws Problem */
  async function ask(
    playbookRun: string,
    entries: readonly Entry[],
  ): Promise<{ row: RunRow; own: Entry[]; next: Next }> {
    const row = await db
      .selectFrom('playbook_runs')
      .selectAll()
      .where('id', '=', playbookRun)
      .executeTakeFirstOrThrow();
    const own = entriesOf(entries, playbookRun);
    const setup = await findSetup(db, row.playbook, row.connection_id);
    const next = await asked(namedPlaybook(playbooks, row.playbook), {
      ...(await surroundingsOf(needs, row.connection_id)),
      id: row.id,
      asked: row.asked as unknown as AskedOfRun[],
      settings: setup?.settings ?? {},
      input: row.input,
      startedAt: row.started_at,
      steps: stepsOf(own, await settledOf(db, own)),
    });
    return { row, own, next };
  }

  return {
    async next({ playbookRun, facts, entries, tools }) {
      const { row, own, next } = await ask(playbookRun, entries);
      if (next.do === 'call') {
        const { id, tool, input, standing } = next;
        const also = async (trx: Transaction<Schema>) => {
          if (standing) await noteStanding(trx, playbookRun, standing, facts.runId);
        };
        const call = callOf(tools, { id: callIdOf(id, attemptsAt(own, id) + 1), tool, input });
        return { say: next.say, call, also };
      }
      const at = clock.now();
      const move: RunMove =
        next.do === 'wait'
          ? { to: 'waiting', until: next.until, ...(next.on && { on: next.on }) }
          : { to: 'done', outcome: next.outcome, at, ...(next.amount && { amount: next.amount }) };
      const { standing } = next;
      return {
        say: next.say,
        async also(trx) {
          const isMoved = await movePlaybookRun(
            trx,
            playbookRun,
            { ...move, ...(standing && { standing }) },
            facts.runId,
          );
          if (!isMoved || next.do === 'wait') return;
          const actor = { type: 'system', id: row.playbook, name: facts.requester.name } as const;
          const details = { playbook: row.playbook, about: row.subject, outcome: next.outcome };
          await audit.record({ actor, action: 'playbook_run.done', subject: playbookRun, details }, trx);
        },
      };
    },

    async stillWants({ playbookRun, entries }, { name, input }) {
      const { row, next } = await ask(playbookRun, entries);
      // What happened meanwhile is seen at once, though nobody has decided yet.
      if (next.standing && row.run_id) await noteStanding(db, playbookRun, next.standing, row.run_id);
      // A wait (quiet hours, a retry that comes soon) is no reason to undo what somebody has decided.
      if (next.do !== 'call') return next.do === 'wait';
      return next.tool === name && canonicalJson(next.input) === canonicalJson(input);
    },
  };
}

/** A playbook's answer. What the account refuses ends the turn; it is tried again later. */
async function asked(playbook: Playbook, run: Parameters<Playbook['next']>[0]): Promise<Next> {
  try {
    return await playbook.next(run);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    if (error.code === 'not_found') return { do: 'end', outcome: 'gone', say: error.message };
    const detail = [error.message, error.next].filter(Boolean).join(' ');
    throw new Problem({
      status: 502,
      code: error.code,
      title: 'The account could not be read',
      detail,
      cause: error,
    });
  }
}

/** The call as the turn takes it; one that its tool would not take is answered with the reason. */
export function callOf(
  tools: readonly Tool[],
  { id, tool: name, input }: { id: string; tool: string; input: { [key: string]: Json } },
): ModelCall {
  const parsed = tools.find((tool) => tool.name === name)?.input.safeParse(input);
  if (!parsed || parsed.success) return { id, name, input };
  const why = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  return { id, name, input, invalid: why };
}

/** Operations of a run whose outcome nobody knew and that are settled by now. */
async function settledOf(db: Kysely<Schema>, entries: readonly Entry[]): Promise<Settled> {
  const open = entries.flatMap((entry) => {
    if (entry.kind !== 'tool' || entry.content.result.status !== 'failed') return [];
    const { operationId, result } = entry.content;
    return result.error.code === 'outcome_unknown' && operationId ? [operationId] : [];
  });
  if (open.length === 0) return new Map();
  const rows = await db
    .selectFrom('operations')
    .select(['id', 'state', 'outcome', 'error'])
    .where('id', 'in', open)
    .execute();
  return new Map(
    rows.flatMap(({ id, state, outcome, error }) => {
      if (state !== 'done' && state !== 'failed') return [];
      const view = (outcome as unknown as ToolOutcome | null)?.view ?? null;
      return [[id, { state, view, error: error as unknown as CallError | null }] as const];
    }),
  );
}
