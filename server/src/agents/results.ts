/**
 * Large results. The transcript keeps a view whole; a model is given as many of its rows as fit, and a handle with
 * which it reads on, picks rows or has them added up. Nothing is stored twice: the handle names the step.
 */
import { formatMoney, isCurrency, type Money, MoneyError, parseMoney, sumMoney } from '@purser/money';
import { z } from 'zod';
import { type Json, readTool, type Tool, ToolError } from '../tools/tool.ts';
import type { Entry } from './journal.ts';

/** Characters of a view that a model is given; about 3,000 tokens. */
const mostCharacters = 12_000;
/** Below this many rows nothing is gained by leaving some out. */
const fewestRows = 3;

const handleOf = (entry: Pick<Entry, 'runId' | 'step'>): string => `${entry.runId}.${entry.step}`;

type Rows = { readonly [key: string]: Json } & { readonly data: Json[] };

function isList(view: Json): view is Rows {
  return typeof view === 'object' && view !== null && !Array.isArray(view) && Array.isArray(view.data);
}

/** A view as a model gets it: whole, or its first rows with what it takes to read on. */
export function folded(view: Json, entry: Pick<Entry, 'runId' | 'step'>, limit = mostCharacters): Json {
  if (JSON.stringify(view).length <= limit || !isList(view) || view.data.length <= fewestRows) return view;
  const { data, ...rest } = view;
  let room = limit - JSON.stringify(rest).length;
  let shown = 0;
  for (const row of data) {
    room -= JSON.stringify(row).length + 1;
    if (room < 0 && shown >= fewestRows) break;
    shown += 1;
  }
  return {
    ...rest,
    data: data.slice(0, shown),
    rows_here: `the first ${shown} of ${data.length}; read_result gives the others`,
    result: handleOf(entry),
  };
}

const condition = z.strictObject({
  field: z.string().min(1).max(80),
  is: z.string().max(200).optional().describe('Equal, without case.'),
  contains: z.string().max(200).optional(),
});

/** Reads rows of earlier results of the thread: on from where the model's view ended, picked, or added up. */
export function createResultReader(entries: readonly Entry[]): Tool {
  return readTool({
    name: 'read_result',
    title: 'Read earlier result',
    description:
      'Reads rows of an earlier result that was too long to show, by its "result" handle: further rows (offset), only those that meet conditions (where), or exact totals of a money field (sum_of). It asks nobody anew.',
    input: z.strictObject({
      result: z.string().max(120).describe('The handle, as the earlier result gave it.'),
      offset: z.number().int().min(0).optional().describe('Rows to skip. Default 0.'),
      limit: z.number().int().min(1).max(200).optional().describe('Rows to show. Default 50.'),
      where: z.array(condition).max(5).optional().describe('All must hold.'),
      sum_of: z.string().max(80).optional().describe('A money field, such as "amount".'),
    }),
    permissions: [],
    words: { action: 'get', object: 'result' },
    async read({ result, offset = 0, limit = 50, where = [], sum_of: field }) {
      const view = viewOf(entries, result);
      const rows = view.data.filter((row) => where.every((each) => holds(row, each)));
      const data = rows.slice(offset, offset + limit);
      const shown = { object: 'list', of: view.of ?? 'rows', data, rows: rows.length, offset };
      return {
        view: field ? { ...shown, totals: sumOf(completeRows(view, rows), field) } : shown,
        record: null,
        summary: `Read ${data.length} of ${rows.length} rows`,
        objects: [],
        requestIds: [],
      };
    },
  });
}

function viewOf(entries: readonly Entry[], handle: string): Rows {
  const entry = entries.find((each) => each.kind === 'tool' && handleOf(each) === handle);
  const result = entry?.kind === 'tool' ? entry.content.result : undefined;
  if (result?.status === 'completed' && isList(result.view)) return result.view;
  throw new ToolError('no_such_result', `There is no earlier result "${handle}" with rows in this thread.`, {
    next: 'Use the handle exactly as the result gave it, or look the objects up again.',
  });
}

function holds(row: Json, { field, is, contains }: z.infer<typeof condition>): boolean {
  const value = fieldOf(row, field);
  if (value === undefined) return false;
  const text = (typeof value === 'string' ? value : JSON.stringify(value)).toLowerCase();
  return (
    (is === undefined || text === is.toLowerCase()) &&
    (contains === undefined || text.includes(contains.toLowerCase()))
  );
}

/** `amount`, or `customer.email` for a nested one. */
function fieldOf(row: Json, path: string): Json | undefined {
  return path.split('.').reduce<Json | undefined>((value, key) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return Object.hasOwn(value, key) ? value[key] : undefined;
  }, row);
}

/** @throws ToolError: no total is made from a part. */
function completeRows(view: Rows, rows: readonly Json[]): readonly Json[] {
  if (view.complete !== false) return rows;
  throw new ToolError('incomplete', 'That result is not complete, so nothing in it can be added up.', {
    next: 'Look it up again with count_all, or for a shorter period.',
  });
}

function sumOf(rows: readonly Json[], field: string): string[] {
  const amounts = rows.map((row) => {
    const value = fieldOf(row, field);
    const amount = typeof value === 'string' ? moneyFrom(value) : undefined;
    if (amount) return amount;
    throw new ToolError('no_money_there', `Not every row has money in "${field}".`, {
      next: 'Name a field that holds amounts such as "29.99 USD", or pick the rows with where.',
    });
  });
  return sumMoney(amounts).map((total) => formatMoney(total));
}

/** `29.99 USD`, as views write money. */
function moneyFrom(text: string): Money | undefined {
  const [, decimal, currency] = /^(-?[\d.]+) ([A-Z]{3})$/.exec(text) ?? [];
  if (decimal === undefined || currency === undefined || !isCurrency(currency.toLowerCase()))
    return undefined;
  try {
    return parseMoney(decimal, currency.toLowerCase());
  } catch (error) {
    if (error instanceof MoneyError) return undefined;
    throw error;
  }
}
