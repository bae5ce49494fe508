import type Stripe from 'stripe';
import type { PermissionRow } from '../connection.ts';
import type { ApiKey } from './api-key.ts';
import { isStripeError, type StripeClient } from './client.ts';
import { type PermissionName, permissionLabels } from './permissions.ts';

type Granted = PermissionRow['granted'];

/** How a row is found out: a small read, and a write to something that cannot exist. */
interface Probe {
  readonly resource: PermissionName;
  readonly needed: PermissionRow['needed'];
  readonly readPath: string;
  /** Answered 404 when writing is permitted and 403 when it is not: nothing can come of it either way. */
  readonly writePath?: string;
}

const nobody = 'purser_probe_does_not_exist';

/** The recommended set first, then what single tools use, then what nothing here uses. */
const probes: readonly Probe[] = [
  {
    resource: 'customer',
    needed: 'write',
    readPath: '/v1/customers?limit=1',
    writePath: `/v1/customers/cus_${nobody}`,
  },
  {
    resource: 'payment_intent',
    needed: 'write',
    readPath: '/v1/payment_intents?limit=1',
    writePath: `/v1/payment_intents/pi_${nobody}`,
  },
  {
    resource: 'charge',
    needed: 'read',
    readPath: '/v1/charges?limit=1',
    writePath: `/v1/charges/ch_${nobody}`,
  },
  {
    resource: 'invoice',
    needed: 'write',
    readPath: '/v1/invoices?limit=1',
    writePath: `/v1/invoices/in_${nobody}`,
  },
  {
    resource: 'product',
    needed: 'write',
    readPath: '/v1/products?limit=1',
    writePath: `/v1/products/prod_${nobody}`,
  },
  {
    resource: 'plan',
    needed: 'write',
    readPath: '/v1/prices?limit=1',
    writePath: `/v1/prices/price_${nobody}`,
  },
  {
    resource: 'subscription',
    needed: 'write',
    readPath: '/v1/subscriptions?limit=1',
    writePath: `/v1/subscriptions/sub_${nobody}`,
  },
  { resource: 'balance', needed: 'read', readPath: '/v1/balance' },
  { resource: 'event', needed: 'read', readPath: '/v1/events?limit=1' },
  {
    resource: 'dispute',
    needed: 'read',
    readPath: '/v1/disputes?limit=1',
    writePath: `/v1/disputes/dp_${nobody}`,
  },
  {
    resource: 'payout',
    needed: 'read',
    readPath: '/v1/payouts?limit=1',
    writePath: `/v1/payouts/po_${nobody}`,
  },
  {
    resource: 'payment_method',
    needed: 'none',
    readPath: `/v1/payment_methods/pm_${nobody}`,
    writePath: `/v1/payment_methods/pm_${nobody}`,
  },
  { resource: 'coupon', needed: 'none', readPath: '/v1/coupons?limit=1', writePath: `/v1/coupons/${nobody}` },
  {
    resource: 'payment_link',
    needed: 'none',
    readPath: '/v1/payment_links?limit=1',
    writePath: `/v1/payment_links/plink_${nobody}`,
  },
  {
    resource: 'transfer',
    needed: 'none',
    readPath: '/v1/transfers?limit=1',
    writePath: `/v1/transfers/tr_${nobody}`,
  },
  { resource: 'topup', needed: 'none', readPath: '/v1/topups?limit=1', writePath: `/v1/topups/tu_${nobody}` },
];

/** Writing these would be more than any tool here does. */
const overWide: readonly PermissionName[] = ['payout', 'transfer', 'topup'];

type Answer = 'granted' | 'refused' | 'unclear';

/** What an answer to a probe says of the permission. Only a 403 refuses; an unknown route says nothing. */
function answerOf(error: unknown): Answer {
  if (!isStripeError(error)) throw error;
  if (error.statusCode === 403) return 'refused';
  if (error.statusCode === 404 && error.code === 'resource_missing') return 'granted';
  if (error.statusCode === 400) return 'granted';
  return 'unclear';
}

async function probe(api: Stripe, method: 'GET' | 'POST', path: string): Promise<Answer> {
  try {
    await api.rawRequest(method, path);
    return 'granted';
  } catch (error) {
    return answerOf(error);
  }
}

async function granted(api: Stripe, row: Probe): Promise<Granted> {
  const [read, write] = await Promise.all([
    probe(api, 'GET', row.readPath),
    row.writePath ? probe(api, 'POST', row.writePath) : ('refused' as const),
  ]);
  if (write === 'granted') return 'write';
  if (read === 'granted') return write === 'unclear' && row.needed === 'write' ? 'unknown' : 'read';
  return read === 'refused' ? 'none' : 'unknown';
}

const levels: Readonly<Record<Exclude<Granted, 'unknown'>, number>> = { none: 0, read: 1, write: 2 };

function rowOf({ resource, needed }: Probe, has: Granted): PermissionRow {
  const ok = has === 'unknown' || levels[has] >= levels[needed];
  return { resource, label: permissionLabels[resource], needed, granted: has, ok };
}

async function inTurns<A, B>(
  items: readonly A[],
  atOnce: number,
  work: (item: A) => Promise<B>,
): Promise<B[]> {
  const results: B[] = [];
  for (let start = 0; start < items.length; start += atOnce) {
    results.push(...(await Promise.all(items.slice(start, start + atOnce).map(work))));
  }
  return results;
}

/**
 * Finds out what a key may do. A full secret key may do everything and is not probed. A restricted one is probed row
 * by row, a few at a time to stay far under Stripe's limits; nothing is created or changed.
 * @throws the SDK's error when Stripe cannot be reached
 */
export async function examineKey(client: StripeClient, key: ApiKey): Promise<PermissionRow[]> {
  if (key.kind === 'secret') return probes.map((row) => rowOf(row, 'write'));
  const ran = await client.run((api) =>
    inTurns(probes, 6, async (row) => rowOf(row, await granted(api, row))),
  );
  if (!ran.ok) throw ran.error;
  return ran.value;
}

/** What a person should know about a key that works. */
export function keyWarnings(key: ApiKey, rows: readonly PermissionRow[]): string[] {
  if (key.kind === 'secret') {
    return [
      'This is a full secret key: it may do anything with the account. A restricted key with only the permissions listed here is safer.',
    ];
  }
  const labels = (wanted: (row: PermissionRow) => boolean): string =>
    rows
      .filter(wanted)
      .map((row) => row.label)
      .join(', ');
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
  const wide = labels((row) => row.granted === 'write' && overWide.some((name) => name === row.resource));
  if (wide) warnings.push(`The key may also write ${wide}, which no tool needs: it could be narrower.`);
  return warnings;
}
