import type { Route } from '../resource.ts';

/** A request by its parameters, whose names may repeat. */
export interface Asked {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly params: readonly Pair[];
}
export type Pair = readonly [name: string, value: string];

/** Something a request can name: its `object` and its `id`. */
export interface Thing {
  readonly object: string;
  readonly id: string;
}

/** Answers a whole number from 0 up to and including `max`. */
export type Draw = (max: number) => number;

const oddValues: readonly string[] = [
  ...['', '0', '1', '-1', '1.5', '49', '99999999', '1e3', ' 1', '1 ', '0x10', 'Infinity'],
  ...['999999999999999', '-999999999999999', '9007199254740993', '9'.repeat(400)],
  ...['1790000000', '4102444800', '-62135596800', '253402300800'],
  ...['true', 'false', 'null', 'now', 'inf', 'month', 'day', '*', '{}', '[]'],
  ...['usd', 'jpy', 'bhd', 'xxx', 'USD', 'DE'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty'],
  ...['\0', '%', '../..', "' OR 1=1 --", '<script>', '\u{1f600}'.repeat(600), 'x'.repeat(6000)],
  ...['https://example.test/x', 'javascript:alert(1)', 'ann@example.test'],
  ...['pm_card_visa', 'pm_card_chargeDeclined', 'tok_visa', 'cus_none', 'pi_none_secret_none'],
];
const numbers = [
  '0',
  '1',
  '2',
  '7',
  '50',
  '100',
  '999',
  '99999999',
  '-1',
  '-100',
  '1795000000',
  '1800000000',
];
const suffixes: readonly string[] = [
  ...['[]', '[0]', '[1]', '[9999999]', '[-1]', '[a]', '[][a]', '[0][0]', '[usd]', '[type]'],
  ...['[__proto__]', '[constructor][prototype]', '[a][b][c][d][e][f][g][h][i][j][k][l][m]'],
];
const expansions: readonly string[] = [
  ...['customer', 'data.customer', 'latest_invoice.payments.data.payment', 'total_count', 'discounts'],
  ...['metadata.order', 'a.b.c.d.e', 'constructor', '__proto__.constructor', 'data.metadata.object', ''],
];

/**
 * Makes requests out of good ones: some as they were, most with something wrong or unusual. `things` may grow between
 * requests. The same draws make the same requests.
 */
export function createHostility(
  routes: readonly Route[],
  corpus: readonly Asked[],
  things: readonly Thing[],
): (draw: Draw) => Asked {
  const values = valuesByField(corpus);
  return (draw) => {
    const pick = <T>(from: readonly T[]): T | undefined => from[draw(Math.max(from.length - 1, 0))];
    const id = (kind = '') => pick(things.filter(({ object }) => object.endsWith(kind)))?.id ?? 'none';
    const anyValue = () => (draw(1) === 0 ? (pick(oddValues) ?? '') : id());

    /** A value of the same sort: another customer for a customer, a number for a number. */
    function similar(old: string): string {
      const prefix = /^[a-z]+_/.exec(old)?.[0];
      if (prefix) return pick(things.filter((thing) => thing.id.startsWith(prefix)))?.id ?? old;
      return pick(/^-?\d+$/.test(old) ? numbers : oddValues) ?? old;
    }

    /** Parameters a route has, as some good request gave them. */
    function fitting(route: Route): Pair[] {
      return Object.keys(route.fields).flatMap((field) => {
        const known = values.get(field);
        return known && draw(2) === 0 ? (pick(known) ?? []) : [];
      });
    }

    function forRoute(): Asked {
      const route = pick(routes);
      if (!route) throw new Error('There are no routes');
      const steps = route.path.split('/');
      const path = steps.map((step, at) => {
        if (!step.startsWith(':')) return step;
        const kind = steps[at - 1]?.replace(/s$/, '') ?? '';
        return encodeURIComponent((draw(9) === 0 ? anyValue() : id(kind)).toWellFormed());
      });
      return { method: route.method, path: path.join('/'), params: fitting(route) };
    }

    function altered(asked: Asked): Asked {
      const params = [...asked.params];
      const at = draw(Math.max(params.length - 1, 0));
      const [name = 'metadata[a]', old = ''] = params[at] ?? [];
      const change = draw(9);
      if (change < 4) params[at] = [name, similar(old)];
      else if (change === 4) params[at] = [name, anyValue()];
      else if (change === 5) params.splice(at, 1);
      else if (change === 6) params.push([name, anyValue()]);
      else if (change === 7) params[at] = [`${name}${pick(suffixes)}`, old];
      else if (change === 8) params.push([`expand[${draw(20)}]`, pick(expansions) ?? '']);
      else params.push(...(pick(corpus)?.params ?? []).slice(0, 2));
      return { ...asked, params };
    }

    let asked = draw(1) === 0 ? pick(corpus) : forRoute();
    for (let left = draw(2); asked && left > 0; left--) asked = altered(asked);
    if (!asked) throw new Error('There are no requests to alter');
    return asked;
  };
}

/** What good requests gave for each parameter, with what is nested in it. */
function valuesByField(corpus: readonly Asked[]): Map<string, Pair[][]> {
  const values = new Map<string, Pair[][]>();
  for (const { params } of corpus)
    for (const [field, pairs] of Map.groupBy(params, ([name]) => name.split('[')[0] ?? ''))
      values.set(field, [...(values.get(field) ?? []), pairs]);
  return values;
}

/** The pairs of a form that says what a JSON value says: `a[b][0]`. */
export function pairsOf(value: unknown, name = ''): Pair[] {
  if (typeof value !== 'object' || value === null) return [[name, String(value ?? '')]];
  return Object.entries(value).flatMap(([key, item]) => pairsOf(item, name === '' ? key : `${name}[${key}]`));
}
