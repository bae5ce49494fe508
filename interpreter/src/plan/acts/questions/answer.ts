import { kindName, plainText } from '../../../answers/describe.ts';
import { listAnswer } from '../../../answers/lists.ts';
import { objectAnswer } from '../../../answers/objects.ts';
import { type JsonObject, textAt } from '../../../json.ts';
import type { Query } from '../../../meaning/query.ts';
import type { Request } from '../../../meaning/request.ts';
import { type Act, callTool, declined, done, type Outcome, type World } from '../../act.ts';
import { askCustomer, failed } from '../../references.ts';
import { absent, compare } from './comparing.ts';
import {
  averageOf,
  comparedIn,
  grouped,
  rankedGroups,
  rankedRows,
  spoken,
  spokenSums,
  totalOf,
} from './reckon.ts';
import { amountOf, groupsOf, isOutcome, type Rows, rowsOf, whose } from './rows.ts';
import { check, next } from './somebody.ts';
import { around, mostShown, nameOf, show, zero } from './telling.ts';

/** Answers a question about the account from what its lists hold, reckoned in code. Nothing here writes. */
export function* answerQuestion(request: Request, query: Query, world: World): Act {
  if (query.of === 'balance') return yield* balance(request);
  if (query.of === 'coupon') return yield* coupons(request, world);
  if (query.measure === 'absent') return yield* absent(query, request, world);
  // "What did he pay?", and nobody was spoken of.
  const single = !query.by && /\b(?:he|she|him|her|his)\b/i.test(request.text);
  if (single && request.slots.pronoun === 'person' && !whose(request, world))
    return askCustomer(request, 'Whom do you mean? Give me the name, e-mail or id.');
  const meant = withStates(query);
  // Of many people "they" are these, and nobody that was spoken of.
  const { pronoun, ...slots } = request.slots;
  const asked = query.by === 'customer' && pronoun === 'person' ? { ...request, slots } : request;
  const found = yield* rowsOf(meant, asked, world);
  if (isOutcome(found)) return found;
  if (!found.complete && query.measure !== 'list' && query.measure !== 'check')
    return declined(
      `There are more than ${found.rows.length} ${nameOf(meant, 2)}, more than I add up here, so I give no figure. Name a shorter time.`,
    );
  switch (query.measure) {
    case 'count':
      return show(
        counted(found.rows.length, meant, request),
        meant,
        found.rows,
        world,
        found.rows.length <= mostShown,
      );
    case 'sum':
      return sum(meant, request, found, world);
    case 'average':
      return done(averageText(found, meant, request));
    case 'rank':
      return rank(meant, request, found, world);
    case 'next':
      return next(found, request, world);
    case 'check':
      return yield* check(meant, request, found, world);
    case 'compare':
      return yield* compare(meant, request, found, world);
    default:
      return show('', meant, ordered(found.rows, meant), world, true, around(request, meant));
  }
}

/** Money that counts is money that came: payments that failed are no payments, unless they are asked for. */
function withStates(query: Query): Query {
  const reckons = ['sum', 'average', 'rank', 'compare', 'check'].includes(query.measure);
  if (query.of === 'charge' && reckons && !query.states) return { ...query, states: ['succeeded'] };
  if (query.of === 'payout' && query.measure === 'sum' && !query.states)
    return { ...query, states: ['paid', 'in_transit', 'pending'] };
  if (query.measure === 'next') return { ...query, states: ['running'] };
  return query;
}

function* balance(request: Request): Act {
  const result = yield* callTool('retrieve_balance', {});
  return result.status === 'ok' ? done(objectAnswer(result.value)) : failed(result, request);
}

function* coupons(request: Request, world: World): Act {
  const both = /\bcoupons?\b|\bdiscounts?\b|\bvouchers?\b/i.test(request.text);
  const names = [...(both ? ['list_coupons'] : []), 'list_promotion_codes'].filter((name) =>
    world.toolbox.named(name),
  );
  const parts: string[] = [];
  for (const name of names) {
    const listed = yield* callTool(name, {});
    if (listed.status !== 'ok') return failed(listed, request);
    parts.push(listAnswer(listed.value, name === 'list_coupons' ? 'coupon' : 'promotion_code', ''));
  }
  return done(parts.join('\n\n'));
}

const ordered = (rows: readonly JsonObject[], { of, least }: Query): readonly JsonObject[] => {
  if (of !== 'payout' && !least) return rows;
  return least ? rows.toReversed() : rows;
};

function sum(query: Query, request: Request, { rows }: Rows, world: World): Outcome {
  const where = around(request, query);
  if (rows.length === 0) return done(`There are no ${nameOf(query, 2)}${where}: **${zero(world)}** in all.`);
  const total = totalOf(rows, query);
  const many = `${rows.length} ${nameOf(query, rows.length)}`;
  if (query.of === 'fee') return done(feeText(rows, query, request));
  const back =
    query.of === 'charge' ? totalOf(rows, { ...query, of: 'charge' }).length > 0 && refundedOf(rows) : '';
  const said = `${spokenSums(total)} in ${many}${where}.${back ? ` ${back}` : ''}`;
  if (!query.by) return show(said, query, rows, world, rows.length <= mostShown);
  return done(`${said}\n\n${groupTable(rankedAll(rows, query, world), query)}`);
}

const rankedAll = (rows: readonly JsonObject[], query: Query, world: World) =>
  rankedGroups(grouped(rows, query, world), query, comparedIn(rows, query, world));

function refundedOf(rows: readonly JsonObject[]): string {
  const refunded = totalOf(
    rows.flatMap((row) => (textAt(row, 'refunded') ? [{ amount: row.refunded ?? null }] : [])),
    { of: 'charge', measure: 'sum' },
  );
  return refunded.length > 0 ? `Of that, ${spokenSums(refunded)} was refunded.` : '';
}

function feeText(rows: readonly JsonObject[], query: Query, request: Request): string {
  const kinds = Map.groupBy(rows, (row) => textAt(row, 'type') ?? 'other');
  const lines = [...kinds].flatMap(([type, own]) => {
    const sums = totalOf(own, query);
    return sums.length > 0 ? [`- ${kindName(type, true)}: ${spokenSums(sums)}`] : [];
  });
  return `Stripe took ${spokenSums(totalOf(rows, query)) || 'nothing'} in fees${around(request, query)}:\n\n${lines.join('\n')}`;
}

function averageText({ rows }: Rows, query: Query, request: Request): string {
  const means = averageOf(rows, query).map(({ mean, count }) => `**${spoken(mean)}** over ${count}`);
  return means.length > 0
    ? `The average of ${nameOf(query, 2)}${around(request, query)} is ${means.join(', ')}.`
    : `There are no ${nameOf(query, 2)}${around(request, query)}.`;
}

function rank(query: Query, request: Request, { rows }: Rows, world: World): Outcome {
  const where = around(request, query);
  if (rows.length === 0) return done(`There are no ${nameOf(query, 2)}${where}.`);
  const currency = comparedIn(rows, query, world);
  const others = new Set(rows.flatMap((row) => amountOf(row, query)?.currency ?? []));
  const note =
    others.size > 1 && !query.often
      ? `\n\nCompared in ${currency?.toUpperCase()}; amounts in other currencies are not converted.`
      : '';
  if (!query.by) {
    const best = rankedRows(rows, query, currency).slice(0, query.limit ?? 1);
    const shown = show('', query, best, world, true, where);
    return { ...shown, text: `${shown.text}${note}` };
  }
  const groups = rankedGroups(grouped(rows, query, world), query, currency).slice(0, query.limit ?? 1);
  const [first] = groups;
  if (!first) return done(`There are no ${nameOf(query, 2)}${where} to compare.`);
  mentionFirst(rows, first.label, query, world);
  const nobodys =
    query.by === 'customer' ? rows.filter((row) => groupsOf(row, 'customer', world).length === 0) : [];
  const aside =
    nobodys.length > 0
      ? `\n\nLeft out, since no customer stands on them: ${spokenSums(totalOf(nobodys, query))} in ${nobodys.length}.`
      : '';
  const end = query.least ? 'least' : 'most';
  const head = `**${plainText(first.label)}** has the ${end} ${query.often ? '' : 'in '}${nameOf(query, 2)}${where}: ${spokenSums(first.sums)} in ${first.count}.`;
  return done(`${head}${groups.length > 1 ? `\n\n${groupTable(groups, query)}` : ''}${aside}${note}`);
}

/** Who came first is who "her" means now. */
function mentionFirst(rows: readonly JsonObject[], label: string, query: Query, world: World): void {
  if (query.by !== 'customer') return;
  const row = rows.find((each) => label.includes(textAt(each, 'customer_email') ?? '\u0000'));
  const id = textAt(row, 'customer');
  if (id) world.focus.mention(id);
}

function groupTable(
  groups: readonly { label: string; count: number; sums: Parameters<typeof spokenSums>[0] }[],
  { by = 'customer' }: Query,
): string {
  const lines = groups.map(
    ({ label, count, sums }, at) =>
      `| ${at + 1} | ${plainText(label)} | ${sums.map(spoken).join(', ')} | ${count} |`,
  );
  const title = `${by.charAt(0).toUpperCase()}${by.slice(1)}`;
  return [`| | ${title} | Amount | Count |`, '| ---: | --- | ---: | ---: |', ...lines].join('\n');
}

function counted(count: number, query: Query, request: Request): string {
  return `There ${count === 1 ? 'is' : 'are'} **${count}** ${nameOf(query, count)}${around(request, query)}.`;
}
