import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { z } from 'zod';
import type { Principal } from '../access/access.ts';
import type { From } from '../access/asking.ts';
import { networkOf } from '../access/guesses.ts';
import { type Action, can } from '../access/roles.ts';
import type { Actor } from '../audit/audit.ts';
import { storableText } from '../database/json.ts';
import { forbidden, invalidInput, Problem, unauthenticated } from '../problem.ts';
import { cleanNumber, cleanText } from '../secrets/clean.ts';
import { clientAddress } from './client-address.ts';
import { parseJson } from './json-body.ts';
import type { Service } from './service.ts';
import { requireFresh } from './step-up.ts';

/** A request body above this is refused unread. */
export const maxBodyBytes = 1_000_000;

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';
/** The nonce is of this answer's content security policy: only what carries it is a style. */
type Variables = { requestId: string; secureHeadersNonce?: string };
export type ApiApp = OpenAPIHono<{ Variables: Variables }>;
export type ApiContext = Context<{ Variables: Variables }>;

interface Spec<Params, Query, Body> {
  method: Method;
  /** As Hono writes it: `/api/agents/:id`. */
  path: string;
  /** One line for the OpenAPI document. */
  summary: string;
  tag: string;
  /** What the asker must be allowed to do. */
  action: Action;
  /** A person's own account: tokens have none. */
  personal?: true;
  /** Changes keys, policies or people: a person proves again who they are. */
  fresh?: true;
  /** How a person gets the second factor that everyone must have. */
  owing?: true;
  params?: z.ZodType<Params>;
  query?: z.ZodType<Query>;
  body?: z.ZodType<Body>;
  /** Takes files as multipart/form-data instead of the body; the handler reads them with `filesOf`. */
  takesFiles?: true;
  /** Of the good answer. */
  status?: 200 | 201 | 202 | 204;
}

export interface Asked<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  principal: Principal;
  /** Who the audit names. */
  actor: Actor;
  context: ApiContext;
}

/** Lists: how many, and after which. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(200).optional(),
};

/** A name people give to something: trimmed, and with at least one character that can be seen. */
export const nameText = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((text) => /[\p{L}\p{N}\p{P}\p{S}]/u.test(text), 'A name is needed.');

export const idParams = z.strictObject({ id: z.string().max(80) });

export function createApi(): ApiApp {
  return new OpenAPIHono();
}

/** What an app's routes ask of whoever calls them; `open` ones ask nothing. */
export interface RouteRow {
  readonly method: Method;
  readonly path: string;
  readonly action: Action | 'open';
  readonly personal: boolean;
}
const tables = new WeakMap<ApiApp, RouteRow[]>();
export const routeTable = (app: ApiApp): readonly RouteRow[] => tables.get(app) ?? [];

function enter(app: ApiApp, { method, path, action, personal }: RouteRow): void {
  const rows = tables.get(app) ?? [];
  rows.push({ method, path, action, personal });
  tables.set(app, rows);
}

/** For the table of routes: this one asks for nobody. */
export const enterOpen = (app: ApiApp, { method, path }: { method: Method; path: string }): void =>
  enter(app, { method, path, action: 'open', personal: false });

/** Who is at the other end. */
export const fromOf = (service: Service, context: ApiContext): From => ({
  headers: context.req.raw.headers,
  address: clientAddress(context, service.about.isTrustedProxy),
});

/** An answer that also sets cookies. */
export function withCookies(
  context: ApiContext,
  body: unknown,
  cookies: readonly string[],
  status: 200 | 201 = 200,
): Response {
  for (const cookie of cookies) context.header('Set-Cookie', cookie, { append: true });
  return context.json(body, status);
}

/** A way in: nobody is signed in yet. Counted by address, and not part of what programs are offered. */
export function addOpenRoute<Body = unknown>(
  app: ApiApp,
  service: Service,
  spec: { method: Method; path: string; body?: z.ZodType<Body> },
  handler: (asked: { body: Body; from: From; context: ApiContext }) => Promise<unknown>,
): void {
  enter(app, { method: spec.method, path: spec.path, action: 'open', personal: false });
  app[spec.method](spec.path, async (context) => {
    const from = fromOf(service, context);
    service.rates.take('open', networkOf(from.address));
    // Not cleaned: here people type passwords, and nothing of it is stored as text.
    const body = spec.body ? check(spec.body, await readJson(context), '') : (undefined as Body);
    const answer = await handler({ body, from, context });
    return answer instanceof Response ? answer : context.json(answer);
  });
}

/**
 * Adds one route: who asks, may they, is the input valid, then the handler. What the handler returns is sent as JSON;
 * a `Response` as it is; `undefined` as 204.
 */
export function addRoute<Params = unknown, Query = unknown, Body = unknown>(
  app: ApiApp,
  service: Service,
  spec: Spec<Params, Query, Body>,
  handler: (asked: Asked<Params, Query, Body>) => Promise<unknown>,
): void {
  app.openAPIRegistry.registerPath(documentOf(spec));
  const { method, path, action, personal = false } = spec;
  enter(app, { method, path, action, personal });
  app[spec.method](spec.path, async (context) => {
    const principal = await service.access.whoIs(context.req.raw);
    if (!principal) throw unauthenticated();
    admit(principal, spec, service);
    const params = spec.params ? check(spec.params, context.req.param(), 'path') : (undefined as Params);
    const query = spec.query ? check(spec.query, context.req.query(), 'query') : (undefined as Query);
    const body =
      spec.body && !(spec.takesFiles && isForm(context))
        ? (cleaned(check(spec.body, await readJson(context), '')) as Body)
        : (undefined as Body);
    const actor: Actor = { type: principal.type, id: principal.id, name: principal.name };
    const answer = await handler({ params, query, body, principal, actor, context });
    if (answer instanceof Response) return answer;
    if (answer === undefined) return context.body(null, 204);
    return context.json(answer, spec.status === 204 ? 200 : (spec.status ?? 200));
  });
}

export function isForm(context: ApiContext): boolean {
  return /^multipart\/form-data\b/i.test(context.req.header('content-type') ?? '');
}

/** The files of a form, under whatever field they came. @throws Problem 400 for what is no form */
export async function filesOf(context: ApiContext): Promise<File[]> {
  try {
    const form = await context.req.formData();
    return [...form.values()].filter((value) => value instanceof File);
  } catch (cause) {
    throw new Problem({
      ...{ status: 400, code: 'malformed_form', title: 'The body is no form' },
      ...{ detail: 'Send the files as multipart/form-data.', cause },
    });
  }
}

/** Whether they may, whatever they ask. @throws Problem 403 */
export function admit(
  principal: Principal,
  spec: Pick<Spec<unknown, unknown, unknown>, 'action' | 'personal' | 'fresh' | 'owing'>,
  service: Service,
): void {
  const { action, personal, fresh, owing } = spec;
  if (!can(principal.role, action)) throw forbidden(cannot(principal, action));
  if (personal && principal.type !== 'person')
    throw forbidden('This is about a person’s own account: sign in at the console.');
  if (principal.session?.owesSecondFactor && !owing) {
    throw new Problem({
      status: 403,
      code: 'second_factor_required',
      title: 'A second factor is needed',
      detail: 'The owners require one of everyone: add a passkey and sign in with it, or codes of an app.',
    });
  }
  if (fresh) requireFresh(principal, service);
}

function cannot(principal: Principal, action: Action): string {
  return `The role ${principal.role} does not allow this: it needs the right to ${action}. An owner can give another role.`;
}

/** @throws Problem 400 for what is no JSON. An empty body is an empty object. */
async function readJson(context: ApiContext): Promise<unknown> {
  const text = await context.req.text();
  return text.trim() === '' ? {} : parseJson(text);
}

function check<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return storable(parsed.data) as T;
  throw invalidInput(
    parsed.error.issues.flatMap((issue) => {
      const path = [...(where ? [where] : []), ...issue.path.map(String)];
      if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: issue.message }];
      return issue.keys.map((key) => ({
        path: [...path, key].join('.'),
        message: 'There is no such field.',
      }));
    }),
  );
}

/** The same with text that Postgres can keep, all the way down: no id, word or setting may end in its error. */
function storable(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(storable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [storableText(key), storable(item)]));
}

/** Fields whose very purpose is a secret: sealed by the vault, never stored as text. */
const secretFields = new Set([
  'credentials',
  'secrets',
  'password',
  'current',
  'code',
  'response',
  'passkey',
]);
/** Characters that turn the reading direction: a name could show otherwise than it reads. */
const directions = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * A body without the card numbers and keys that people paste into names, notes and reasons: what is said here is
 * stored, shown and written to a record that cannot be redacted later.
 */
function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value.replace(directions, ''));
  if (typeof value === 'number') return cleanNumber(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      cleanText(key),
      secretFields.has(key) ? item : cleaned(item),
    ]),
  );
}

function documentOf(spec: Spec<unknown, unknown, unknown>) {
  const problem = { 'application/problem+json': { schema: problemSchema } };
  return {
    method: spec.method,
    path: spec.path.replace(/:(\w+)/g, '{$1}'),
    summary: spec.summary,
    tags: [spec.tag],
    security: [{ token: [] }, { session: [] }],
    request: {
      ...(spec.params instanceof z.ZodObject ? { params: spec.params } : {}),
      ...(spec.query instanceof z.ZodObject ? { query: spec.query } : {}),
      ...(spec.body
        ? { body: { required: true, content: { 'application/json': { schema: spec.body }, ...files(spec) } } }
        : {}),
    },
    responses: {
      [spec.status ?? 200]: {
        description: 'Done',
        ...(spec.status === 204 ? {} : { content: { 'application/json': {} } }),
      },
      default: { description: 'A problem document (RFC 9457)', content: problem },
    },
  } as Parameters<ApiApp['openAPIRegistry']['registerPath']>[0];
}

function files({ takesFiles }: { takesFiles?: true }) {
  const schema = {
    type: 'object',
    properties: { file: { type: 'array', items: { type: 'string', format: 'binary' } } },
    required: ['file'],
  };
  return takesFiles ? { 'multipart/form-data': { schema } } : {};
}

const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
});
