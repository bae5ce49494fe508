import { isUtf8 } from 'node:buffer';
import type { Account } from './account.ts';
import { versionOf } from './account-version.ts';
import { actedOn } from './connect/connected-account.ts';
import type { Directory } from './directory.ts';
import { type createFaults, DroppedConnection } from './faults.ts';
import { newId } from './ids.ts';
import type { createLimiter } from './limits.ts';
import type { Log } from './options.ts';
import type { Route } from './resource.ts';
import { createRouter, type Match } from './router.ts';
import { type Answer, createServer, errorOf } from './serve.ts';
import { JournalError } from './store/journal.ts';
import { JournalDamage } from './store/journal-file.ts';
import type { Heard, Question } from './webhooks/asking.ts';
import { invalidRequest, notSupported, StripeFault } from './wire/errors.ts';
import type { Exchange, Reply } from './wire/exchange.ts';
import type { Expansions } from './wire/expand.ts';
import { decodeForm, type FormMap, formLimits } from './wire/form.ts';
import { checkedKey } from './wire/idempotency.ts';
import { decodeJson } from './wire/json.ts';
import { keyFrom, maskedKey, requirePermission, requireRightKey } from './wire/keys.ts';
import { isKnownEndpoint } from './wire/known-endpoints.ts';
import { type MultipartForm, multipartOf } from './wire/multipart.ts';
import { isV2, v2ErrorBody } from './wire/v2.ts';
import { anyVersion, checkedVersion } from './wire/version.ts';

interface HandlerOptions {
  readonly directory: Directory;
  readonly faults: ReturnType<typeof createFaults>;
  readonly limits: ReturnType<typeof createLimiter>;
  readonly routes: readonly Route[];
  readonly expansions: Expansions;
  /** Runs what fell due in an account before it is looked at. */
  readonly lookAfter: (account: Account) => void;
  /** Takes test clocks that were set off to where they are going, before anyone reads: a change meets them on the way. */
  readonly finishAdvances: (account: Account) => void;
  /** Puts a route's question to an endpoint outside. */
  readonly ask: (account: Account, question: Question) => Promise<Heard>;
  readonly log: Log;
}

interface RequestAbout {
  readonly id: string;
  idempotencyKey: string | null;
  key: string;
  /** Its path, which says how errors are shaped. */
  readonly path: string;
  /** The API version it is answered in, once that is known. */
  version: string | null;
  /** Says that it is over, to what counts requests under way. */
  leave: () => void;
}

export function newRequest(path: string): RequestAbout {
  return { id: newId('req'), idempotencyKey: null, key: '', path, version: null, leave: () => {} };
}

/** Answers the API. Every request goes through the same, in this order: who, faults, limits, form, permission, the route. */
export function createRequestHandler(options: HandlerOptions): (exchange: Exchange) => Promise<Reply> {
  const { directory, faults, limits, log } = options;
  const server = createServer(options.expansions, options.ask);
  const permissionOf = collectionPermissions(options.routes);
  const find = createRouter(options.routes);

  async function answer(exchange: Exchange, { route, params }: Match, about: RequestAbout): Promise<Reply> {
    const { path } = exchange;
    const key = keyFrom(exchange.header('authorization'));
    requireRightKey(key, path);
    const { account: own, permissions } = await directory.authenticate(key);
    about.key = maskedKey(key);
    const named = exchange.header('stripe-version');
    const version = named === undefined ? versionOf(own) : checkedVersion(named);
    about.version = version;
    about.idempotencyKey = checkedKey(exchange.header('idempotency-key'));
    about.leave = limits.enter({ account: own, method: route.method, route: route.path, path });
    const fault = faults.take(own.id, route.method, path);
    const { rawParams, form, upload } = await paramsOf(exchange, route);
    options.lookAfter(own);
    const acting = {
      account: exchange.header('stripe-account'),
      context: exchange.header('stripe-context'),
    };
    const account = actedOn(own, acting, about.key);
    if (route.method === 'GET') options.finishAdvances(account);
    requirePermission(permissions, route.permission, route.access, key, account.id);
    const mayRead = (collection: string) => {
      // Collections without an endpoint of their own are parts of what was asked for.
      const row = permissionOf.get(collection);
      if (row !== undefined) requirePermission(permissions, row, 'read', key, account.id);
    };
    const incoming = {
      account,
      route,
      request: about,
      path,
      pathParams: params,
      rawParams,
      version,
      wording: named === undefined ? anyVersion : version,
      form,
      upload,
      mayRead,
      fault,
    };
    const done = await server.answer(incoming);
    return fault?.drop ? null : await response(done, about);
  }

  return async (exchange) => {
    const about = newRequest(exchange.path);
    try {
      const match = find(exchange.method, exchange.path);
      if (!match) throw unrecognized(exchange.method, exchange.path);
      return await answer(exchange, match, about);
    } catch (error) {
      return error instanceof DroppedConnection ? null : failure(error, about, log);
    } finally {
      about.leave();
    }
  };
}

/** The parameters, as sent and as read: a form in API v1, JSON in v2. */
async function paramsOf(exchange: Exchange, route: Route): Promise<MultipartForm> {
  if (route.upload) return multipartOf(exchange);
  const { rawParams, form } = await formOf(exchange, route);
  return { rawParams, form, upload: null };
}

async function formOf(exchange: Exchange, route: Route): Promise<{ rawParams: string; form: FormMap }> {
  const { query } = exchange;
  if (route.method === 'GET') return { rawParams: query, form: decodeForm(query) };
  const type = exchange.header('content-type') ?? '';
  const bytes = await exchange.body(formLimits.bytes);
  if (!isUtf8(bytes)) throw invalidRequest('Invalid request: the body is not valid UTF-8.');
  const body = bytes.toString('utf8');
  if (isV2(route.path)) return { rawParams: body, form: jsonOf(body, type) };
  if (body !== '' && type !== '' && !/^application\/x-www-form-urlencoded\b/i.test(type))
    throw invalidRequest(
      'Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, we can help at https://support.stripe.com/.',
    );
  // Curl sends the parameters of a DELETE in its body, the SDKs in the address.
  const rawParams = query === '' || body === '' ? query || body : `${query}&${body}`;
  return { rawParams, form: decodeForm(rawParams) };
}

function jsonOf(body: string, type: string): FormMap {
  if (body !== '' && type !== '' && !/^application\/json\b/i.test(type))
    throw invalidRequest(
      `Invalid request: the content type is ${type.slice(0, 60)}; Stripe's v2 API takes application/json.`,
    );
  return decodeJson(body);
}

/** Which restricted-key row guards a collection: that of the route that lists it. */
function collectionPermissions(routes: readonly Route[]): Map<string, string> {
  const rows = new Map<string, string>();
  for (const route of routes) {
    const name = /^\/v1\/(?:test_helpers\/)?((?:issuing\/)?[a-z_]+)$/.exec(route.path)?.[1];
    if (name) rows.set(name.replace('/', '_'), route.permission);
  }
  return rows;
}

/** What to say to an address that no route has: 501 when Stripe has it, else Stripe's 404. */
export function unrecognized(method: string, path: string): StripeFault {
  if (isKnownEndpoint(method, path)) return notSupported(`${method} ${path}`);
  return new StripeFault(404, {
    type: 'invalid_request_error',
    message: `Unrecognized request URL (${method}: ${path}). If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code. Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
  });
}

async function response(answer: Answer, about: RequestAbout): Promise<Reply> {
  const headers = headersOf(about);
  const { download } = answer;
  if (download)
    return { status: 200, headers: { ...headers, ...download.headers }, body: await download.read() };
  if (answer.replayedFrom !== undefined) {
    headers['idempotent-replayed'] = 'true';
    headers['original-request'] = answer.replayedFrom;
    // It would be the same error every time.
    if (answer.status >= 500) headers['stripe-should-retry'] = 'false';
  }
  return { status: answer.status, headers, body: answer.body };
}

/** What every answer tells of its request. */
function headersOf(about: RequestAbout): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/json', 'request-id': about.id };
  if (about.version !== null) headers['stripe-version'] = about.version;
  if (about.idempotencyKey !== null) headers['idempotency-key'] = about.idempotencyKey;
  return headers;
}

/** The answer for anything thrown: a refusal as it is, all else one dull 500. */
export function failure(error: unknown, request: RequestAbout, log: Log): Reply {
  const known = error instanceof StripeFault;
  if (!known) log(`Request ${request.id} failed`, error);
  const fault = known ? error : unexpected(error);
  const headers = Object.assign(headersOf(request), fault.headers);
  if (fault.status === 401) headers['www-authenticate'] = 'Bearer realm="Stripe"';
  const body = isV2(request.path) ? v2ErrorBody(fault) : fault.body;
  return { status: fault.status, headers, body: JSON.stringify(errorOf(body, request)) };
}

function unexpected(error: unknown): StripeFault {
  return new StripeFault(500, { type: 'api_error', message: messageOf(error) });
}

/** What of an error of our own helps whoever runs the sandbox. */
function messageOf(error: unknown): string {
  if (error instanceof JournalDamage) return error.message;
  if (error instanceof JournalError && error.cause instanceof Error)
    return `The sandbox could not write to its data folder (${error.cause.message}). Nothing is lost: mend that and try again.`;
  return 'An unknown error occurred in the sandbox.';
}
