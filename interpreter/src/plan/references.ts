import { kindName, plainText } from '../answers/describe.ts';
import { ambiguousText, candidateOf, candidatesOf, choiceText, failureText } from '../answers/failures.ts';
import { type Json, rowsAt, textAt } from '../json.ts';
import type { Request } from '../meaning/request.ts';
import { editDistance } from '../normalise/spelling.ts';
import type { CallResult, ToolFailure } from '../transcript.ts';
import { type Act, asked, type Candidate, callTool, type Outcome, type World } from './act.ts';

/** The customer a request means: as named, or the one the conversation is about when a pronoun says so. */
export function customerRef(request: Request, world: World): string | undefined {
  const [named] = request.slots.customers ?? [];
  if (named) return named.text;
  const { pronoun } = request.slots;
  const position = request.slots.ordinal;
  if (typeof position === 'number' && world.focus.list?.of === 'customer')
    return textAt(world.focus.row(position), 'id');
  return pronoun === 'person' || pronoun === 'both' ? world.focus.customer() : undefined;
}

/** The same, where the conversation's customer is meant even without a pronoun ("and charge $10"). */
export function likelyCustomer(request: Request, world: World): string | undefined {
  return customerRef(request, world) ?? (request.slots.pronoun ? world.focus.customer() : undefined);
}

export function productRef(request: Request, world: World): string | undefined {
  const { slots } = request;
  if (slots.product) return slots.product.text;
  const [first] = slots.customers ?? [];
  if (first?.by === 'name' && ['product', 'price', 'payment_link'].includes(request.object))
    return first.text;
  if (typeof slots.ordinal === 'number' && world.focus.list?.of === 'product')
    return textAt(world.focus.row(slots.ordinal), 'id');
  return slots.pronoun === 'thing' || slots.pronoun === 'both' ? world.focus.id('product') : undefined;
}

/** The id of a kind a request names, or the one spoken of last where a pronoun or nothing else points. */
export function idRef(
  request: Request,
  kinds: readonly string[],
  world: World,
): { object: string; id: string } | undefined {
  const named = request.slots.ids?.find(({ object }) => kinds.includes(object));
  if (named) return named;
  const { ordinal } = request.slots;
  if (typeof ordinal === 'number' && world.focus.list && kinds.includes(world.focus.list.of)) {
    const id = textAt(world.focus.row(ordinal), 'id');
    if (id) return { object: world.focus.list.of, id };
  }
  if (request.slots.customers) return undefined;
  const found = world.focus.newest(kinds);
  const id = textAt(found?.value, 'id');
  return found && id ? { object: found.object, id } : undefined;
}

/**
 * Makes a call whose references are words, and once more with the plainer form of a name that was not found: without
 * "plan" after it, without a lost apostrophe. Exact names always go first.
 */
export function* callNamed(tool: string, input: Record<string, Json | undefined>): Act<CallResult> {
  const result = yield* callTool(tool, input);
  const missed =
    result.status === 'error' && result.error.code === 'not_found'
      ? textAt(result.error.details, 'asked')
      : undefined;
  if (!missed) return result;
  const near = result.status === 'error' ? candidatesOf(result.error) : [];
  const meant = sameButForMarks(missed, near) ?? oneSlipFrom(missed, near);
  const place = Object.keys(input).find((name) => input[name] === missed);
  if (meant && place) return yield* callTool(tool, { ...input, [place]: meant });
  for (const other of plainerForms(missed)) {
    const key = Object.keys(input).find((name) => input[name] === missed);
    if (!key) break;
    const again = yield* callTool(tool, { ...input, [key]: other });
    if (again.status !== 'error' || again.error.code !== 'not_found') return again;
  }
  return result;
}

/** "Obrien" for O'Brien, "weiss" for Weiß: the one candidate whose name has the same letters once marks are left out. */
function sameButForMarks(asked: string, candidates: readonly Candidate[]): string | undefined {
  const wanted = letters(asked);
  const fitting = candidates.filter(({ handles }) => handles.some((handle) => letters(handle) === wanted));
  return wanted.length > 3 && fitting.length === 1 ? fitting[0]?.id : undefined;
}

/**
 * "Bob Lobalw" for Bob Loblaw: the one candidate whose whole name is a slip of the keyboard away. A single word is too
 * little to tell a slip from another name, and so is an address.
 */
function oneSlipFrom(asked: string, candidates: readonly Candidate[]): string | undefined {
  const wanted = asked.toLowerCase().trim();
  if (!/^\p{L}{2,}[\p{L}'. -]* \p{L}[\p{L}' -]{2,}$/u.test(wanted)) return undefined;
  const fitting = candidates.filter(({ handles }) =>
    handles.some((handle) => !handle.includes('@') && editDistance(handle.toLowerCase(), wanted, 1) === 1),
  );
  return fitting.length === 1 ? fitting[0]?.id : undefined;
}

const letters = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replace(/[^\p{L}\d@]/gu, '');

function plainerForms(name: string): string[] {
  if (/@|_/.test(name)) return [];
  const forms = [
    name.replace(/^(?:the|our|my|a|an) /i, ''),
    name.replace(/ (?:plan|product|package|subscription|membership|tier|item)$/i, ''),
    name.replace(/(\p{L}{2,})s$/u, '$1'),
  ];
  return [...new Set(forms)].filter((form) => form !== name && form.length > 1).slice(0, 2);
}

/** What to say when a call failed: a question where the person can settle it, else the error and what to do. */
export function failed(result: CallResult, request: Request): Outcome {
  if (result.status !== 'error') return { status: 'failed', text: failureText(result) };
  const { error } = result;
  const candidates = candidatesOf(error).filter((candidate) => mayBeMeant(candidate, error));
  if (candidates.length > 0 && (error.code === 'ambiguous' || error.code === 'not_found'))
    return choose(error, request, candidates);
  return {
    status: error.code === 'not_found' || error.code === 'ambiguous' ? 'declined' : 'failed',
    text: failureText(result),
  };
}

/** An address that merely shares its domain with the one asked for is nobody's slip of the keyboard. */
function mayBeMeant(candidate: Candidate, error: ToolFailure): boolean {
  const asked = textAt(error.details, 'asked')?.toLowerCase();
  if (error.code !== 'not_found' || !asked?.includes('@')) return true;
  return candidate.handles.some((handle) => handle.includes('@') && editDistance(handle, asked, 3) <= 3);
}

function choose(error: ToolFailure, request: Request, candidates: ReturnType<typeof candidatesOf>): Outcome {
  const object = objectOfCandidates(error, candidates);
  const about = object === 'customer' ? 'customer' : object === 'product' ? 'product' : 'object';
  const [only] = candidates;
  if (error.code === 'ambiguous')
    return asked(choiceText(ambiguousText(error, object), candidates), {
      about,
      object,
      candidates,
      request,
    });
  const missed = plainText(textAt(error.details, 'asked') ?? 'that');
  const question =
    candidates.length === 1 && only
      ? `There is no ${kindName(object)} "${missed}". Did you mean ${only.label}?`
      : choiceText(`There is no ${kindName(object)} "${missed}". Did you mean one of these?`, candidates);
  return asked(question, { about, object, candidates, request });
}

const kindsByPrefix: readonly (readonly [prefix: string, object: string])[] = [
  ['cus_', 'customer'],
  ['prod_', 'product'],
  ['price_', 'price'],
  ['sub_', 'subscription'],
  ['pi_', 'payment_intent'],
  ['in_', 'invoice'],
  ['ch_', 'charge'],
  ['py_', 'charge'],
];

function objectOfCandidates(error: ToolFailure, candidates: ReturnType<typeof candidatesOf>): string {
  const id = candidates[0]?.id ?? '';
  const known = kindsByPrefix.find(([prefix]) => id.startsWith(prefix))?.[1];
  if (known) return known;
  return /customer/i.test(error.message) ? 'customer' : /price/i.test(error.message) ? 'price' : 'product';
}

/** Asks for the customer a request lacks. */
export function askCustomer(request: Request, question: string): Outcome {
  return asked(question, { about: 'customer', request });
}

/** Asks which product, with what there is to choose from. */
export function* askProduct(request: Request, question: string): Act {
  const result = yield* callTool('list_products', { active: true, limit: 10 });
  const candidates = result.status === 'ok' ? rowsAt(result.value, 'data').map(candidateOf) : [];
  return asked(candidates.length > 0 ? choiceText(question, candidates) : question, {
    about: 'product',
    object: 'product',
    candidates,
    request,
  });
}
