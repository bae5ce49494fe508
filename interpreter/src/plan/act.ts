import type { Focus } from '../dialogue/focus.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Request } from '../meaning/request.ts';
import type { Setting } from '../setting.ts';
import type { Toolbox } from '../toolbox.ts';
import type { CallResult } from '../transcript.ts';

/** A tool call to be made. */
export interface Call {
  readonly tool: string;
  readonly input: JsonObject;
}

/** What a person can choose from when asked. */
export interface Candidate {
  readonly id: string;
  /** How it is shown, enough to tell it from the others. */
  readonly label: string;
  /** Every text by which a person may pick it: name, e-mail, status. */
  readonly handles: readonly string[];
}

/** A question that was put, and the request that goes on once it is answered. */
export interface Ask {
  /** What is missing. `confirm` is answered by yes or no. */
  readonly about: 'customer' | 'product' | 'object' | 'amount' | 'timing' | 'text' | 'confirm' | 'choice';
  /** For `text`: which slot the answer fills. */
  readonly slot?: 'newName' | 'newEmail' | 'description' | 'phone' | 'percent';
  /** For `object`: the kind of object the candidates are. */
  readonly object?: string;
  readonly candidates?: readonly Candidate[];
  readonly request: Request;
  /** What was asked for after it and waits. */
  readonly rest: readonly Request[];
  /** For `choice`: what each answer leads to. */
  readonly choices?: readonly { readonly words: RegExp; readonly request: Request }[];
}

/** What became of one request. */
export interface Outcome {
  readonly status: 'done' | 'failed' | 'asked' | 'declined';
  readonly text: string;
  readonly ask?: Ask;
}

/** What an act may look at while it runs. */
export interface World {
  readonly setting: Setting;
  readonly toolbox: Toolbox;
  /** Grows with every result. */
  readonly focus: Focus;
}

/**
 * A plan is a generator: it yields the calls it needs next and is given their results. It is run from the start at
 * each step with the results there are, so it holds no state and may do nothing but decide.
 */
export type Act<Value = Outcome> = Generator<readonly Call[], Value, readonly CallResult[]>;

const nothing: CallResult = {
  status: 'error',
  error: { code: 'failed', message: 'No result came back.', details: {} },
};

/** Makes one call and waits for it. Inputs that are undefined are left out. */
export function* callTool(tool: string, input: Record<string, Json | undefined>): Act<CallResult> {
  const [result] = yield [{ tool, input: given(input) }];
  return result ?? nothing;
}

/** The same for a look that nobody is shown: "the second one" still means what was listed before. */
export function* lookAside(
  tool: string,
  input: Record<string, Json | undefined>,
  world: World,
): Act<CallResult> {
  const shown = world.focus.list;
  const result = yield* callTool(tool, input);
  world.focus.list = shown;
  return result;
}

function given(input: Record<string, Json | undefined>): JsonObject {
  const kept: JsonObject = {};
  for (const [name, value] of Object.entries(input)) if (value !== undefined) kept[name] = value;
  return kept;
}

export function done(text: string): Outcome {
  return { status: 'done', text };
}

export function declined(text: string): Outcome {
  return { status: 'declined', text };
}

export function asked(text: string, ask: Omit<Ask, 'rest'>): Outcome {
  return { status: 'asked', text, ask: { ...ask, rest: [] } };
}

/** Runs several acts side by side, so that their calls go out together. */
export function* together(acts: readonly Act[]): Act<Outcome[]> {
  const outcomes = new Map<number, Outcome>();
  let running = acts.map((act, index) => ({ act, index, step: act.next([]) }));
  for (;;) {
    for (const { index, step } of running) if (step.done) outcomes.set(index, step.value);
    running = running.filter(({ step }) => !step.done);
    if (running.length === 0) return acts.map((_, index) => outcomes.get(index) ?? declined(''));
    const batches = running.map(({ step }) => (step.done ? [] : step.value));
    const results = yield batches.flat();
    let used = 0;
    running = running.map(({ act, index }, position) => {
      const size = batches[position]?.length ?? 0;
      const own = results.slice(used, used + size);
      used += size;
      return { act, index, step: act.next(own) };
    });
  }
}
