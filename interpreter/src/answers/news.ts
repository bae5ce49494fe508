import { type JsonObject, rowsAt, textAt } from '../json.ts';
import { cell, customerLabel, kindName, plainText, spokenDate } from './describe.ts';
import { candidateOf } from './failures.ts';
import { spokenAmount } from './money.ts';
import { objectAnswer } from './objects.ts';

/** What is told elsewhere of something: a line, and the facts behind it. Nothing stands there that no tool brought. */
export interface News {
  readonly line: string;
  readonly facts: readonly string[];
  /** The same as one text, where it is more than a line and its facts. */
  readonly whole?: string;
}

/** Rows of a list that are told; a message elsewhere is no report. */
const mostRows = 20;

/**
 * What happened, of an event as its tool brings it.
 * @param customer whose it is, where that was looked up.
 */
export function eventNews(event: JsonObject, customer: JsonObject | undefined): News {
  const about = aboutOf(event);
  const amount = amountOf(about);
  const name = kindName(textAt(about, 'object') ?? 'object')
    .replace(/^payment intent$/, 'payment')
    .replace(/^./, (letter) => letter.toUpperCase());
  const verb = (textAt(event, 'type') ?? '').split('.').at(-1)?.replaceAll('_', ' ') ?? '';
  const who = customer ? customerLabel(customer) : undefined;
  const code = codeOf(about);
  const line = `${name}${amount ? ` of ${amount}` : ''} ${/ /.test(verb) ? `(${verb})` : verb}${code ? ` with ${code}` : ''}${who && customer?.id !== about.id ? `: ${who}` : ''}`;
  return { line, facts: factsOf(event, about, amount, who) };
}

function factsOf(
  event: JsonObject,
  about: JsonObject,
  amount: string | undefined,
  who: string | undefined,
): string[] {
  const created = textAt(event, 'created') ?? textAt(about, 'created');
  const rows: [label: string, value: string | undefined][] = [
    ['Amount', amount],
    ['Customer', who],
    ['For', textAt(about, 'description')],
    ['Number', textAt(about, 'number')],
    ['Reason', textAt(about, 'reason') ?? textAt(about, 'failure_message')],
    ['Code', codeOf(about)],
    ['When', created && spokenDate(created)],
    ['Id', textAt(about, 'id') && `\`${textAt(about, 'id')}\``],
  ];
  return rows.flatMap(([label, value]) => (value ? [`${label}: ${plainText(value)}`] : []));
}

/** What an event is about, as facts. */
export function aboutOf(event: JsonObject): JsonObject {
  const { about } = event;
  return typeof about === 'object' && about !== null && !Array.isArray(about) ? about : {};
}

/** The decline or error code of a failed payment. */
export const codeOf = (about: JsonObject): string | undefined =>
  textAt(about, 'decline_code') ?? textAt(about, 'failure_code');

function amountOf(about: JsonObject): string | undefined {
  const found = ['amount', 'amount_total', 'total', 'amount_due']
    .map((field) => textAt(about, field))
    .find(Boolean);
  return found && spokenAmount(found);
}

/** What was looked at in a conversation, to be told elsewhere. */
export function shownNews(value: JsonObject): News {
  const rows = rowsAt(value, 'data');
  if (value.object !== 'list') {
    const whole = objectAnswer(value);
    return { line: whole.split('\n')[0] ?? '', facts: [], whole };
  }
  const of = textAt(value, 'of') ?? 'thing';
  const seen = typeof value.seen === 'number' ? value.seen : rows.length;
  const more = seen > mostRows ? [`and ${cell(seen - mostRows)} more`] : [];
  return {
    line: `${seen} ${kindName(of, seen !== 1)}`,
    facts: [...rows.slice(0, mostRows).map((row) => candidateOf(row).label), ...more],
  };
}
