import { Cron } from 'croner';
import cronstrue from 'cronstrue';

/** A schedule that cannot be used, in words. */
export class ScheduleProblem extends Error {
  readonly field: 'cron' | 'timezone';
  constructor(field: ScheduleProblem['field'], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ScheduleProblem';
    this.field = field;
  }
}

export interface Schedule {
  /** Five fields, or six with seconds first. */
  readonly cron: string;
  /** IANA name. */
  readonly timezone: string;
}

/** @throws ScheduleProblem */
function parse({ cron, timezone }: Schedule): Cron {
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
  } catch (cause) {
    throw new ScheduleProblem(
      'timezone',
      `"${timezone}" is no time zone. Use an IANA name such as Europe/Berlin.`,
      cause,
    );
  }
  try {
    return new Cron(cron, { timezone, paused: true });
  } catch (cause) {
    const message = `"${cron}" is no schedule. Write it in words, such as "every Monday at 9", "weekdays at 8:30" or "on the 1st at noon", or as five fields of cron: "0 9 * * 1".`;
    throw new ScheduleProblem('cron', message, cause);
  }
}

/**
 * When a schedule is due next after a moment; null: never again. A local time that a change of clocks leaves out runs right
 * after it, one that comes twice runs once. @throws ScheduleProblem
 */
export function nextRun(schedule: Schedule, after: Date): Date | null {
  return parse(schedule).nextRun(after);
}

/** `At 09:00, only on Monday`. @throws ScheduleProblem */
export function inWords(schedule: Schedule): string {
  parse(schedule);
  return cronstrue.toString(schedule.cron, { use24HourTimeFormat: true });
}
