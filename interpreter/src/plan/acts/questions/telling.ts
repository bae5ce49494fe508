import { kindName, plainText } from '../../../answers/describe.ts';
import { listAnswer } from '../../../answers/lists.ts';
import { objectAnswer } from '../../../answers/objects.ts';
import type { JsonObject } from '../../../json.ts';
import type { Query } from '../../../meaning/query.ts';
import type { Request } from '../../../meaning/request.ts';
import { done, type Outcome, type World } from '../../act.ts';
import { spoken } from './reckon.ts';

/** Rows that an answer shows beside its figures. */
export const mostShown = 20;

/** What rows are called: "past due or incomplete subscriptions". */
export function nameOf({ of, states = [], brand, currency }: Query, count: number): string {
  const object = of === 'hold' ? 'open authorisation' : of === 'fee' ? 'balance transaction' : of;
  const said = states.filter((state) => state !== 'succeeded').map((state) => state.replaceAll('_', ' '));
  return [said.join(' or '), brand ?? '', currency?.toUpperCase() ?? '', kindName(object, count !== 1)]
    .filter(Boolean)
    .join(' ');
}

/** Whose they are, and when. */
export function around({ slots }: Request, query: Query, period = slots.period): string {
  const [customer] = slots.customers ?? [];
  return [
    customer && query.of !== 'customer' ? `of ${plainText(customer.text)}` : '',
    slots.product && query.of === 'subscription' ? `to ${plainText(slots.product.text)}` : '',
    query.country ? `with cards from ${query.country}` : '',
    period ? plainText(period.words) : '',
  ]
    .filter(Boolean)
    .map((part) => ` ${part}`)
    .join('');
}

/** What is said, then the rows: these are what "the second one" means from now on. */
export function show(
  said: string,
  query: Query,
  rows: readonly JsonObject[],
  world: World,
  withRows: boolean,
  where = '',
): Outcome {
  const of = query.of === 'hold' ? 'payment_intent' : query.of === 'fee' ? 'balance_transaction' : query.of;
  const shown = rows.slice(0, query.limit ?? mostShown);
  world.focus.show(of, shown);
  const [only] = shown;
  const list = { object: 'list', of, data: [...shown], complete: true, seen: rows.length };
  const table =
    shown.length === 1 && only && said === '' && query.measure !== 'list'
      ? objectAnswer({ object: of, ...only })
      : rows.length === 0 && said !== ''
        ? ''
        : listAnswer(
            list,
            nameOf({ ...query, states: said === '' ? query.states : [] }, 2).replaceAll(' ', '_'),
            where,
          );
  return done([said, withRows ? table : ''].filter(Boolean).join('\n\n'));
}

/** Nothing, in the account's own currency. */
export const zero = (world: World): string => spoken({ minor: 0n, currency: world.setting.currency });
