import type Stripe from 'stripe';
import { follow } from '../pages.ts';
import { meterRow } from '../views/usage.ts';
import { bestMatches, nearMatches } from './matching.ts';
import { ambiguous, notFound } from './problems.ts';

/**
 * The one meter meant by an id, an event name or a display name. Active ones go before others of the same name.
 * @throws ToolError `not_found` with near names, or `ambiguous` with candidates.
 */
export async function resolveMeter(api: Stripe, reference: string): Promise<Stripe.Billing.Meter> {
  const asked = reference.trim();
  if (/^mtr_\w+$/.test(asked)) return api.billing.meters.retrieve(asked);
  const { items } = await follow((page) => api.billing.meters.list(page));
  const byEvent = items.filter((meter) => meter.event_name === asked);
  const matches = byEvent.length > 0 ? byEvent : bestMatches(asked, items, (meter) => meter.display_name);
  const active = matches.filter((meter) => meter.status === 'active');
  const found = active.length > 0 ? active : matches;
  if (found.length > 1) throw ambiguous('meter', asked, found.map(meterRow));
  if (found[0]) return found[0];
  throw notFound('meter', asked, nearMatches(asked, items, (meter) => meter.display_name).map(meterRow));
}
