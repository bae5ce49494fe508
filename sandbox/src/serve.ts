import type { Account, RequestInfo } from './account.ts';
import { requireApproval } from './approvals/gate.ts';
import { type Fault, failBefore, faultError, savedFault } from './faults.ts';
import { lookupIn } from './lookup.ts';
import type { Route } from './resource.ts';
import type { Stored } from './store/collection.ts';
import { inTimeOfRequest } from './test-clocks/bound.ts';
import { paramsOfToday } from './versions/params.ts';
import { expansionsFor, type Shape, shapeFor } from './versions/shape.ts';
import { Asking, type Heard, type Question } from './webhooks/asking.ts';
import { Download } from './wire/download.ts';
import { lockTimeout, notSupported, StripeFault } from './wire/errors.ts';
import { type Expansions, expand, type Lookup } from './wire/expand.ts';
import type { FormMap } from './wire/form.ts';
import { bodyOf, fingerprintOf, keyInUse, rememberedAnswer, rememberedAnswers } from './wire/idempotency.ts';
import type { Upload } from './wire/multipart.ts';
import { parseFields, UnknownParams } from './wire/params.ts';
import { isOfficial } from './wire/unsupported.ts';
import { anyVersion } from './wire/version.ts';

/** An answer before it becomes a Response. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** What the body says. */
  readonly value?: object;
  readonly replayedFrom?: string;
  /** What is answered instead of the body. */
  readonly download?: Download;
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
  readonly upload: Upload | null;
  /** The API version the request is made in. */
  readonly version: string;
  /** The API version whose names of parameters it uses. */
  readonly wording: string;
  /** Throws Stripe's 403 when the key may not read a collection. */
  readonly mayRead: (collection: string) => void;
  readonly fault: Fault | null;
}

/** Runs one request against its account: idempotency, the change itself, durability. Throws what becomes an error body. */
export function createServer(
  expansions: Expansions,
  ask: (account: Account, question: Question) => Promise<Heard>,
) {
  const inFlight = new Set<string>();
  /** Objects that a slowed-down request is at. */
  const locked = new Set<string>();

  async function answer(incoming: Incoming): Promise<Answer> {
    const { account, request } = incoming;
    // Nothing more is done before what was done is on disk.
    if (account.isStuck()) await account.flush();
    const key = incoming.route.method === 'POST' ? request.idempotencyKey : null;
    if (key === null) return fresh(incoming, null);
    const flight = `${account.id} ${key}`;
    if (inFlight.has(flight)) throw keyInUse(key);
    inFlight.add(flight);
    try {
      const fingerprint = fingerprintOf(incoming.route.method, incoming.path, incoming.rawParams);
      const asked = { fingerprint, path: incoming.path };
      const before = rememberedAnswer(account.of(rememberedAnswers), key, asked, account.now());
      if (!before) return await fresh(incoming, fingerprint);
      if (incoming.fault) await failBefore(incoming.fault);
      return { status: before.status, body: bodyOf(before), replayedFrom: before.requestId };
    } finally {
      inFlight.delete(flight);
    }
  }

  async function fresh(incoming: Incoming, fingerprint: string | null): Promise<Answer> {
    const { account, fault } = incoming;
    const object = locked.size > 0 || fault ? writtenObject(incoming) : null;
    if (object !== null && locked.has(object)) throw lockTimeout();
    if (fault) await whileLocked(object, () => failBefore(fault));
    const saved = fingerprint === null ? null : savedFault(fault);
    const asked = readable(incoming);
    const change = (work: () => unknown) => runOnce(asked, { fingerprint, instead: saved }, work);
    const made = change(() => {
      const { route, path, form, version } = asked;
      requireApproval({ account, method: route.method, route: route.path, path, form, version });
      return runRoute(asked, asked.params, expansions);
    });
    const done = made instanceof Asking ? await afterAsking(incoming, made, change) : made;
    await account.flush();
    if (saved) throw saved;
    if (fault?.after_effect && !fault.drop) throw faultError(fault);
    return done;
  }

  /** The rest of a request that asks somebody outside first; what it did so far is on disk before they hear of it. */
  async function afterAsking(
    incoming: Incoming,
    asking: Asking,
    change: (work: () => unknown) => Answer | Asking,
  ): Promise<Answer> {
    await incoming.account.flush();
    const heard = await whileLocked(writtenObject(incoming), () => ask(incoming.account, asking));
    const done = change(() => asking.settle(heard));
    if (done instanceof Asking) throw new Error(`${incoming.route.path} asks twice`);
    return done;
  }

  async function whileLocked<T>(object: string | null, work: () => Promise<T>): Promise<T> {
    if (object === null) return work();
    locked.add(object);
    try {
      return await work();
    } finally {
      locked.delete(object);
    }
  }

  return { answer };
}

/** The object a request changes: what its address names first. Nothing for what only reads or makes a new one. */
function writtenObject({ account, route, path }: Incoming): string | null {
  const at = route.path.split('/').findIndex((step) => step.startsWith(':'));
  if (route.method === 'GET' || at < 0) return null;
  return `${account.id} ${path.split('/', at + 1).join('/')}`;
}

/** Reads a route's parameters. Those that Stripe has and the sandbox has not are told from those that do not exist. */
function paramsFor(route: Route, form: FormMap, wording: string): unknown {
  try {
    return parseFields(route.fields, form, '', wording);
  } catch (error) {
    if (error instanceof UnknownParams && error.names.every((name) => isOfficial(route, name)))
      throw notSupported(`the parameter ${error.names[0]}`);
    throw error;
  }
}

/** A request with its parameters read: the form in today's names, as checked. */
function readable(incoming: Incoming): Incoming & { readonly params: unknown } {
  const { route, version, wording } = incoming;
  // Versions with today's shapes have today's parameters too.
  const form =
    shapeFor(version) || wording === anyVersion
      ? paramsOfToday(`${route.method} ${route.path}`, incoming.form, { version, wording })
      : incoming.form;
  return { ...incoming, form, params: paramsFor(route, form, wording) };
}

/**
 * One change, with its remembered answer inside it, so that both survive a crash or neither does. Where `instead` is
 * given, that is what the key remembers. A question is no answer yet.
 */
function runOnce(
  incoming: Incoming,
  { fingerprint, instead }: { readonly fingerprint: string | null; readonly instead: StripeFault | null },
  work: () => unknown,
): Answer | Asking {
  const { account, request } = incoming;
  account.request = request;
  try {
    return account.transact(() => {
      const answer = answerOf(incoming, work);
      if (answer instanceof Asking) return answer;
      const { status, value } = instead
        ? { status: instead.status, value: errorOf(instead.body, request) }
        : answer;
      if (fingerprint !== null && request.idempotencyKey !== null && value) {
        account.of(rememberedAnswers).put({
          id: request.idempotencyKey,
          fingerprint,
          path: incoming.path,
          status,
          value,
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

function answerOf(incoming: Incoming, work: () => unknown): Answer | Asking {
  try {
    const value = work();
    if (value instanceof Asking) return value;
    if (value instanceof Download) return { status: 200, body: '', download: value };
    return { status: 200, body: JSON.stringify(value), value: Object(value) };
  } catch (error) {
    // A decline is an error to the caller, but what it did stays.
    if (!(error instanceof StripeFault && error.keeps)) throw error;
    const shape = shapeFor(incoming.version);
    const body = shape ? shape(error.body, lookupIn(incoming.account)) : error.body;
    const value = errorOf(body, incoming.request);
    return { status: error.status, body: JSON.stringify(value), value };
  }
}

/** Runs a route on an account, in the time of the test clock it is about, and expands what was asked for. Inside a transaction. */
export function runRoute(
  incoming: Pick<Incoming, 'account' | 'route' | 'path' | 'pathParams' | 'upload' | 'mayRead' | 'version'>,
  params: unknown,
  expansions: Expansions,
): unknown {
  const { account, pathParams, route, version } = incoming;
  const call = {
    account,
    version,
    params: params as never,
    url: incoming.path,
    upload: incoming.upload,
    id(name = 'id') {
      const id = pathParams[name];
      if (id === undefined) throw new Error(`${route.path} has no :${name}`);
      return id;
    },
  };
  const naming = { method: route.method, pathParams, params };
  const shown = (made: unknown) => {
    const shape = shapeFor(version);
    const value = shape ? shape(made, lookupIn(account)) : made;
    const paths = (params as { expand?: string[] }).expand;
    if (!paths || paths.length === 0) return value;
    const look = lookupIn(account, incoming.mayRead);
    return shape
      ? expand(value, paths, expansionsFor(version, expansions), shapedLookup(account, look, shape))
      : expand(value, paths, expansions, look);
  };
  const made = inTimeOfRequest(account, naming, () => route.run(call));
  if (made instanceof Download) return made;
  if (!(made instanceof Asking)) return shown(made);
  return new Asking(made.event, made.destination, (heard) =>
    shown(inTimeOfRequest(account, naming, () => made.settle(heard))),
  );
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
export function errorOf(body: unknown, { id, key }: Pick<RequestInfo, 'id' | 'key'>): object {
  const logs = /^[rs]k_live_/.test(key) ? 'logs' : 'test/logs';
  return { error: { ...(body as object), request_log_url: `https://dashboard.stripe.com/${logs}/${id}` } };
}
