import type Stripe from 'stripe';
import type { z } from 'zod';
import { maskCardNumbers } from '../../secrets/card-numbers.ts';
import { cleanForeignStrings } from '../../secrets/clean.ts';
import type { Account, Mode } from '../../tools/account.ts';
import {
  type ActContext,
  type CallContext,
  type Found,
  type Json,
  type ObjectRef,
  type Preview,
  type ReadTool,
  readTool,
  type Tool,
  ToolError,
  type ToolOutcome,
  type Undo,
  type WriteTool,
  writeTool,
} from '../../tools/tool.ts';
import type { KeyInfo, OwnWebhook } from '../connection.ts';
import { isStripeError, type StripeClient } from './client.ts';
import { explainFailure, type FailedCall } from './errors.ts';
import type { Look } from './marks.ts';
import { assertMayWrite } from './write-permission.ts';

/** Facts of the account that some tools need. */
export interface Profile {
  /** IANA name; `UTC` where the key may not read it. */
  readonly timeZone: string;
  /** Where customers come back to after authenticating at their bank: the business's own site. */
  readonly returnUrl: string;
}

/** What every tool of one connection works with. */
export interface Desk {
  readonly client: StripeClient;
  /** null: Stripe itself. */
  readonly baseUrl: string | null;
  /** Goes only where settings may point, and follows no redirect. */
  readonly fetch: typeof fetch;
  readonly account: Account;
  readonly mode: Mode;
  readonly key: KeyInfo;
  /** When the key was entered here; absent where nobody knows. */
  readonly keyAddedAt?: Date;
  /** Absent: nobody outside can reach this workspace. */
  readonly ownWebhook?: OwnWebhook;
  readonly now: () => Date;
  /** Where Stripe's documentation is searched; absent: at Stripe. */
  readonly documentationUrl?: string;
  /** Lets so many milliseconds pass. @throws the signal's reason */
  pause(ms: number, signal?: AbortSignal): Promise<void>;
  /** What only the account itself tells; asked once. */
  profile(api: Stripe): Promise<Profile>;
}

/** What a finished call says; request ids and the whole objects are added around it. */
export interface Said {
  readonly view: Json;
  /** Whole objects as the SDK returned them. */
  readonly record: unknown;
  readonly summary: string;
  readonly objects?: readonly ObjectRef[];
  readonly undo?: Undo;
}

/** Values as JSON carries them: the SDK's decimals become strings, absent fields vanish. */
function toJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null)) as Json;
}

/** Fields in which a published test card may stand; they are read by `paymentMethodFrom`, which sends no number. */
const cardFields = new Set(['payment_method', 'card']);

/** Refuses card numbers wherever they were typed: in a name, a note, metadata. They are not sent, kept or repeated. */
function refuseCardNumbers(input: unknown, field = ''): void {
  if (typeof input === 'string') {
    if (cardFields.has(field) || maskCardNumbers(input).found.length === 0) return;
    throw new ToolError('card_number_refused', `There is a card number in "${field}"; it was not sent.`, {
      next: 'Never pass card numbers on: let the customer enter the card on a Stripe payment page.',
    });
  }
  if (typeof input !== 'object' || input === null) return;
  for (const [name, value] of Object.entries(input)) {
    refuseCardNumbers(name, 'a field name');
    refuseCardNumbers(value, name);
  }
}

async function call<T>(
  desk: Desk,
  { kind, permissions = [] }: Pick<FailedCall, 'kind' | 'permissions'>,
  context: CallContext | undefined,
  work: (api: Stripe) => Promise<T>,
): Promise<{ value: T; requestIds: readonly string[] }> {
  const ran = await desk.client.run(work, context);
  if (!ran.ok) {
    const failure = explainFailure(ran.error, { kind, permissions, mode: desk.mode, exchange: ran.exchange });
    throw failure instanceof ToolError ? cleanError(failure) : failure;
  }
  return { value: ran.value, requestIds: ran.exchange.requestIds };
}

/** Reads Stripe outside of any tool: for the ledger and its reports. @throws ToolError, explained */
export async function readStripe<T>(
  desk: Desk,
  work: (api: Stripe) => Promise<T>,
  context: CallContext = {},
): Promise<T> {
  return (await call(desk, { kind: 'read' }, context, work)).value;
}

/** Names and notes at Stripe hold whatever somebody once typed: card numbers and keys in them go no further. */
function outcome(said: Said, requestIds: readonly string[]): ToolOutcome {
  const { view, record, summary, objects, undo } = said;
  const clean = { view, record: toJson(record), summary, objects: objects ?? [] };
  return {
    ...cleanForeignStrings(clean),
    requestIds,
    ...(undo && isClean(undo) && { undo }),
  };
}

/** What was cleaned cannot be set back: the rest is not known here any more. */
function isClean(undo: Undo): boolean {
  return JSON.stringify(cleanForeignStrings(undo)) === JSON.stringify(undo);
}

function cleanError(error: ToolError, requestIds = error.requestIds): ToolError {
  const { code, message, next, details } = error;
  const said = cleanForeignStrings({ message, details: { ...details }, ...(next && { next }) });
  const { message: words, ...more } = said;
  return new ToolError(code, words, { ...more, requestIds, cause: error.cause });
}

/** A tool that reads Stripe. Errors of the SDK come out explained. */
export function stripeRead<Input>(
  desk: Desk,
  tool: Omit<ReadTool<Input>, 'effect' | 'read'> & {
    read(input: Input, api: Stripe, context: CallContext): Promise<Said>;
  },
): Tool {
  const { read, ...rest } = tool;
  const { permissions } = tool;
  return readTool<Input>({
    ...rest,
    async read(input, context) {
      refuseCardNumbers(input);
      const { value, requestIds } = await call(desk, { kind: 'read', permissions }, context, (api) =>
        read(input, api, context),
      );
      return outcome(value, requestIds);
    },
  });
}

/**
 * A tool that changes something at Stripe. `plan` is the same for the same state of the account: a caller may plan
 * again before acting and compare. `act` sends the same requests, in the same order and with the same idempotency
 * keys, each time it is given the same operation.
 */
export function stripeWrite<Input, Sealed>(
  desk: Desk,
  tool: Omit<WriteTool<Input>, 'plan' | 'act' | 'find'> & {
    /** Whether and until when it can be undone, for every preview; absent: the plan tells it. */
    readonly canUndo?: string;
    readonly sealed: z.ZodType<Sealed>;
    plan(input: Input, api: Stripe): Promise<{ preview: Preview; sealed: Sealed }>;
    act(sealed: Sealed, api: Stripe, context: ActContext): Promise<Said>;
    /** What bears the operation's mark (`marks.ts`), told as `act` would have; null: nothing does. */
    find?(sealed: Sealed, api: Stripe, look: Look): Promise<Found<Said>>;
  },
): Tool {
  const { plan, act, find, canUndo, ...rest } = tool;
  const { permissions } = tool;
  return writeTool<Input, Sealed>({
    ...rest,
    ...(find && {
      async find(sealed, { operationId, since, ...context }) {
        const { value, requestIds } = await call(desk, { kind: 'read', permissions }, context, (api) =>
          find(sealed, api, { operationId, since }),
        );
        if (value instanceof ToolError) return cleanError(value, requestIds);
        return value && outcome(value, requestIds);
      },
    }),
    async plan(input, context) {
      refuseCardNumbers(input);
      const { value } = await call(desk, { kind: 'read', permissions }, context, async (api) => {
        const planned = await plan(input, api);
        await assertMayWrite(desk, api, permissions);
        return planned;
      });
      // Sealed is what will be sent, and holds what was typed, which had no card numbers.
      const preview = withUndo(value.preview, canUndo);
      return { preview: cleanForeignStrings(preview), sealed: value.sealed };
    },
    async act(sealed, context) {
      const { value, requestIds } = await call(desk, { kind: 'write', permissions }, undefined, (api) =>
        act(sealed, api, context),
      );
      return outcome(value, requestIds);
    },
  });
}

export const undoLabel = 'Can be undone';

function withUndo(preview: Preview, canUndo: string | undefined): Preview {
  if (canUndo === undefined || preview.facts.some(({ label }) => label === undoLabel)) return preview;
  return { ...preview, facts: [...preview.facts, { label: undoLabel, value: canUndo }] };
}

/** What a further look yields when the key may take it; undefined when it may not, so that the rest still shows. */
export async function permitted<T>(look: Promise<T>): Promise<T | undefined> {
  try {
    return await look;
  } catch (error) {
    if (isStripeError(error) && (error.statusCode === 403 || error.statusCode === 501)) return undefined;
    throw error;
  }
}

/** The SDK's `expand`, as a list or a retrieval takes it. */
export interface Expand {
  readonly expand?: string[];
}

/** Asks with the names of customers and the like expanded, and without where the key may not read those. */
export async function expandedIfPermitted<T>(
  expand: string[],
  ask: (expand: Expand) => Promise<T>,
): Promise<T> {
  const full = await permitted(ask({ expand }));
  return full === undefined ? ask({}) : full;
}
