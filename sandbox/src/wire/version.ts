import { invalidRequest } from './errors.ts';

/** The API version whose shapes the sandbox answers: the one of the official SDK it is checked against. */
export const apiVersion = '2026-10-28.endive';

/**
 * The version an account answers in when a request names none, as older accounts have it: clients that name none (the
 * official CLI) still send parameters that newer versions dropped.
 */
export const accountVersion = '2026-08-26.dahlia';

/** The version to echo for a `Stripe-Version` header. Throws Stripe's 400 for what is not a version. */
export function versionFor(header: string | undefined): string {
  if (header === undefined) return accountVersion;
  if (/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?(; ?[a-z_]+=v\d+)*$/.test(header)) return header;
  throw invalidRequest(`Invalid Stripe API version: ${header.slice(0, 40)}`);
}
