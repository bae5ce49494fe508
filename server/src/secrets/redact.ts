/** Blacks out secrets in text that leaves: logs, errors, transcripts. */
export interface Redactor {
  /** Registers a value that must never appear, whatever it looks like. Ignored when shorter than 8 characters. */
  add(secret: string): void;
  redact(text: string): string;
  /** Every string inside a JSON value, keys of objects included. */
  redactValue<T>(value: T): T;
}

const shortestSecret = 8;

/**
 * Keys by their looks. The kind and the last four characters stay, so that people can tell keys apart:
 * `sk_test_…[redacted]…1234`.
 */
const patterns: readonly RegExp[] = [
  // Stripe: secret, restricted, live publishable, organisation and ephemeral keys, webhook secrets.
  /\b((?:sk|rk|ek|uk)_(?:test|live|org)_|pk_live_|whsec_)[A-Za-z0-9_+/=-]{6,}/g,
  // Anthropic and OpenAI, OpenAI-compatible: these have digits, article numbers like `sk-blue-widget-large` may not;
  // Google; Slack; GitHub; Purser's own tokens.
  /\b(sk-(?:ant-|proj-|svcacct-)?)(?=[A-Za-z_-]{0,60}\d)[A-Za-z0-9_-]{16,}/g,
  /\b(AIza)[A-Za-z0-9_-]{30,}/g,
  /\b(xox[abeoprs]-)[A-Za-z0-9-]{8,}/g,
  /\b(gh[pousr]_|github_pat_)[A-Za-z0-9_]{16,}/g,
  /\b(purser_)[A-Za-z0-9]{24,}/g,
];

const bearerPattern = /\b(Bearer)\s+(?![A-Za-z]{8,20}(?![A-Za-z0-9_~+/=-]))[A-Za-z0-9._~+/=-]{8,}/gi;
/** Base64 only, so that a product called `Basic subscription` keeps its name. */
const basicPattern =
  /(\bAuthorization["']?\s{0,3}[:=]\s{0,3}["']?Basic)\s+[A-Za-z0-9+/=]{4,}|\b(Basic)\s+(?=[a-zA-Z/+]{0,200}\d)[A-Za-z0-9+/]{16,}={0,2}/gi;
/** The scheme's length has a bound: without, a long word is searched again from each of its letters. */
const urlPassword = /\b([a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@]*:)[^\s@/]+@/gi;

/** Blacks out what looks like a secret. */
export function redactText(text: string): string {
  let clean = text;
  for (const pattern of patterns) {
    clean = clean.replace(pattern, (match, kind: string) => `${kind}…[redacted]…${match.slice(-4)}`);
  }
  return clean
    .replace(bearerPattern, '$1 [redacted]')
    .replace(basicPattern, '$1$2 [redacted]')
    .replace(urlPassword, '$1[redacted]@');
}

/** The same value with every string in it changed, keys of objects included. Dates stay, and numbers as a rule. */
export function mapStrings(
  value: unknown,
  change: (text: string) => string,
  changeNumber: (number: number) => number | string = (number) => number,
): unknown {
  const inside = (item: unknown) => mapStrings(item, change, changeNumber);
  if (typeof value === 'string') return change(value);
  if (typeof value === 'number') return changeNumber(value);
  if (Array.isArray(value)) return value.map(inside);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [change(key), inside(item)]));
}

export function createRedactor(): Redactor {
  const known = new Set<string>();
  let longestFirst: string[] = [];

  function redact(text: string): string {
    let clean = text;
    for (const secret of longestFirst) clean = clean.replaceAll(secret, '[redacted]');
    return redactText(clean);
  }

  return {
    add(secret) {
      if (secret.length < shortestSecret || known.has(secret)) return;
      known.add(secret);
      // A secret that contains another one goes first, or its rest would stay.
      longestFirst = [...known].sort((a, b) => b.length - a.length);
    },
    redact,
    redactValue: <T>(value: T): T => mapStrings(value, redact) as T,
  };
}
