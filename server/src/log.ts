import { type Logger, pino } from 'pino';
import { currentOrigin } from './request-origin.ts';

/** Structured log lines; the first argument holds facts, the second is a sentence. */
export type Log = Logger;

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LogOptions {
  readonly level: LogLevel;
  /** Blacks out secrets; sees every line as it will be written. */
  redact(line: string): string;
  /** Gets each line, with its line break. */
  write(line: string): void;
  /** One readable line each instead of JSON. */
  pretty?: boolean;
}

/** For tests and commands that say nothing. */
export const silentLog: Log = pino({ level: 'silent' });

/** What is worth keeping of an error. Libraries hang whole connections on theirs, so the rest is left out. */
function errorFacts(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { name, message, stack, cause } = error;
  const code = 'code' in error ? error.code : undefined;
  return { type: name, message, code, stack, cause: cause === undefined ? undefined : errorFacts(cause) };
}

const levelNames = new Map(
  Object.entries(pino.levels.values).map(([name, value]) => [value, name.toUpperCase()]),
);

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `20:48:36 WARN A connection to the database broke reason="…"`, and below it the stack of an error. */
function prettyLine(line: string): string {
  const parsed: unknown = JSON.parse(line);
  if (!isRecord(parsed)) return line;
  const { level, time, msg, err, ...facts } = parsed;
  const at = new Date(Number(time)).toISOString().slice(11, 19);
  const rest = Object.entries(facts).map(([key, value]) => ` ${key}=${JSON.stringify(value)}`);
  const stack = isRecord(err) ? `\n  ${String(err.stack ?? err.message).replaceAll('\n', '\n  ')}` : '';
  return `${at} ${levelNames.get(Number(level)) ?? level} ${msg ?? ''}${rest.join('')}${stack}\n`;
}

/** Which request a line belongs to. */
const requestFacts = (): object => {
  const origin = currentOrigin();
  return origin ? { requestId: origin.request } : {};
};

export function createLog({ level, redact, write, pretty = false }: LogOptions): Log {
  const options = {
    level,
    base: null,
    serializers: { err: errorFacts, error: errorFacts },
    mixin: requestFacts,
  };
  return pino(options, {
    write: (line: string) => {
      const clean = redact(line);
      write(pretty ? prettyLine(clean) : clean);
    },
  });
}
