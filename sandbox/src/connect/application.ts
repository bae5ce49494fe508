import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { derivedText } from '../ids.ts';
import type { Resource } from '../resource.ts';
import type { Stored } from '../store/collection.ts';
import type { Lookup } from '../wire/expand.ts';

/** The Connect application of a platform, by which what it does on connected accounts is marked. */
export function applicationOf(platform: Account): string {
  return `ca_${derivedText(`the application of ${platform.id}`, 24)}`;
}

/** The application that acts on an account: its platform's; null for an account of its own. */
export function actingApplication(account: Account): string | null {
  return account.platform ? applicationOf(account.platform) : null;
}

/** What names the application that made it. */
const made = [
  ...['application_fee', 'billing_portal.configuration', 'charge', 'invoice', 'payment_intent'],
  ...['payment_link', 'quote', 'setup_attempt', 'setup_intent', 'subscription', 'subscription_schedule'],
];

/** Applications have no endpoint; expanding shows what is known of one. */
export const applicationResource: Resource = {
  expand: Object.fromEntries(
    made.map((type) => [type, { application: (_: Lookup, object: Stored) => shown(object) }]),
  ),
};

function shown(object: Stored): Stripe.Application | null {
  const id = 'application' in object ? object.application : null;
  return typeof id === 'string' ? { id, object: 'application', name: null } : null;
}
