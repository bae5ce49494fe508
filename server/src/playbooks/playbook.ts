/**
 * What a playbook is: a workflow that code decides. It is asked again and again what comes next, from what was done so far
 * and from fresh reads, and answers with one thing: a call of a tool, a wait, or the end. It does nothing itself and keeps
 * nothing: its calls go through the guard as any agent's, and what they left stands in the transcript.
 */
import type { Money } from '@purser/money';
import type Stripe from 'stripe';
import { z } from 'zod';
import type { StoredEvent } from '../automations/dispatch.ts';
import type { Account, Mode } from '../tools/account.ts';
import type { Json } from '../tools/tool.ts';
import type { Steps } from './steps.ts';

/** The account a playbook works on, as it is now. */
export interface Surroundings {
  readonly connectionId: string;
  readonly account: Account;
  readonly mode: Mode;
  /** IANA name, of the account: days and hours are meant in it. */
  readonly timeZone: string;
  readonly now: Date;
  /** @throws ToolError, explained */
  read<T>(work: (api: Stripe) => Promise<T>): Promise<T>;
}

/** What somebody asked of a run while it was under way: cancel it, hand it in. */
export interface AskedOfRun {
  readonly what: string;
  /** Who, for people. */
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
  readonly note: string | null;
}

/** Where a run stands, for lists and pages: a stage in snake_case, and facts by name. */
export type Standing = { readonly stage: string } & { readonly [fact: string]: Json };

/** One run, as a playbook sees it when it is asked. */
export interface RunView<Settings, Input> extends Surroundings {
  /** `pbr_…`; empty in a dry run. */
  readonly id: string;
  /** Oldest first. */
  readonly asked: readonly AskedOfRun[];
  readonly settings: Settings;
  readonly input: Input;
  readonly startedAt: Date;
  readonly steps: Steps;
}

export type Next =
  | {
      readonly do: 'call';
      /** Why, for people: one sentence or two. */
      readonly say: string;
      /** Which step this is, the same each time it is proposed: `mail_1`. Letters, digits and `_`. */
      readonly id: string;
      readonly tool: string;
      readonly input: { [key: string]: Json };
      readonly standing?: Standing;
    }
  | {
      readonly do: 'wait';
      readonly say: string;
      /** null: until something happens to its subject. */
      readonly until: Date | null;
      /** An object beside its subject that wakes it: a payment's id. */
      readonly on?: string;
      readonly standing?: Standing;
    }
  | {
      readonly do: 'end';
      readonly say: string;
      /** Stable, snake_case: `recovered`, `given_up`. */
      readonly outcome: string;
      /** What that moved, where it did. */
      readonly amount?: Money;
      readonly standing?: Standing;
    };

/** What an event means to a playbook. */
export interface Heard<Input> {
  /** The run it belongs to, and wakes where it waits. */
  readonly subject: string;
  /** Begins that run, where there is none. */
  readonly begins?: Input;
}

interface Described<Settings, Input> {
  /** Stable, snake_case: stands in rows and addresses. */
  readonly name: string;
  readonly title: string;
  /** For people who decide whether to switch it on: what it does, to whom, when. */
  readonly description: string;
  /** Every field has a default and a description. */
  readonly settings: z.ZodType<Settings>;
  /** What one run is about. */
  readonly input: z.ZodType<Input>;
  /** Event types it hears. */
  readonly events: readonly string[];
  /** How often it looks by itself for what no event told; absent: never. */
  readonly looksEveryHours?: number;
  /** Outcomes in which it did what it is for: their amounts are added up. */
  readonly successes: readonly string[];
  /** What people may ask of a run that is under way, by a name in snake_case, and how a button says it. */
  readonly asks?: Readonly<Record<string, string>>;
}

/** A playbook as it is written: typed by its schemas. */
export interface PlaybookDefinition<Settings, Input> extends Described<Settings, Input> {
  /** Of each subject there is one run. Absent: each start is one of its own. */
  subjectOf?(input: Input): string;
  /** `invoice in_…` */
  titleOf(input: Input): string;
  heard?(event: StoredEvent, settings: Settings): Heard<Input> | null;
  /** What there is to do now. @throws ToolError */
  find?(where: Surroundings, settings: Settings): Promise<Input[]>;
  /** @throws ToolError when it cannot be read now */
  next(run: RunView<Settings, Input>): Promise<Next>;
}

/** A playbook whose types have been forgotten: what comes in is parsed by its schemas. */
export interface Playbook extends Described<unknown, unknown> {
  subjectOf(input: unknown): string | null;
  titleOf(input: unknown): string;
  heard(event: StoredEvent, settings: unknown): Heard<unknown> | null;
  find: ((where: Surroundings, settings: unknown) => Promise<unknown[]>) | null;
  next(run: RunView<unknown, unknown>): Promise<Next>;
}

export function playbook<Settings, Input>(definition: PlaybookDefinition<Settings, Input>): Playbook {
  const { settings, input, subjectOf, titleOf, heard, find, next, ...described } = definition;
  return {
    ...described,
    settings: settings as z.ZodType<unknown>,
    input: input as z.ZodType<unknown>,
    subjectOf: (given) => subjectOf?.(input.parse(given)) ?? null,
    titleOf: (given) => titleOf(input.parse(given)),
    heard: (event, given) => heard?.(event, settings.parse(given)) ?? null,
    find: find ? (where, given) => find(where, settings.parse(given)) : null,
    next: (run) => next({ ...run, settings: settings.parse(run.settings), input: input.parse(run.input) }),
  };
}

/** A schema as a form can be drawn from it. */
export const schemaOf = (schema: z.ZodType<unknown>) =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
