import { type Logger, pino } from 'pino';

/** Structured log lines; the first argument holds facts, the second is a sentence. */
export type Log = Logger;

/** For tests and commands that say nothing. */
export const silentLog: Log = pino({ level: 'silent' });
