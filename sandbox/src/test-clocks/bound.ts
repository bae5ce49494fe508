import type { Account } from '../account.ts';
import type { Method } from '../resource.ts';
import { inTimeOf, requireStill, type TestClock, testClocks } from './test-clock.ts';

/** Fields and parameters that lead from an object to what it belongs to, and so in the end to a customer. */
const owners = [
  'customer',
  'subscription',
  'invoice',
  'charge',
  'payment_intent',
  'payment_method',
  'setup_intent',
  'credit_note',
  'quote',
  'schedule',
  'subscription_schedule',
  'from_subscription',
  'subscription_item',
  'source',
  'stripe_customer_id',
] as const;
/** From a refund to its charge, the charge's invoice, its subscription, the customer: no chain is longer. */
const longestChain = 5;

/** The clock the object with this id is on: its own, or that of what it belongs to. Null for none. */
export function clockOf(account: Account, id: string, steps = longestChain): TestClock | null {
  const clock = account.of(testClocks).get(id);
  if (clock || steps === 0) return clock ?? null;
  for (const collection of account.registry.collections.keys()) {
    const object = account.byName(collection)?.get(id);
    const found = object ? clockOfObject(account, { ...object }, steps - 1) : null;
    if (found) return found;
  }
  return null;
}

function clockOfObject(account: Account, object: Record<string, unknown>, steps: number): TestClock | null {
  if (typeof object.test_clock === 'string') return account.of(testClocks).get(object.test_clock) ?? null;
  for (const field of owners) {
    const owner = object[field];
    const found = typeof owner === 'string' && owner !== object.id ? clockOf(account, owner, steps) : null;
    if (found) return found;
  }
  return null;
}

/** A request as far as it names objects. */
interface Naming {
  readonly method: Method;
  readonly pathParams: Readonly<Record<string, string>>;
  readonly params: unknown;
}

/**
 * Does the work of a request in the time of the test clock that it is about, found by the ids in its address and in
 * its parameters. Throws Stripe's 429 for a change while that clock advances.
 */
export function inTimeOfRequest<T>(account: Account, request: Naming, work: () => T): T {
  if (account.of(testClocks).size === 0) return work();
  const ids = [...Object.values(request.pathParams), ...namedIds(request.params)];
  for (const id of ids) {
    const clock = clockOf(account, id);
    if (!clock) continue;
    if (request.method !== 'GET') requireStill(clock);
    return inTimeOf(account, clock, work);
  }
  return work();
}

const naming: ReadonlySet<string> = new Set([...owners, 'test_clock']);

/** The ids that parameters give by the names of owners, however deep; metadata is the caller's own. */
function* namedIds(params: unknown): Generator<string> {
  if (typeof params !== 'object' || params === null) return;
  for (const [name, value] of Object.entries(params)) {
    if (typeof value !== 'string') {
      if (name !== 'metadata') yield* namedIds(value);
    } else if (naming.has(name)) yield value;
  }
}
