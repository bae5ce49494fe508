/** Writes moments, in seconds since 1970, as they are called in one time zone. */
export interface LocalTime {
  /** `2026-07-01 09:30:00` */
  moment(at: number): string;
  /** `2026-07-01` */
  date(at: number): string;
}

/** Throws a RangeError when there is no such zone. */
export function localTime(zone: string): LocalTime {
  // Swedes write times the way that Stripe's reports do.
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const moment = (at: number) => format.format(at * 1000);
  return { moment, date: (at) => moment(at).slice(0, 10) };
}

/** Whether a name is one of the IANA time zone database. */
export function isTimeZone(name: string): boolean {
  // Offsets such as +02:00 are taken by Intl as well.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    localTime(name);
    return true;
  } catch {
    return false;
  }
}
