import { createAdaptorServer } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import type { Account } from './account.ts';
import { demoAccountId } from './accounts.ts';
import { addAuthenticationPage } from './authentication.ts';
import { type Clock, systemClock } from './clock.ts';
import { addControlRoutes, type SeedName } from './control.ts';
import { createDirectory } from './directory.ts';
import { pruneEvents } from './events.ts';
import { createFaults, type Fault, faultError } from './faults.ts';
import { newId } from './ids.ts';
import type { Route } from './resource.ts';
import { expansionsOf, registryOf, resources } from './resources.ts';
import { seedDemo } from './seeds/demo.ts';
import { createPlayer } from './seeds/player.ts';
import { seedMarks } from './seeds/seed.ts';
import { type Answer, createServer, errorText } from './serve.ts';
import { invalidRequest, notSupported, StripeFault } from './wire/errors.ts';
import { decodeForm, formLimits } from './wire/form.ts';
import { checkedKey, pruneAnswers, rememberedAnswers } from './wire/idempotency.ts';
import { keyFrom, requirePermission } from './wire/keys.ts';
import { isKnownEndpoint } from './wire/known-endpoints.ts';
import { versionFor } from './wire/version.ts';

export interface SandboxOptions {
  /** Where state is kept; null or absent keeps it in memory only. */
  readonly dataDir?: string | null;
  /** Whether the demo account starts with a year of business. Default `empty`. */
  readonly seed?: SeedName;
  readonly clock?: Clock;
  readonly log?: (message: string, cause?: unknown) => void;
}

export interface Sandbox {
  /** Answers one request in process; also what `Stripe.createFetchHttpClient` takes. */
  fetch(input: Request | string | URL, init?: RequestInit): Promise<Response>;
  /** Listens on a port (0 for a free one). Default host 127.0.0.1. */
  listen(options: { port: number; host?: string }): Promise<{ url: string; port: number }>;
  /** Stops listening and makes everything durable. */
  close(): Promise<void>;
}

/** How often accounts that nobody calls are looked after, in milliseconds. */
const tickMs = 1000;

/** A Stripe account simulator: `/v1` as Stripe speaks it, `/_sandbox` to control it. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const { clock = systemClock, seed = 'empty', log = () => {} } = options;
  const expansions = expansionsOf(resources);
  const routes = resources.flatMap((resource) => resource.routes ?? []);
  const faults = createFaults();
  const server = createServer(expansions);
  const permissionOf = collectionPermissions(routes);
  let origin = 'http://127.0.0.1:12111';
  const directory = createDirectory({
    dataDir: options.dataDir ?? null,
    registry: registryOf(resources),
    clock,
    log,
    origin: () => origin,
    prepare,
  });

  async function prepare(account: Account): Promise<void> {
    if (account.id !== demoAccountId || seed !== 'demo') return;
    if (account.of(seedMarks).size === 0) await reset(account, 'demo');
  }

  async function reset(account: Account, name: SeedName): Promise<void> {
    await account.clear();
    try {
      if (name === 'demo') await seedDemo(account, createPlayer(account, routes, expansions));
    } finally {
      account.release();
    }
    account.transact(() => account.of(seedMarks).put({ id: 'seed', name }));
    await account.flush();
  }

  function lookAfter(account: Account): void {
    account.advanceTo(account.now());
  }

  const serve = (route: Route) => async (context: Context) => {
    const request = { id: newId('req'), idempotencyKey: null as string | null };
    try {
      const key = keyFrom(context.req.header('authorization'));
      const version = versionFor(context.req.header('stripe-version'));
      const { account, permissions } = await directory.authenticate(key);
      checkAccountHeader(context, account);
      request.idempotencyKey = checkedKey(context.req.header('idempotency-key'));
      const path = context.req.path;
      const fault = await faultBefore(faults.take(account.id, route.method, path));
      const rawParams = await paramsOf(context, route);
      lookAfter(account);
      requirePermission(
        permissions,
        route.permission,
        route.method === 'GET' ? 'read' : 'write',
        key,
        account.id,
      );
      const answer = await server.answer({
        account,
        route,
        request,
        path,
        pathParams: context.req.param(),
        rawParams,
        version,
        form: decodeForm(rawParams),
        mayRead: (collection) =>
          requirePermission(permissions, permissionOf.get(collection) ?? collection, 'read', key, account.id),
        fault,
      });
      if (fault?.drop) return dropped(context);
      return response(answer, request.id, { version, idempotencyKey: request.idempotencyKey });
    } catch (error) {
      return error instanceof DroppedConnection ? dropped(context) : failure(error, request, log);
    }
  };

  const app = new Hono();
  for (const route of routes) app.on(route.method, route.path, serve(route));
  addAuthenticationPage(app, directory);
  addControlRoutes(app, {
    directory,
    faults,
    reset,
    describe: () => ({ name: 'purser-sandbox', endpoints: routes.length }),
  });
  app.notFound((context) =>
    failure(
      unrecognized(context.req.method, context.req.path),
      { id: newId('req'), idempotencyKey: null },
      log,
    ),
  );
  app.onError((error) => failure(error, { id: newId('req'), idempotencyKey: null }, log));

  const timer = setInterval(() => {
    for (const account of directory.opened()) {
      lookAfter(account);
      pruneEvents(account);
      pruneAnswers(account.of(rememberedAnswers), account.now());
      account
        .flush()
        .catch((cause: unknown) => log(`The state of ${account.id} could not be written`, cause));
    }
  }, tickMs);
  timer.unref();

  let listening: ReturnType<typeof createAdaptorServer> | null = null;
  return {
    fetch: async (input, init) =>
      app.fetch(input instanceof Request && !init ? input : new Request(input, init)),
    listen: ({ port, host = '127.0.0.1' }) =>
      new Promise((resolve, reject) => {
        const made = createAdaptorServer({ fetch: app.fetch });
        made.once('error', reject);
        made.listen(port, host, () => {
          listening = made;
          if (seed === 'demo')
            directory
              .open(demoAccountId, false)
              .catch((cause: unknown) => log('The demo account could not be opened', cause));
          const address = made.address();
          const bound = typeof address === 'object' && address ? address.port : port;
          origin = `http://${host}:${bound}`;
          resolve({ url: origin, port: bound });
        });
      }),
    async close() {
      clearInterval(timer);
      const made = listening;
      listening = null;
      if (made) {
        await new Promise<void>((resolve) => {
          made.close(() => resolve());
          if ('closeAllConnections' in made) made.closeAllConnections();
        });
      }
      await directory.close();
    },
  };
}

/** A fault told the sandbox to close the connection before doing anything. */
class DroppedConnection extends Error {}

/** Waits and fails as a fault says; hands on the one whose failure comes after the effect. */
async function faultBefore(fault: Fault | null): Promise<Fault | null> {
  if (!fault) return null;
  if (fault.latency_ms !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.latency_ms));
  if (fault.after_effect) return fault;
  if (fault.drop) throw new DroppedConnection();
  if (fault.status === undefined && fault.latency_ms !== undefined) return null;
  const headers =
    fault.should_retry === undefined ? {} : { 'stripe-should-retry': String(fault.should_retry) };
  throw Object.assign(faultError(fault), { headers });
}

/** Closes the socket without an answer; in process, where there is none, fetch fails. */
function dropped(context: Context): Response {
  const env: { outgoing?: { destroy(): void } } | undefined = context.env;
  if (!env?.outgoing) throw new TypeError('fetch failed: the sandbox was told to drop the connection');
  env.outgoing.destroy();
  return new Response(null, { status: 500 });
}

async function paramsOf(context: Context, route: Route): Promise<string> {
  const url = context.req.url;
  const question = url.indexOf('?');
  const query = question < 0 ? '' : url.slice(question + 1);
  if (route.method !== 'POST') return query;
  const length = Number(context.req.header('content-length') ?? 0);
  if (length > formLimits.bytes)
    throw invalidRequest(`Request bodies can be at most ${formLimits.bytes} bytes.`);
  const type = context.req.header('content-type') ?? '';
  const body = await context.req.text();
  if (body.length > formLimits.bytes)
    throw invalidRequest(`Request bodies can be at most ${formLimits.bytes} bytes.`);
  if (body !== '' && type !== '' && !/^application\/x-www-form-urlencoded\b/i.test(type)) {
    throw invalidRequest(
      `Invalid request: the content type is ${type.slice(0, 60)}; Stripe's v1 API takes application/x-www-form-urlencoded.`,
    );
  }
  return query === '' ? body : `${query}&${body}`;
}

function checkAccountHeader(context: Context, account: Account): void {
  const wanted = context.req.header('stripe-account');
  if (wanted === undefined || wanted === account.id) return;
  throw new StripeFault(403, {
    type: 'invalid_request_error',
    code: 'account_invalid',
    message: `The provided key does not have access to account '${wanted.slice(0, 60)}' (or that account does not exist). Application access may have been revoked.`,
  });
}

/** Which restricted-key row guards a collection: that of the route that lists it. */
function collectionPermissions(routes: readonly Route[]): Map<string, string> {
  const rows = new Map<string, string>();
  for (const route of routes) {
    const name = /^\/v1\/([a-z_]+)$/.exec(route.path)?.[1];
    if (name) rows.set(name, route.permission);
  }
  return rows;
}

function unrecognized(method: string, path: string): StripeFault {
  if (isKnownEndpoint(method, path)) return notSupported(`${method} ${path}`);
  return new StripeFault(404, {
    type: 'invalid_request_error',
    message: `Unrecognized request URL (${method}: ${path}). If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code. Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
  });
}

function response(
  answer: Answer,
  requestId: string,
  about: { version: string; idempotencyKey: string | null },
): Response {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'request-id': requestId,
    'stripe-version': about.version,
  };
  if (about.idempotencyKey !== null) headers['idempotency-key'] = about.idempotencyKey;
  if (answer.replayedFrom !== undefined) {
    headers['idempotent-replayed'] = 'true';
    headers['original-request'] = answer.replayedFrom;
  }
  return new Response(answer.body, { status: answer.status, headers });
}

function failure(
  error: unknown,
  request: { id: string; idempotencyKey: string | null },
  log: (message: string, cause?: unknown) => void,
): Response {
  const known = error instanceof StripeFault;
  if (!known) log(`Request ${request.id} failed`, error);
  const fault = known
    ? error
    : new StripeFault(500, { type: 'api_error', message: 'An unknown error occurred in the sandbox.' });
  const headers: Record<string, string> = { 'content-type': 'application/json', 'request-id': request.id };
  if (request.idempotencyKey !== null) headers['idempotency-key'] = request.idempotencyKey;
  if ('headers' in fault) Object.assign(headers, fault.headers);
  if (fault.status === 401) headers['www-authenticate'] = 'Bearer realm="Stripe"';
  return new Response(errorText(fault, request.id), { status: fault.status, headers });
}
