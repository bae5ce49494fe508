import type { Account, RequestInfo } from './account.ts';
import { requireApproval } from './approvals/gate.ts';
import { type Fault, faultError } from './faults.ts';
import { lookupIn } from './lookup.ts';
import type { Route } from './resource.ts';
import type { Stored } from './store/collection.ts';
import { inTimeOfRequest } from './test-clocks/bound.ts';
import { paramsOfToday } from './versions/params.ts';
import { expansionsFor, type Shape, shapeFor } from './versions/shape.ts';
import { StripeFault } from './wire/errors.ts';
import { type Expansions, expand, type Lookup } from './wire/expand.ts';
import type { FormMap } from './wire/form.ts';
import { fingerprintOf, keyInUse, rememberedAnswer, rememberedAnswers } from './wire/idempotency.ts';
import { parseFields } from './wire/params.ts';

/** An answer before it becomes a Response. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly replayedFrom?: string;
}

/** A request whose sender and route are known. */
export interface Incoming {
  readonly account: Account;
  readonly route: Route;
  readonly request: RequestInfo;
  readonly path: string;
  readonly pathParams: Readonly<Record<string, string>>;
  /** The parameters as sent, for telling one request from another. */
  readonly rawParams: string;
  readonly form: FormMap;
  /** The API version the request is made in. */
  readonly version: string;
  /** Throws Stripe's 403 when the key may not read a collection. */
  readonly mayRead: (collection: string) => void;
  readonly fault: Fault | null;
}

/** Runs one request against its account: idempotency, the change itself, durability. Throws what becomes an error body. */
export function createServer(expansions: Expansions) {
  const inFlight = new Set<string>();

  async function answer(incoming: Incoming): Promise<Answer> {
    const { account, request, fault } = incoming;
    const key = incoming.route.method === 'POST' ? request.idempotencyKey : null;
    if (key === null) return afterwards(runOnce(incoming, null, expansions), account, fault);
    const fingerprint = fingerprintOf(incoming.route.method, incoming.path, incoming.rawParams);
    const flight = `${account.id} ${key}`;
    if (inFlight.has(flight)) throw keyInUse(key);
    const before = rememberedAnswer(account.of(rememberedAnswers), key, fingerprint, account.now());
    if (before) return { status: before.status, body: before.body, replayedFrom: before.requestId };
    inFlight.add(flight);
    try {
      return await afterwards(runOnce(incoming, fingerprint, expansions), account, fault);
    } finally {
      inFlight.delete(flight);
    }
  }

  return { answer };
}

async function afterwards(answer: Answer, account: Account, fault: Fault | null): Promise<Answer> {
  await account.flush();
  if (fault?.after_effect && !fault.drop) throw faultError(fault);
  return answer;
}

/** One change, with its remembered answer inside it, so that both survive a crash or neither does. */
function runOnce(incoming: Incoming, fingerprint: string | null, expansions: Expansions): Answer {
  const { account, request, route } = incoming;
  const { version } = incoming;
  // Versions with today's shapes have today's parameters too.
  const form = shapeFor(version)
    ? paramsOfToday(version, `${route.method} ${route.path}`, incoming.form)
    : incoming.form;
  const params = parseFields(route.fields, form, '', version);
  const today = { ...incoming, form };
  account.request = request;
  try {
    return account.transact(() => {
      const answer = changed(today, params, expansions);
      if (fingerprint !== null && request.idempotencyKey !== null) {
        account.of(rememberedAnswers).put({
          id: request.idempotencyKey,
          fingerprint,
          ...answer,
          requestId: request.id,
          created: account.now(),
        });
      }
      return answer;
    });
  } finally {
    account.request = null;
  }
}

function changed(incoming: Incoming, params: unknown, expansions: Expansions): Answer {
  try {
    const { account, route, path, form, version } = incoming;
    requireApproval({ account, method: route.method, route: route.path, path, form, version });
    return { status: 200, body: JSON.stringify(runRoute(incoming, params, expansions)) };
  } catch (error) {
    // A decline is an error to the caller, but what it did stays.
    if (!(error instanceof StripeFault && error.keeps)) throw error;
    const shape = shapeFor(incoming.version);
    const body = shape ? shape(error.body, lookupIn(incoming.account)) : error.body;
    return { status: error.status, body: errorText(body, incoming.request.id) };
  }
}

/** Runs a route on an account, in the time of the test clock it is about, and expands what was asked for. Inside a transaction. */
export function runRoute(
  incoming: Pick<Incoming, 'account' | 'route' | 'path' | 'pathParams' | 'mayRead' | 'version'>,
  params: unknown,
  expansions: Expansions,
): unknown {
  const { account, pathParams, route, version } = incoming;
  const call = {
    account,
    version,
    params: params as never,
    url: incoming.path,
    id(name = 'id') {
      const id = pathParams[name];
      if (id === undefined) throw new Error(`${route.path} has no :${name}`);
      return id;
    },
  };
  const naming = { method: route.method, pathParams, params };
  const made = inTimeOfRequest(account, naming, () => route.run(call));
  const shape = shapeFor(version);
  const value = shape ? shape(made, lookupIn(account)) : made;
  const paths = (params as { expand?: string[] }).expand;
  if (!paths || paths.length === 0) return value;
  const look = lookupIn(account, incoming.mayRead);
  return shape
    ? expand(value, paths, expansionsFor(version, expansions), shapedLookup(account, look, shape))
    : expand(value, paths, expansions, look);
}

/** Finds objects in the shape of an older version. */
function shapedLookup(account: Account, look: Lookup, shape: Shape): Lookup {
  const everything = lookupIn(account);
  const shaped = (stored: Stored) => shape(stored, everything) as Stored;
  const find = (collection: string, id: string) => {
    const found = look(collection, id);
    return found && shaped(found);
  };
  const by = (collection: string, index: string, key: string) => look.by(collection, index, key).map(shaped);
  return Object.assign(find, { by, alsoIn: look.alsoIn });
}

/** The error body Stripe sends, pointing at the request's log. */
export function errorText(body: unknown, requestId: string): string {
  return JSON.stringify({
    error: { ...(body as object), request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}` },
  });
}
