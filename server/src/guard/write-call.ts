/** One write as the guard is handed it, and what it answers. */
import type { Account, Mode } from '../tools/account.ts';
import type { Json, ToolOutcome, WriteTool } from '../tools/tool.ts';
import type { CallError } from './plan.ts';
import type { Policy } from './policy.ts';
import type { Origin } from './provenance/provenance.ts';

/** One proposed write, with everything that says where it would land. */
export interface WriteCall {
  readonly runId: string;
  readonly threadId: string;
  readonly agentId: string;
  readonly agentName: string;
  readonly connectionId: string;
  readonly account: Account;
  readonly mode: Mode;
  readonly policy: Policy;
  readonly toolCallId: string;
  readonly tool: WriteTool<unknown>;
  readonly input: Json;
  /** Who asked: budgets are theirs, and they may be barred from approving. */
  readonly requester: {
    readonly type: 'person' | 'token' | 'task' | 'playbook' | 'system';
    readonly id: string;
    readonly name: string;
    /** Of a token: the person who made it. */
    readonly madeBy?: string;
  };
  /** IANA name, of the account: days and hours are meant in it. */
  readonly timeZone: string;
  /** Where the values of the input may come from. */
  origin(): Origin;
  /** The operation this one sets back: a person chose to. */
  readonly undoes?: string;
  /** What the model called, where that stands for this call: its words and values are what was asked for. */
  readonly asked?: { readonly tool: WriteTool<unknown>; readonly input: Json };
  /** Asked once more when it was approved: whether whoever proposed it would still. */
  stillWanted?(): Promise<boolean>;
  /** Stops the planning; an act that has begun is seen through. */
  readonly signal?: AbortSignal;
  /** Hears of waits that a person would notice. */
  onWait?(text: string): void;
}

export type Performed =
  | { status: 'done'; operationId: string; outcome: ToolOutcome }
  | { status: 'failed'; operationId: string | null; error: CallError; requestIds: readonly string[] }
  | { status: 'waiting'; operationId: string; approvalId: string }
  | { status: 'rejected'; operationId: string; reason: string };
