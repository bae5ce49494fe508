import type { Change } from './account-state.ts';
import type { Expectation } from './scenario.ts';

/** What came of a message, as far as anybody outside can see it. */
export interface Observed {
  readonly answer: string;
  readonly changes: readonly Change[];
  /** Addresses of the mails it led to. */
  readonly mails: readonly string[];
}

interface Effect {
  readonly how: string;
  readonly kind: string;
  readonly id: string | undefined;
  readonly fields: readonly (readonly [path: string, value: string])[];
}

/** What an effect brings with it by itself: a charge has its payment intent, a subscription its invoice. */
const brings: Readonly<Record<string, readonly string[]>> = {
  '+ charge': ['+ payment_intent', '~ payment_intent', '~ customer', '~ invoice', '~ payment_method'],
  '+ payment_intent': ['~ customer'],
  '~ payment_intent': ['~ charge', '+ charge'],
  '+ refund': ['~ charge', '~ payment_intent', '~ invoice'],
  '~ refund': ['~ charge'],
  '+ subscription': [
    '+ invoice',
    '+ charge',
    '+ payment_intent',
    '~ customer',
    '+ invoice_item',
    '~ coupon',
    '~ promotion_code',
  ],
  '~ subscription': [
    '+ invoice',
    '+ charge',
    '+ payment_intent',
    '+ invoice_item',
    '~ invoice',
    '~ payment_intent',
    '~ customer',
    '~ coupon',
    '+ subscription_schedule',
    '~ promotion_code',
  ],
  '+ invoice': ['~ customer', '+ payment_intent', '+ charge', '- invoice_item'],
  '~ invoice': [
    '+ charge',
    '~ charge',
    '+ payment_intent',
    '~ payment_intent',
    '~ subscription',
    '~ customer',
    '- invoice_item',
  ],
  '- customer': [
    '~ subscription',
    '- payment_method',
    '- tax_id',
    '- balance_transaction',
    '~ invoice',
    '~ payment_intent',
    '- invoice_item',
    '~ quote',
    '~ charge',
  ],
  '+ price': ['~ product'],
  '+ product': ['+ price'],
  '+ payment_method': ['~ customer'],
  '- payment_method': ['~ customer'],
  '+ balance_transaction': ['~ customer'],
  '+ credit_note': [
    '~ invoice',
    '+ refund',
    '~ charge',
    '~ payment_intent',
    '~ customer',
    '+ balance_transaction',
  ],
  '+ payment_link': ['~ price', '+ price'],
  '+ subscription_schedule': ['~ subscription', '+ subscription', '~ customer'],
  '~ subscription_schedule': ['~ subscription'],
  '+ checkout_session': ['+ payment_intent', '+ setup_intent', '+ price'],
  '~ quote': ['+ invoice', '+ subscription', '~ customer', '+ payment_intent'],
  '+ quote': ['~ customer'],
  '~ dispute': ['~ charge'],
  '+ promotion_code': [],
  '+ setup_intent': ['~ customer'],
  '+ transfer': ['~ transfer'],
};

/** What is wrong with an outcome; empty: nothing is. */
export function problemsOf(
  expected: Expectation,
  seen: Observed,
  ids: ReadonlyMap<string, string>,
): string[] {
  return [
    ...effectProblems(expected.effects, seen.changes, ids),
    ...mailProblems(expected.mails, seen.mails),
    ...answerProblems(expected, seen.answer, ids),
  ];
}

/** True where something was written that nobody asked for: the one mistake that must never happen. */
export function wroteWrongly(problems: readonly string[]): boolean {
  return problems.some((problem) => problem.startsWith('unwanted'));
}

function effectProblems(
  lines: readonly string[],
  changes: readonly Change[],
  ids: ReadonlyMap<string, string>,
): string[] {
  const effects = lines.map((line) => readEffect(line, ids));
  const left = [...changes];
  const problems: string[] = [];
  for (const effect of effects) {
    const at = left.findIndex((change) => fits(effect, change));
    if (at >= 0) left.splice(at, 1);
    else problems.push(`missing: ${showEffect(effect)}`);
  }
  const allowed = new Set(effects.flatMap(({ how, kind }) => brings[`${how} ${kind}`] ?? []));
  const primary = new Set(effects.map(({ how, kind }) => `${how} ${kind}`));
  for (const change of left) {
    const name = `${change.how} ${change.kind}`;
    if (!allowed.has(name) || (primary.has(name) && change.how === '+' && !allowed.has(name)))
      problems.push(`unwanted: ${showChange(change)}`);
  }
  return problems;
}

function readEffect(line: string, ids: ReadonlyMap<string, string>): Effect {
  const parts = [...line.matchAll(/(\S+?)="([^"]*)"|(\S+)/g)];
  const [how = '', kind = '', ...rest] = parts.map((part) => part[0]);
  const fields: [string, string][] = [];
  let id: string | undefined;
  for (const part of rest) {
    const [, path, quoted, bare] = /^([^=]+)=(?:"(.*)"|(.*))$/.exec(part) ?? [];
    if (path === undefined) id = filled(part, ids);
    else fields.push([path, filled(quoted ?? bare ?? '', ids)]);
  }
  return { how, kind, id, fields };
}

/** Ids of the world put in for their names. */
export function filled(text: string, ids: ReadonlyMap<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => ids.get(name) ?? whole);
}

function fits({ how, kind, id, fields }: Effect, change: Change): boolean {
  if (how !== change.how || kind !== change.kind) return false;
  if (id !== undefined && id !== change.id) return false;
  return fields.every(([path, value]) => matches(valueAt(change.object, path), value));
}

function valueAt(object: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (found, key) =>
        typeof found === 'object' && found !== null ? (found as { [key: string]: unknown })[key] : undefined,
      object,
    );
}

/** `*` any value at all, `~text` contains it, everything else is compared as text; an expanded object by its id. */
function matches(found: unknown, wanted: string): boolean {
  if (wanted === '*') return found !== undefined && found !== null && found !== '';
  if (wanted === 'null') return found === null || found === undefined;
  const value = typeof found === 'object' && found !== null && 'id' in found ? found.id : found;
  if (wanted.startsWith('~')) return String(value).toLowerCase().includes(wanted.slice(1).toLowerCase());
  return String(value) === wanted;
}

function showEffect({ how, kind, id, fields }: Effect): string {
  return [how, kind, id, ...fields.map(([path, value]) => `${path}=${value}`)].filter(Boolean).join(' ');
}

function showChange({ how, kind, id, object, fields }: Change): string {
  const keys =
    how === '~'
      ? Object.keys(fields).filter((name) => name !== 'metadata')
      : ['customer', 'amount', 'currency', 'name', 'email', 'status'].filter((key) => object[key]);
  return [how, kind, id, ...keys.map((key) => `${key}=${JSON.stringify(object[key])?.slice(0, 60)}`)].join(
    ' ',
  );
}

function mailProblems(wanted: readonly string[], seen: readonly string[]): string[] {
  const left = [...seen];
  const missing = wanted.filter((address) => {
    const at = left.indexOf(address);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return [
    ...missing.map((address) => `missing: a mail to ${address}`),
    ...left.map((address) => `unwanted: a mail to ${address}`),
  ];
}

function answerProblems(expected: Expectation, answer: string, ids: ReadonlyMap<string, string>): string[] {
  const said = comparable(answer);
  const holds = (text: string) => said.includes(comparable(filled(text, ids)));
  return [
    ...expected.tells
      .filter((text) => !text.split(' | ').some(holds))
      .map((text) => `not told: ${filled(text, ids)}`),
    ...expected.hides.filter(holds).map((text) => `unwanted: the answer says "${filled(text, ids)}"`),
    ...(expected.asks && !answer.includes('?') ? ['does not ask back'] : []),
    ...(answer.trim() === '' ? ['no answer'] : []),
  ];
}

/** Without what is a matter of taste: letter case, emphasis, thousands separators, kinds of space. */
function comparable(text: string): string {
  return text
    .toLowerCase()
    .replace(/[*`\\]/g, '')
    .replace(/(?<=\d),(?=\d{3})/g, '')
    .replace(/[\s\u00a0\u202f]+/g, ' ');
}
