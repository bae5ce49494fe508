import { subtractMoney } from '@purser/money';
import { plainText } from '../../../answers/describe.ts';
import { rowsAt, textAt } from '../../../json.ts';
import type { Query } from '../../../meaning/query.ts';
import type { Request } from '../../../meaning/request.ts';
import { type Act, declined, done, lookAside, type World } from '../../act.ts';
import { failed } from '../../references.ts';
import { inCurrency, spoken, spokenSums, totalOf } from './reckon.ts';
import { isOutcome, type Rows, rowsOf } from './rows.ts';
import { nameOf, show, zero } from './telling.ts';

/** Two times side by side, and what lies between them. */
export function* compare(query: Query, request: Request, { rows }: Rows, world: World): Act {
  const { against } = query;
  const { period } = request.slots;
  if (!against || !period)
    return declined('Which two times should I compare? Name both: "October and November".');
  const other = yield* rowsOf(query, request, world, against);
  if (isOutcome(other)) return other;
  if (!other.complete)
    return declined(
      'There is more in that time than I add up here, so I give no figure. Name a shorter time.',
    );
  const sides = [
    { words: plainText(period.words), count: rows.length, sums: totalOf(rows, query) },
    { words: plainText(against.words), count: other.rows.length, sums: totalOf(other.rows, query) },
  ];
  const lines = sides.map(
    ({ words, count, sums }) =>
      `- ${words}: ${query.of === 'customer' ? '' : `${spokenSums(sums) || `**${zero(world)}**`} in `}**${count}** ${nameOf(query, count)}`,
  );
  const currencies = [...new Set(sides.flatMap(({ sums }) => sums.map(({ currency }) => currency)))];
  const differences =
    query.of === 'customer'
      ? []
      : currencies.map((currency) => {
          const [a, b] = sides.map(({ sums }) => ({ minor: inCurrency(sums, currency), currency }));
          return a && b ? `- difference: **${spoken(subtractMoney(a, b))}**` : '';
        });
  const more = sides[0] && sides[1] ? `- difference in number: **${sides[0].count - sides[1].count}**` : '';
  return done([...lines, ...differences, more].filter(Boolean).join('\n'));
}

/** Customers who have none of it: everybody, less those who do. */
export function* absent(query: Query, request: Request, world: World): Act {
  const listed = yield* lookAside('list_customers', { limit: 1000, count_all: true }, world);
  if (listed.status !== 'ok') return failed(listed, request);
  const all = rowsAt(listed.value, 'data');
  const states = query.of === 'charge' ? ['succeeded'] : ['running'];
  const having = yield* rowsOf({ ...query, measure: 'list', states }, { ...request, slots: {} }, world);
  if (isOutcome(having)) return having;
  const complete =
    having.complete && (typeof listed.value.seen !== 'number' || listed.value.seen <= all.length);
  if (!complete) return declined('There are too many customers to compare here, so I name none.');
  const owners = new Set(having.rows.map((row) => textAt(row, 'customer')));
  const without = all.filter((row) => !owners.has(textAt(row, 'id')));
  const what = query.of === 'charge' ? 'no successful payment' : 'no running subscription';
  const said = `**${without.length}** of ${all.length} customers have ${what}.`;
  return show(said, { of: 'customer', measure: 'list', limit: 50 }, without, world, true);
}
