import type Stripe from 'stripe';
import type { Permission } from '../../tools/tool.ts';
import { isStripeError } from './client.ts';
import type { PermissionName } from './permissions.ts';
import { probes } from './probes.ts';
import type { Desk } from './stripe-tool.ts';

/** Rows that a connection's key was seen to hold; what was refused is asked again, since a key can be widened. */
const held = new WeakMap<Desk, Set<string>>();

/** Stripe's refusal of a write that can come to nothing; null where it is permitted, or where nobody can tell. */
async function refusalOf(desk: Desk, api: Stripe, resource: string): Promise<Error | null> {
  const { write, preview } = probes[resource as PermissionName] ?? {};
  const known = held.get(desk) ?? new Set();
  held.set(desk, known);
  if (write === undefined || known.has(resource)) return null;
  try {
    await api.rawRequest('POST', write, undefined, preview ? { apiVersion: preview } : {});
  } catch (error) {
    if (!isStripeError(error)) throw error;
    if (error.statusCode === 403) return error;
    // Only these say that the key was let through; a limit or a broken line says nothing of it.
    if (error.statusCode !== 404 && error.statusCode !== 400) return null;
  }
  known.add(resource);
  return null;
}

/**
 * Asks a restricted key whether it may write, before a person is asked whether it should: nobody approves what Stripe
 * then refuses. Where a tool has several rows to write it may do without one of them, so all must be refused.
 * @throws Stripe's own 403, which names the missing permission
 */
export async function assertMayWrite(
  desk: Desk,
  api: Stripe,
  permissions: readonly Permission[],
): Promise<void> {
  if (desk.key.kind !== 'restricted') return;
  let refusal: Error | null = null;
  for (const { resource, access } of permissions) {
    if (access !== 'write') continue;
    refusal = await refusalOf(desk, api, resource);
    if (!refusal) return;
  }
  if (refusal) throw refusal;
}
