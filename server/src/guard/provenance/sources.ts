/** What may be trusted to name a value: people's own words, and the fields in which the far side keeps facts. */
import type { Json } from '../../tools/tool.ts';

/** Where the values of a proposed write may come from. */
export interface Origin {
  /** What the person said in this turn, and what that goes on from: an earlier message, an answer to a question. */
  readonly now: readonly string[];
  /** What else people said in this thread. */
  readonly before: readonly string[];
  /** The agent's instructions and its task's prompt. */
  readonly standing: readonly string[];
  /** What earlier calls of this thread returned. Their free text vouches for nothing. */
  readonly results: readonly Json[];
}

/** Fields that hold whatever somebody once typed. Everything below them counts as typed, too. */
const freeText =
  /(^|_)(name|nickname|description|metadata|notes?|memo|comment|message|text|title|label|subject|body|footer|header|statement_descriptor\w*|address|line[12]|city|evidence|summary|content|question|feedback|explanation|terms|custom_\w+|suggestions?)$/;

/** Ids as Stripe makes them: `cus_…`, `sub_sched_…`, `cs_test_…`. */
export const idPattern =
  /(?<![A-Za-z0-9_])[a-z]{2,12}(?:_[a-z]{2,8}){0,2}_[A-Za-z0-9]{8,64}(?![A-Za-z0-9])/gi;
export const emailPattern = /[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,5}/gu;
export const urlPattern = /\bhttps?:\/\/[^\s<>"')\]]{1,2000}/gi;
const shownMoney = /^-?(\d+(?:\.\d+)?) [A-Z]{3}$/;

export interface ReadValues {
  /** Ids, addresses and links that stand whole in a field of facts, in lower case. */
  readonly facts: ReadonlySet<string>;
  /** Amounts that stand whole in a field of facts, as decimals. */
  readonly amounts: ReadonlySet<string>;
  /** What others typed. */
  readonly typed: readonly string[];
  /** Whose ids go with which names and addresses. */
  readonly people: readonly { readonly id: string; readonly called: readonly string[] }[];
}

/** Sorts everything earlier results said into facts and typed text. */
export function readValues(results: readonly Json[]): ReadValues {
  const facts = new Set<string>();
  const amounts = new Set<string>();
  const typed: string[] = [];
  const people: { id: string; called: string[] }[] = [];
  const walk = (value: Json, isTyped: boolean): void => {
    if (typeof value === 'string') {
      if (isTyped) typed.push(value);
      else addFact(value, facts, amounts);
    } else if (Array.isArray(value)) for (const item of value) walk(item, isTyped);
    else if (typeof value === 'object' && value !== null) {
      const person = isTyped ? null : personOf(value);
      if (person) people.push(person);
      for (const [key, item] of Object.entries(value)) walk(item, isTyped || freeText.test(key));
    }
  };
  for (const result of results) walk(result, false);
  return { facts, amounts, typed, people };
}

function addFact(value: string, facts: Set<string>, amounts: Set<string>): void {
  const amount = shownMoney.exec(value)?.[1];
  if (amount !== undefined) amounts.add(normalDecimal(amount));
  else if (value.length <= 2_000 && !/\s/.test(value)) facts.add(value.toLowerCase());
}

/** A row about a customer: its own id or the customer's, with what they are called. */
function personOf(row: { readonly [key: string]: Json }): { id: string; called: string[] } | null {
  const id = [row.customer, row.customer_id, row.id].find(
    (value) => typeof value === 'string' && value.startsWith('cus_'),
  );
  if (typeof id !== 'string') return null;
  const called = [row.name, row.email, row.customer_name, row.customer_email].filter(
    (value): value is string => typeof value === 'string' && value !== '',
  );
  return { id, called };
}

/** `010.50` and `10.5` are one amount. */
export function normalDecimal(text: string): string {
  const [whole = '0', fraction = ''] = text.split('.');
  const digits = whole.replace(/^0+(?=\d)/, '');
  const rest = fraction.replace(/0+$/, '');
  return rest ? `${digits}.${rest}` : digits;
}
