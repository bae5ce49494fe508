/** What is true around a conversation: the day, the account, the rules somebody wrote down for this agent. */
export interface Setting {
  /** `YYYY-MM-DD` in the account's time zone. */
  readonly today: string;
  /** IANA name: `Europe/Berlin`. */
  readonly zone: string;
  /** The moment, for "the last 24 hours". */
  readonly now: Date;
  readonly account?: string;
  readonly mode: 'test' | 'live';
  /** Lower-case ISO code assumed where a person names none. */
  readonly currency: string;
  /** The agent's own instructions, as written. */
  readonly instructions: string;
}

/** Reads the lines the runtime puts into the system message. What is missing gets a harmless default. */
export function readSetting(system: string, now: Date): Setting {
  const day = /Today is (\d{4}-\d{2}-\d{2})(?:\s*\(([^)]+)\))?/.exec(system);
  const account = /Connected account:\s*(.+?)(?:,\s*mode\s+(test|live)|\.|\n|$)/.exec(system);
  const currency = /default currency\s+([a-zA-Z]{3})\b/.exec(system);
  const instructions = /<instructions>([\s\S]*?)(?:<\/instructions>|$)/.exec(system);
  return {
    today: day?.[1] ?? now.toISOString().slice(0, 10),
    zone: validZone(day?.[2]),
    now,
    account: account?.[1],
    mode: /mode\s+live/.test(system) ? 'live' : 'test',
    currency: currency?.[1]?.toLowerCase() ?? 'usd',
    instructions: instructions?.[1]?.trim() ?? '',
  };
}

function validZone(zone: string | undefined): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone ?? 'UTC' }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}
