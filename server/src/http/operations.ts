import { isCurrency, type Money, MoneyError, parseMoney } from '@purser/money';
import { z } from 'zod';
import type { OperationState } from '../guard/operation.ts';
import { getOperation, listOperations, type OperationFilter } from '../guard/operation-list.ts';
import { badCursor, invalidInput, notFound } from '../problem.ts';
import { type ApiApp, addRoute, idParams, pageQuery } from './route.ts';
import type { Service } from './service.ts';
import { restingTurn } from './turn-result.ts';

const states = [
  ...([
    'planned',
    'waiting',
    'approved',
    'claimed',
    'sent',
    'done',
    'failed',
    'rejected',
    'unknown',
  ] as const),
] satisfies OperationState[];

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const listQuery = z.strictObject({
  state: z.enum(states).optional(),
  effect: z.enum(['write', 'money', 'destructive', 'outbound']).optional(),
  agentId: z.string().max(80).optional(),
  connectionId: z.string().max(80).optional(),
  tool: z.string().max(80).optional(),
  /** Date and time with offset; inclusive. */
  from: moment.optional(),
  /** Exclusive. */
  to: moment.optional(),
  /** Part of what it says, or an object's id. */
  q: z.string().trim().min(1).max(200).optional(),
  /** At least this much, in major units of `currency`. */
  least: z.string().max(24).optional(),
  currency: z.string().toLowerCase().optional(),
  ...pageQuery,
});

export function addOperationRoutes(app: ApiApp, service: Service): void {
  const { db } = service.database;
  const tag = 'Operations';

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/operations',
      summary: 'Every write, newest first',
      tag,
      action: 'read',
      query: listQuery,
    },
    async ({ query: { limit, cursor, ...query } }) => {
      if (cursor && !(await getOperation(db, cursor))) throw badCursor();
      const page = { limit, ...(cursor ? { before: cursor } : {}) };
      const data = await listOperations(db, filterOf(query), page);
      return { data, next_cursor: data.length === limit ? (data.at(-1)?.id ?? null) : null };
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'get',
      path: '/api/operations/:id',
      summary: 'Read an operation',
      tag,
      action: 'read',
      params: idParams,
    },
    async ({ params }) => existing(params.id),
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/operations/:id/undo',
      summary:
        'Set an operation back, as an operation of its own; with ?wait=true answers when that turn rests',
      tag,
      action: 'operate',
      params: idParams,
      query: z.strictObject({ wait: z.stringbool().default(false) }),
      status: 202,
    },
    async ({ params, query, principal: { type, id, name } }) => {
      const run = await service.runs.undo(params.id, { type, id, name });
      return query.wait ? restingTurn(service, run) : run;
    },
  );

  addRoute(
    app,
    service,
    {
      method: 'post',
      path: '/api/operations/:id/check',
      summary: 'Look into an unknown outcome now, by reading',
      tag,
      action: 'operate',
      params: idParams,
    },
    async ({ params }) => {
      await existing(params.id);
      if (await service.reconciler.check(params.id))
        await service.live.publish({ kind: 'changed', what: 'operations' });
      return existing(params.id);
    },
  );

  async function existing(id: string) {
    const operation = await getOperation(db, id);
    if (!operation) throw notFound('operation', id);
    return operation;
  }
}

function filterOf({
  q,
  least,
  currency,
  ...filter
}: Omit<z.infer<typeof listQuery>, 'limit' | 'cursor'>): OperationFilter {
  const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
  return { ...given, ...(q ? { text: q } : {}), ...(least ? { least: leastOf(least, currency) } : {}) };
}

function leastOf(least: string, currency: string | undefined): Money {
  if (currency === undefined || !isCurrency(currency))
    throw invalidInput([{ path: 'query.currency', message: 'Name the currency of least, such as usd.' }]);
  try {
    return parseMoney(least, currency);
  } catch (error) {
    if (!(error instanceof MoneyError)) throw error;
    throw invalidInput([{ path: 'query.least', message: error.message }]);
  }
}
