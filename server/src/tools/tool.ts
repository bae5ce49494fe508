import type { z } from 'zod';

/**
 * What a call does to the world, from harmless to grave. Policy is written in these words.
 * - `read`: nothing changes.
 * - `write`: something changes that can be set back; no money, no message to a person.
 * - `money`: moves money, commits to moving it, or bills someone.
 * - `destructive`: cannot be undone, or ends a right.
 * - `outbound`: reaches a person outside the business.
 */
export type Effect = 'read' | 'write' | 'money' | 'destructive' | 'outbound';

/** Anything JSON can carry. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A restricted key's row and level, by the machine name (`customer`) Stripe uses in `rak_customer_read`. */
export interface Permission {
  readonly resource: string;
  readonly access: 'read' | 'write';
}

/**
 * How people speak of what a tool does. Models that read words need only the description; the built-in model plans
 * from these, so that a new tool is understood without touching its pipeline.
 */
export interface ToolWords {
  /** The verb, in Stripe's terms: `list`, `get`, `create`, `update`, `cancel`, `refund`, … */
  readonly action: string;
  /** What it is done to: a Stripe object name (`customer`, `payment_intent`, `subscription`, …). */
  readonly object: string;
  /** Other words people use for this very thing: `money back` for a refund. Lower case. */
  readonly synonyms?: readonly string[];
}

/** A Stripe (or other) object that a call read or touched, for links and citations. */
export interface ObjectRef {
  readonly type: string;
  readonly id: string;
  /** What a person would call it: a name, an e-mail, an amount. */
  readonly label?: string;
}

/** How a write can be set back: another tool call, made through the same guard. */
export interface Undo {
  readonly tool: string;
  readonly input: Json;
  /** What it will do, in words: `Archive the product again`. */
  readonly label: string;
  /** Until when it is possible, ISO 8601; absent: no known limit. */
  readonly until?: string;
}

/** What a finished call leaves: a small view for the model, the whole for people. */
export interface ToolOutcome {
  /** Compact: the fields that matter, money as `"29.99 USD"`, times as ISO 8601 UTC, ids kept. */
  readonly view: Json;
  /** The full objects as the API returned them. Kept in the record, never sent to a model. */
  readonly record: Json;
  /** One plain sentence in the past tense: `Created customer Bob Loblaw`. */
  readonly summary: string;
  readonly objects: readonly ObjectRef[];
  /** Request ids of the far side (`req_…`), in order. */
  readonly requestIds: readonly string[];
  readonly undo?: Undo;
}

/** What a write will do, computed from fresh reads, for a person to judge. */
export interface Preview {
  /** `Refund $29.99 of $29.99 to Bob Loblaw, charge ch_…`. */
  readonly summary: string;
  /** Further facts in the order a person wants them. */
  readonly facts: readonly { readonly label: string; readonly value: string }[];
  /** What moves, where money moves. Negative never occurs: the summary says the direction. */
  readonly amount?: { readonly decimal: string; readonly currency: string };
  readonly objects: readonly ObjectRef[];
}

/** A write made ready: every reference resolved, every amount in minor units, nothing sent yet. */
export interface Plan {
  readonly preview: Preview;
  /** Exactly what `act` will send. Kept with the operation, so that a resumed run sends the same. */
  readonly sealed: Json;
}

/** Handed to every call. */
export interface CallContext {
  readonly signal?: AbortSignal;
  /** Hears of a wait that a person would notice, in words: `Waiting 3 s for Stripe's rate limit`. */
  onWait?(text: string): void;
}

/** Handed to the act itself. */
export interface ActContext extends CallContext {
  /** `op_…`; stands in the object's metadata as `purser_op`. */
  readonly operationId: string;
  /** The conversation it was asked for in. */
  readonly threadId: string;
  /**
   * The idempotency key of the n-th request of this act, counted from 0. Derived from the operation, so that a
   * resumed act sends the same keys in the same order.
   */
  idempotencyKey(part?: number): string;
}

/** Handed to whoever looks up what an operation left behind. */
export interface FindContext extends CallContext {
  readonly operationId: string;
  /** When it was proposed: what it left is no older. */
  readonly since: Date;
}

/**
 * What an operation left behind: what it did, told as `act` would have; a ToolError when it was carried out and refused;
 * null when nothing bears its mark.
 */
export type Found<Outcome = ToolOutcome> = Outcome | ToolError | null;

interface ToolBase<Input> {
  readonly name: string;
  /** For buttons and cards: `Create customer`. */
  readonly title: string;
  /** For models: when to use it, when not, units, an example. */
  readonly description: string;
  readonly input: z.ZodType<Input>;
  readonly permissions: readonly Permission[];
  readonly words: ToolWords;
  /** Refused until an owner's policy allows it by name. */
  readonly offByDefault?: true;
  /** A person is asked, unless an owner's policy allows it by name: it goes on when nobody is looking. */
  readonly asksByDefault?: true;
}

export interface ReadTool<Input = never> extends ToolBase<Input> {
  readonly effect: 'read';
  /** @throws ToolError when it cannot be done; the message goes to the model and to people. */
  read(input: Input, context: CallContext): Promise<ToolOutcome>;
}

export interface WriteTool<Input = never> extends ToolBase<Input> {
  readonly effect: Exclude<Effect, 'read'>;
  /** Nothing moves and nobody hears of it by this alone: doing it a second time needs no second thought. */
  readonly repeatable?: true;
  /**
   * The far side knows no idempotency keys and leaves nothing that could be looked up: what was sent is never sent
   * again by itself, and where no answer came a person looks.
   */
  readonly neverResent?: true;
  /** Reads only. @throws ToolError when a reference is missing or ambiguous, or the act is impossible. */
  plan(input: Input, context: CallContext): Promise<Plan>;
  /**
   * Sends what was sealed. @throws ToolError when refused, OutcomeUnknown when nobody can say whether it happened,
   * WaitsOutside when the far side wants a person's approval of its own first.
   */
  act(sealed: Json, context: ActContext): Promise<ToolOutcome>;
  /**
   * Looks up, without writing, what an operation left behind, by the mark it leaves on whatever it makes or changes.
   * Absent: this tool leaves no mark that could be looked up. @throws ToolError when it cannot be found out now.
   */
  find?(sealed: Json, context: FindContext): Promise<Found>;
  /**
   * The same call for less money, in major units. Absent where the caller does not choose the amount: only a tool
   * that has it lets an approver lower what was asked for.
   */
  withAmount?(input: Input, decimal: string): Input;
  /**
   * The call that this one really makes: that one is planned, judged, approved and done, under its own name. The same
   * for the same operation, however often it is taken up. @throws ToolError
   */
  standsFor?(
    input: Input,
    call: { readonly operationId: string; readonly threadId: string },
  ): Promise<StoodFor>;
}

/** Another tool's call, made in the place of one's own. */
export interface StoodFor {
  readonly tool: WriteTool<unknown>;
  readonly input: Json;
  /** The operation it sets back. */
  readonly undoes: string;
}

/** A tool whose input type has been forgotten: inputs are parsed with `input` before they reach it. */
export type Tool = ReadTool<unknown> | WriteTool<unknown>;

/** Writes a read tool with its input typed by its schema. */
export function readTool<Input>(tool: Omit<ReadTool<Input>, 'effect'>): Tool {
  const { read } = tool;
  return {
    ...tool,
    input: tool.input as z.ZodType<unknown>,
    effect: 'read',
    read: (input, context) => read(tool.input.parse(input), context),
  };
}

/** Writes a tool that changes something, its input and sealed request typed by their schemas. */
export function writeTool<Input, Sealed>(
  tool: Omit<WriteTool<Input>, 'plan' | 'act' | 'find'> & {
    readonly sealed: z.ZodType<Sealed>;
    plan(input: Input, context: CallContext): Promise<{ preview: Preview; sealed: Sealed }>;
    act(sealed: Sealed, context: ActContext): Promise<ToolOutcome>;
    find?(sealed: Sealed, context: FindContext): Promise<Found>;
  },
): Tool {
  const { plan, act, find, sealed, withAmount, standsFor, ...rest } = tool;
  return {
    ...rest,
    input: tool.input as z.ZodType<unknown>,
    ...(find && { find: (stored, context) => find(sealed.parse(stored), context) }),
    ...(withAmount && { withAmount: (input, decimal) => withAmount(tool.input.parse(input), decimal) }),
    ...(standsFor && { standsFor: (input, call) => standsFor(tool.input.parse(input), call) }),
    async plan(input, context) {
      const made = await plan(tool.input.parse(input), context);
      return { preview: made.preview, sealed: JSON.parse(JSON.stringify(made.sealed)) as Json };
    },
    act: (stored, context) => act(sealed.parse(stored), context),
  };
}

/** A call that cannot be done, said so that a person and a model both know what to do next. */
export class ToolError extends Error {
  /** Stable, snake_case: `ambiguous`, `not_found`, `permission_missing`, `card_declined`, … */
  readonly code: string;
  /** What to do next, in one sentence. */
  readonly next: string | undefined;
  /** Facts for the model: candidates, decline code, parameter, request id. */
  readonly details: { readonly [key: string]: Json };
  readonly requestIds: readonly string[];

  constructor(
    code: string,
    message: string,
    more: {
      next?: string;
      details?: { [key: string]: Json };
      requestIds?: readonly string[];
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: more.cause });
    this.name = 'ToolError';
    this.code = code;
    this.next = more.next;
    this.details = more.details ?? {};
    this.requestIds = more.requestIds ?? [];
  }
}

/** The far side took note of a write and does it only once a person there has approved it. Nothing has happened yet. */
export class WaitsOutside extends Error {
  /** The far side's id for it. */
  readonly id: string;
  /** Where it is decided. */
  readonly url: string;
  readonly requestIds: readonly string[];
  constructor(
    message: string,
    waits: { id: string; url: string; requestIds: readonly string[]; cause?: unknown },
  ) {
    super(message, { cause: waits.cause });
    this.name = 'WaitsOutside';
    this.id = waits.id;
    this.url = waits.url;
    this.requestIds = waits.requestIds;
  }
}

/** How an approval that the far side asks for itself stands. */
export type OutsideVerdict =
  | { readonly status: 'waiting' }
  | { readonly status: 'done'; readonly object?: { readonly type: string; readonly id: string } }
  | { readonly status: 'rejected' | 'failed'; readonly why: string };

/** A write was sent and no answer tells whether it happened: a time-out, a dropped connection, a saved 500. */
export class OutcomeUnknown extends Error {
  readonly requestIds: readonly string[];
  constructor(message: string, more: { requestIds?: readonly string[]; cause?: unknown } = {}) {
    super(message, { cause: more.cause });
    this.name = 'OutcomeUnknown';
    this.requestIds = more.requestIds ?? [];
  }
}
