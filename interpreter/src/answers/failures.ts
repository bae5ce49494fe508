import { type JsonObject, rowsAt, textAt } from '../json.ts';
import type { Candidate } from '../plan/act.ts';
import type { CallResult, ToolFailure } from '../transcript.ts';
import {
  cell,
  customerOf,
  kindName,
  plainText,
  planOf,
  rhythmOf,
  spokenDate,
  spokenStatus,
} from './describe.ts';
import { spokenAmount } from './money.ts';

/** A failed or rejected call in plain words: what happened, why, what to do next. */
export function failureText(result: CallResult): string {
  if (result.status === 'ok') return '';
  if (result.status === 'denied') {
    const reason = result.reason ? ` The reason given: ${plainText(result.reason)}.` : '';
    return `That was not approved, so nothing was done.${reason}`;
  }
  return errorText(result.error);
}

function errorText(error: ToolFailure): string {
  const permission = textAt(error.details, 'permission');
  const url = textAt(error.details, 'dashboard_url');
  const parts = [sentence(plainText(error.message))];
  if (permission && !error.message.includes(permission)) parts.push(`Missing permission: **${permission}**.`);
  if (error.next && isForPeople(error.next)) parts.push(sentence(plainText(error.next)));
  if (url && !error.next?.includes(url)) parts.push(`You can add it at ${url}.`);
  const link = textAt(error.details, 'authentication_url');
  if (link && !error.next?.includes(link)) parts.push(`The customer can authenticate here: ${link}`);
  return parts.join(' ');
}

/** Hints meant for the caller of a tool ("ask the person …") are no sentence to read out. */
function isForPeople(next: string): boolean {
  return !/^Ask (?:the person|which|whether)|\bthe person\b|\bcall again\b|\b[a-z]+_[a-z_]+\b(?! permission)/.test(
    next,
  );
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) || /https?:\S+$/.test(text) ? text : `${text}.`;
}

/** The things that answer to a reference, from an `ambiguous` or `not_found` error. */
export function candidatesOf(error: ToolFailure): Candidate[] {
  const rows = rowsAt(error.details, 'candidates');
  return (rows.length > 0 ? rows : rowsAt(error.details, 'near')).map(candidateOf);
}

/** A row as something to choose: what tells it apart first. */
export function candidateOf(row: JsonObject): Candidate {
  const id = textAt(row, 'id') ?? '';
  const facts = [
    textAt(row, 'name') ?? textAt(row, 'number') ?? '',
    textAt(row, 'email') ?? '',
    planOf(row),
    row.amount || row.total ? `${spokenAmount(cell(row.amount ?? row.total))}${rhythmOf(row)}` : '',
    textAt(row, 'status') ? spokenStatus(textAt(row, 'status') ?? '') : '',
    textAt(row, 'description') ?? '',
    customerOf(row) ?? '',
    textAt(row, 'created') ? spokenDate(textAt(row, 'created') ?? '') : '',
  ].filter((fact) => fact !== '');
  const handles = [id, ...facts.map((fact) => fact.toLowerCase())];
  return { id, label: [...facts.map(plainText), `\`${id}\``].join(', '), handles };
}

/** A question that offers candidates, numbered so that "the second one" works. */
export function choiceText(question: string, candidates: readonly Candidate[]): string {
  return [question, '', ...candidates.map((candidate, index) => `${index + 1}. ${candidate.label}`)].join(
    '\n',
  );
}

/** `Several customers match "Bob".` */
export function ambiguousText(error: ToolFailure, object: string): string {
  const asked = textAt(error.details, 'asked');
  const what = kindName(object, true);
  return asked
    ? `Several ${what} match "${plainText(asked)}". Which one do you mean?`
    : `Which of these ${what} do you mean?`;
}
