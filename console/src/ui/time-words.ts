const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** How far the server's clock may be ahead before its present counts as our future. */
const clockSkewMs = 5000;

/** `just now`, `5 min ago`, `3 h ago`; from a day on the date, with the year where it is another one. */
export function shortTime(at: string, now: Date): string {
  const then = new Date(at);
  const ageMs = now.getTime() - then.getTime();
  if (ageMs < -clockSkewMs) return until(-ageMs, then, now);
  if (ageMs < minuteMs) return 'just now';
  if (ageMs < hourMs) return `${Math.floor(ageMs / minuteMs)} min ago`;
  if (ageMs < dayMs) return `${Math.floor(ageMs / hourMs)} h ago`;
  return dateWords(then, now);
}

/** `326 days old`; empty under a day. */
export function ageText(at: string, now: Date): string {
  const days = Math.floor((now.getTime() - new Date(at).getTime()) / dayMs);
  return days < 1 ? '' : `${days} ${days === 1 ? 'day' : 'days'} old`;
}

/** To the nearest: what was just set to a day from now is in 24 h, not in 23. */
function until(aheadMs: number, then: Date, now: Date): string {
  if (aheadMs < minuteMs) return 'in a moment';
  const minutes = Math.round(aheadMs / minuteMs);
  if (minutes < 60) return `in ${minutes} min`;
  const hours = Math.round(aheadMs / hourMs);
  return hours <= 24 ? `in ${hours} h` : dateWords(then, now);
}

function dateWords(then: Date, now: Date): string {
  const year = then.getFullYear() === now.getFullYear() ? undefined : 'numeric';
  return then.toLocaleDateString(undefined, { day: 'numeric', month: 'short', year });
}

/** The whole truth, for hovering: date, time to the second, zone. */
export function exactTime(at: string): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: 'full', timeStyle: 'long' });
}

/** The heading a moment falls under in a list: `Today`, `Yesterday`, `This week`, then the month. */
export function dayGroup(at: string, now: Date): string {
  const then = new Date(at);
  const days = Math.round((startOfDay(now) - startOfDay(then)) / dayMs);
  if (days <= 0) return 'Today';
  if (days === 1) return 'Yesterday';
  if (days < 7) return 'Last 7 days';
  return then.toLocaleDateString(undefined, { month: 'long', year: 'numeric' });
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** `340 ms`, `2.1 s`, `3 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < minuteMs) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / minuteMs)} min ${Math.round((ms % minuteMs) / 1000)} s`;
}
