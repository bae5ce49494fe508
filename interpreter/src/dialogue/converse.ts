import { plainText } from '../answers/describe.ts';
import type { JsonObject } from '../json.ts';
import { doubtOfOthers, doubtOfText, isWrite } from '../meaning/doubts.ts';
import type { Request } from '../meaning/request.ts';
import { standingOrder } from '../meaning/standing.ts';
import { understand } from '../meaning/understand.ts';
import { unheldIn } from '../meaning/unheld.ts';
import { rephrased } from '../normalise/rephrase.ts';
import { tidy } from '../normalise/text.ts';
import type { Ask, Call, Outcome } from '../plan/act.ts';
import { carryOut } from '../plan/carry-out.ts';
import { houseCurrency, withoutNicknames } from '../plan/house-rules.ts';
import type { Setting } from '../setting.ts';
import type { Toolbox } from '../toolbox.ts';
import type { CallResult, Transcript, Turn } from '../transcript.ts';
import { withoutSecondThoughts } from './after-all.ts';
import { readAnswer } from './answering.ts';
import { Focus } from './focus.ts';
import { type Before, readFollowUp } from './follow-up.ts';
import { eachTime, standingRequest } from './standing-orders.ts';

/** What comes next in a conversation: calls to make, or the answer to give. */
export type NextStep =
  | { readonly kind: 'calls'; readonly calls: readonly Call[]; readonly read: readonly Request[] }
  | { readonly kind: 'answer'; readonly text: string; readonly read: readonly Request[] };

interface Memory {
  readonly focus: Focus;
  readonly before: Before;
  readonly pending: Ask | undefined;
  /** Turns since the question was put. */
  readonly waited: number;
}

const isLook = ({ intent, reads }: Request): boolean =>
  ['list', 'get', 'count', 'report'].includes(intent) || reads === true;

/** How many turns back are read again: enough for any reference, and a bound on the work. */
const turnsRemembered = 30;

/** Reads a conversation from its start and says what comes next. The same conversation always gives the same step. */
export function nextStep(transcript: Transcript, given: Setting, toolbox: Toolbox): NextStep {
  const setting = { ...given, currency: houseCurrency(given) ?? given.currency };
  let memory: Memory = {
    focus: new Focus(),
    before: { requests: [], wrote: false },
    pending: undefined,
    waited: 0,
  };
  const turns = transcript.turns.slice(-turnsRemembered);
  for (const turn of turns.slice(0, -1)) memory = runTurn(turn, memory, setting, toolbox).memory;
  const current = turns.at(-1);
  if (!current) return { kind: 'answer', text: 'What can I do for you?', read: [] };
  return runTurn(current, memory, setting, toolbox).step;
}

function runTurn(
  turn: Turn,
  memory: Memory,
  setting: Setting,
  toolbox: Toolbox,
): { step: NextStep; memory: Memory } {
  const told = toldIn(turn);
  const reading = readMessage(turn.text, memory, setting, toolbox, told !== undefined);
  const focus = memory.focus.copy();
  if (told) focus.tell(told);
  if ('text' in reading) {
    return {
      step: { kind: 'answer', text: reading.text, read: [] },
      memory: { ...memory, pending: undefined },
    };
  }
  const { requests } = reading;
  const played = play(turn, requests, focus, setting, toolbox);
  const wrote = turn.calls.some(
    (call) => call.result?.status === 'ok' && toolbox.named(call.tool)?.effect !== 'read',
  );
  // A question that was put waits while the person only looks something up.
  const waits =
    !reading.answers &&
    requests.every((request) => request.intent === 'unclear' || (!isWrite(request) && isLook(request)));
  const pending = played.outcome?.ask ?? (waits && memory.waited === 0 ? memory.pending : undefined);
  const after: Memory = {
    focus,
    before: { requests, wrote },
    pending,
    waited: pending !== undefined && pending === memory.pending ? memory.waited + 1 : 0,
  };
  const step: NextStep = played.outcome
    ? { kind: 'answer', text: played.outcome.text, read: requests }
    : { kind: 'calls', calls: played.calls, read: requests };
  return { step, memory: after };
}

/** The event that began a turn: the runtime puts it behind the message as a call of this id, with its result. */
function toldIn({ calls }: Turn): JsonObject | undefined {
  const [first] = calls;
  return first?.id === 'told' && first.result?.status === 'ok' ? first.result.value : undefined;
}

/**
 * What a message asks for, in the light of what was said before it.
 * @param happens it is the prompt of a task, and what the task waits for has happened.
 */
function readMessage(
  message: string,
  memory: Memory,
  setting: Setting,
  toolbox: Toolbox,
  happens: boolean,
): Reading {
  if (isTooLong(message)) return { text: tooLong };
  const standing = standingOrder(tidy(message), setting, toolbox);
  if (standing && happens) return eachTime(standing, setting, toolbox);
  if (standing) {
    const requests = standingRequest(standing, message, toolbox);
    if (requests) return { requests };
  }
  const text = rephrased(withoutSecondThoughts(withoutNicknames(tidy(message), setting)));
  const reading = interpret(text, memory, setting, toolbox);
  if ('text' in reading) return reading;
  const doubt =
    memory.pending?.about === 'text' && reading.answers
      ? undefined
      : (doubtOfOthers(tidy(message), reading.requests) ??
        doubtOf(text, reading.requests) ??
        unheldIn(tidy(message), reading.requests, setting.instructions));
  return doubt === undefined ? reading : { text: doubt };
}

type Reading = { requests: readonly Request[]; answers?: boolean } | { text: string };

/** A request fits well within this; a pasted document does not, and reading one takes too long. */
const longest = { characters: 4000, words: 500 };
const mostWrites = 10;
const tooLong =
  'That is too long for me to read as a request, so I did nothing. Tell me in a few sentences what you want.';

function isTooLong(message: string): boolean {
  return (
    message.length > longest.characters || message.split(/\s+/, longest.words + 1).length > longest.words
  );
}

/** Before anything is written, everything said about it has to have been read: else this is what to ask. */
function doubtOf(text: string, requests: readonly Request[]): string | undefined {
  const unread = requests.find((request) => isWrite(request) && request.unread !== undefined)?.unread;
  if (unread !== undefined)
    return `I changed nothing yet, because I am not sure what "${plainText(unread)}" means there. What exactly should I do: which amount, for whom, and only once and right now?`;
  if (
    requests
      .filter(isWrite)
      .reduce(
        (sum, { slots }) => sum + Math.max(1, slots.customers?.length ?? 0, slots.ids?.length ?? 0),
        0,
      ) > mostWrites
  )
    return `Those are more than ${mostWrites} changes at once, so I made none of them. Which ${mostWrites} should I begin with?`;
  return doubtOfText(text, requests);
}

function interpret(text: string, memory: Memory, setting: Setting, toolbox: Toolbox): Reading {
  const fresh = understand(text, setting, toolbox);
  if (memory.pending) {
    const answer = readAnswer(text, memory.pending, fresh);
    if (answer && 'dropped' in answer) return { text: 'All right, I leave it at that. Nothing was changed.' };
    if (answer) return { ...answer, answers: true };
  }
  const followUp = readFollowUp(text, fresh, memory.before);
  if (followUp && 'alreadyDone' in followUp) {
    return {
      text: 'That has been carried out already, so I will not change it behind your back. Tell me what to do about it: for example cancel or refund it, and what to create instead.',
    };
  }
  if (followUp) return followUp;
  const understood = fresh.filter(({ intent }) => intent !== 'unclear');
  const polite = understood.filter(({ intent }) => !['greeting', 'thanks', 'noop', 'story'].includes(intent));
  if (polite.length > 0) return { requests: withoutChatter(fresh) };
  return { requests: understood.length > 0 ? understood : fresh.slice(0, 1) };
}

/** Greetings beside a request need no answer; a part that is not understood keeps what follows from being done. */
function withoutChatter(requests: readonly Request[]): Request[] {
  return requests.filter(({ intent }) => !['greeting', 'thanks', 'noop', 'story'].includes(intent));
}

/** Runs the plan with the results there are: to the next calls, or to its end. */
function play(
  turn: Turn,
  requests: readonly Request[],
  focus: Focus,
  setting: Setting,
  toolbox: Toolbox,
): { outcome?: Outcome; calls: readonly Call[] } {
  const plan = carryOut(requests, { setting, toolbox, focus });
  const waiting = turn.calls.filter(({ id }) => id !== 'told');
  let step = plan.next([]);
  while (!step.done) {
    const results: CallResult[] = [];
    const missing: Call[] = [];
    for (const call of step.value) {
      const at = waiting.findIndex((made) => made.tool === call.tool && made.result !== undefined);
      const made = at >= 0 ? waiting.splice(at, 1)[0] : undefined;
      if (!made?.result) {
        missing.push(call);
        continue;
      }
      focus.note(made.tool, made.input, made.result);
      results.push(made.result);
    }
    if (missing.length > 0) return { calls: missing };
    step = plan.next(results);
  }
  for (const made of waiting) if (made.result) focus.note(made.tool, made.input, made.result);
  return { outcome: step.value, calls: [] };
}
