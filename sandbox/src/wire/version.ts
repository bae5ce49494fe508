import { invalidRequest } from './errors.ts';
import { knownVersions } from './known-versions.ts';

/** The API version whose shapes the sandbox keeps: the one of the official SDK it is checked against. */
export const apiVersion = '2026-10-28.endive';

/** The version an account answers in when a request names none, unless it was given another. */
export const accountVersion = '2026-08-26.dahlia';

/**
 * Whose names of parameters a request may use that names no version: those of any. Such requests come by hand or from
 * the official CLI, whose fixtures were written for versions of many years.
 */
export const anyVersion = '0000-00-00';

const dates = new Set<string>(knownVersions.map(dateOf));
const names = new Set<string>(knownVersions);

/** Checks a version by name, as `Stripe-Version` takes it. Throws Stripe's 400 for one that does not exist. */
export function checkedVersion(version: string): string {
  const [name = '', ...features] = version.split(/; ?/);
  const exists = names.has(name) || (name.endsWith('.preview') && dates.has(dateOf(name)));
  if (exists && features.every((feature) => /^[a-z0-9_]+=v\d+$/.test(feature))) return version;
  throw invalidRequest(`Invalid Stripe API version: ${version.slice(0, 40)}`);
}

/** Whether a version is older than the one of a date: previews of a date have what its release has. */
export function isBefore(version: string, since: string): boolean {
  return dateOf(version) < dateOf(since);
}

function dateOf(version: string): string {
  return version.slice(0, 'yyyy-mm-dd'.length);
}
