import type Stripe from 'stripe';
import type { Permission } from '../../tools/tool.ts';
import type { KeyInfo, PermissionRow } from '../connection.ts';
import type { ApiKey } from './api-key.ts';
import { isStripeError, type StripeClient } from './client.ts';
import { type PermissionName, permissionLabels } from './permissions.ts';
import { type Probe, probes } from './probes.ts';

type Granted = PermissionRow['granted'];

type Answer = 'granted' | 'refused' | 'unclear';

/** What an answer to a probe says of the permission. Only a 403 refuses; an unknown route says nothing. */
function answerOf(error: unknown): Answer {
  if (!isStripeError(error)) throw error;
  if (error.statusCode === 403) return 'refused';
  // The second is how version 2 of the API says the first.
  const isMissing = error.code === 'resource_missing' || error.code === 'not_found';
  if (error.statusCode === 404 && isMissing) return 'granted';
  if (error.statusCode === 400) return 'granted';
  return 'unclear';
}

async function ask(api: Stripe, method: 'GET' | 'POST', path: string, preview?: string): Promise<Answer> {
  try {
    await api.rawRequest(method, path, undefined, preview ? { apiVersion: preview } : {});
    return 'granted';
  } catch (error) {
    return answerOf(error);
  }
}

/** To write includes to read: only where writing is not granted is reading asked for. */
async function granted(api: Stripe, { needed, read, write, preview }: Probe): Promise<Granted> {
  const canWrite = write ? await ask(api, 'POST', write, preview) : 'refused';
  if (canWrite === 'granted') return 'write';
  const canRead = read ? await ask(api, 'GET', read, preview) : canWrite;
  if (canRead === 'granted') return canWrite === 'unclear' && needed === 'write' ? 'unknown' : 'read';
  return canRead === 'refused' ? 'none' : 'unknown';
}

const levels: Readonly<Record<Exclude<Granted, 'unknown'>, number>> = { none: 0, read: 1, write: 2 };

/** Whether what a key has is enough; what is not known is not held against it. */
function suffices(has: Granted, wanted: PermissionRow['needed']): boolean {
  return has === 'unknown' || levels[has] >= levels[wanted];
}

function rowOf(resource: PermissionName, needed: Probe['needed'], has: Granted): PermissionRow {
  return { resource, label: permissionLabels[resource], needed, granted: has, ok: suffices(has, needed) };
}

/** So many rows are asked for side by side: under the 25 requests a second of a test account. */
const rowsAtOnce = 4;

/**
 * Finds out what a key may do. A full secret key may do everything and is not probed. A restricted one is probed row
 * by row, a few at a time to stay under Stripe's limits; nothing is created or changed.
 * @throws the SDK's error when Stripe cannot be reached
 */
export async function examineKey(
  client: StripeClient,
  key: Pick<ApiKey, 'kind' | 'mode'>,
): Promise<PermissionRow[]> {
  const asked = (Object.entries(probes) as [PermissionName, Probe][]).filter(
    ([, { testOnly }]) => !testOnly || key.mode === 'test',
  );
  if (key.kind === 'secret') return asked.map(([name, { needed }]) => rowOf(name, needed, 'write'));
  const waiting = asked.entries();
  const rows: PermissionRow[] = [];
  const ran = await client.run(async (api) => {
    const work = async () => {
      for (const [at, [name, probe]] of waiting)
        rows[at] = rowOf(name, probe.needed, await granted(api, probe));
    };
    await Promise.all(Array.from({ length: rowsAtOnce }, work));
  });
  if (!ran.ok) throw ran.error;
  return rows;
}

/** The permissions that tools need together, each row at its highest level, in the order of the rows. */
export function leastFor(tools: readonly { readonly permissions: readonly Permission[] }[]): Permission[] {
  const all = tools.flatMap(({ permissions }) => permissions);
  return Object.keys(probes).flatMap((resource): Permission[] => {
    const of = all.filter((permission) => permission.resource === resource);
    if (of.length === 0) return [];
    return [{ resource, access: of.some(({ access }) => access === 'write') ? 'write' : 'read' }];
  });
}

/** `Customers (write)`, as the page for keys calls it. */
export function spokenPermission({ resource, access }: Permission): string {
  const label = resource in permissionLabels ? permissionLabels[resource as PermissionName] : resource;
  return `${label} (${access})`;
}

/** Which of the permissions a key is known to lack. */
export function missingOf(
  wanted: readonly Permission[],
  rows: readonly Pick<PermissionRow, 'resource' | 'granted'>[],
): Permission[] {
  return wanted.filter(({ resource, access }) => {
    const row = rows.find((each) => each.resource === resource);
    return row !== undefined && !suffices(row.granted, access);
  });
}

/** What a key may do that these permissions do not ask for: `Payouts (write)`. */
export function excessOf(wanted: readonly Permission[], rows: readonly PermissionRow[]): string[] {
  return rows.flatMap((row) => {
    const use = wanted.find(({ resource }) => resource === row.resource)?.access ?? 'none';
    if (row.granted === 'unknown' || levels[row.granted] <= levels[use]) return [];
    return [`${row.label} (${row.granted})`];
  });
}

const longLivedDays = 365;

/** What a person should know about a key that works. @param used what all tools need together */
export function keyWarnings(
  key: Pick<KeyInfo, 'kind'>,
  rows: readonly PermissionRow[],
  used: readonly Permission[],
): string[] {
  if (key.kind === 'secret') {
    return [
      'This is a full secret key: it may do anything with the account. A restricted key with only the permissions listed here is safer.',
    ];
  }
  const warnings: string[] = [];
  const missing = rows.filter((row) => !row.ok).map((row) => `${row.label} (${row.needed})`);
  if (missing.length > 0)
    warnings.push(`Missing permissions: ${missing.join(', ')}. What needs them will say so.`);
  if (rows.some((row) => row.resource === 'charge' && row.granted === 'read')) {
    warnings.push('Refunds need the permission Charges and Refunds (write).');
  }
  if (rows.some((row) => row.resource === 'payment_method' && row.granted === 'none')) {
    warnings.push(
      'PaymentMethods (read) is recommended: without it only default cards are known, and other subscriptions are billed by mailed invoice.',
    );
  }
  const wide = excessOf(used, rows);
  if (wide.length > 0)
    warnings.push(`The key may also use ${wide.join(', ')}, which no tool needs: it could be narrower.`);
  return warnings;
}

/** How long a key has been here, in whole days, and what to think of it. */
export function keyAge(addedAt: Date, now: Date): { days: number; warning?: string } {
  const days = Math.max(0, Math.floor((now.getTime() - addedAt.getTime()) / 86_400_000));
  if (days < longLivedDays) return { days };
  return { days, warning: `The key has been here for ${days} days: make a new one and replace it.` };
}
