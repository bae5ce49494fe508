/**
 * Turns whose steps code decides: what a click on "undo" asks for, and the runs of playbooks. They are journaled, guarded
 * and resumed as any other turn; only where a model would be asked what comes next, code is. Agents know no playbook:
 * `main.ts` supplies who decides.
 */
import type { Transaction } from 'kysely';
import type { Schema } from '../database/schema.ts';
import type { Json, Tool } from '../tools/tool.ts';
import { clientAnswer, clientOf } from './client-calls.ts';
import type { Entry } from './journal.ts';
import type { ModelCall, ModelStep } from './models/types.ts';
import type { TurnFacts } from './turn.ts';
import { saidByCode, undoAnswer, undoesOf } from './undo.ts';

/** Ids of playbooks' runs begin with it; their threads are made by them and are no conversations. */
export const playbookRunPrefix = 'pbr';

/** What comes next in a playbook's run: a call, or nothing more for now. */
export interface Decided {
  /** Why, or what came of it, in a sentence or two. */
  readonly say: string;
  readonly call?: ModelCall;
  /** What else stands or falls with this step. */
  also?(trx: Transaction<Schema>): Promise<void>;
}

export interface Asked {
  readonly playbookRun: string;
  readonly facts: TurnFacts;
  /** The whole thread's, oldest first. */
  readonly entries: readonly Entry[];
  readonly tools: readonly Tool[];
}

export interface Decider {
  /** @throws Problem when it cannot be decided now */
  next(asked: Asked): Promise<Decided>;
  /** Whether a call that somebody approved meanwhile would be made now, as things stand. @throws Problem */
  stillWants(asked: Pick<Asked, 'playbookRun' | 'entries'>, call: ModelCall): Promise<boolean>;
}

export interface CodedStep {
  readonly content: ModelStep;
  also?(trx: Transaction<Schema>): Promise<void>;
}

/** The playbook's run that a turn belongs to. */
export function playbookRunOf(own: readonly Entry[]): string | undefined {
  const asked = own.find((entry) => entry.kind === 'user');
  return asked?.kind === 'user' ? asked.content.playbookRun : undefined;
}

/** The next step of a turn in which no model takes part; undefined in any other. */
export async function stepByCode(
  decider: Decider,
  turn: { facts: TurnFacts; entries: readonly Entry[]; own: readonly Entry[]; tools: readonly Tool[] },
): Promise<CodedStep | undefined> {
  const { own, ...asked } = turn;
  if (undoesOf(own) !== undefined) return { content: saidByCode(undoAnswer(own)) };
  if (clientOf(own) !== undefined) return { content: saidByCode(clientAnswer(own)) };
  const playbookRun = playbookRunOf(own);
  if (playbookRun === undefined) return undefined;
  const { say, call, also } = await decider.next({ playbookRun, ...asked });
  return { content: call ? calledByCode(say, call) : saidByCode(say), ...(also && { also }) };
}

/** An answer that no model wrote, with the call it makes. */
function calledByCode(text: string, call: ModelCall): ModelStep {
  const { id, name, input } = call;
  const asked = { type: 'tool-call', toolCallId: id, toolName: name, input: input as Json } as const;
  return {
    ...saidByCode(text),
    messages: [{ role: 'assistant', content: text ? [{ type: 'text', text }, asked] : [asked] }],
    calls: [call],
    finishReason: 'tool-calls',
  };
}
