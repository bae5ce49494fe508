import { plainText, spokenDate } from '../../../answers/describe.ts';
import { rowsAt, textAt } from '../../../json.ts';
import type { Query } from '../../../meaning/query.ts';
import type { Request } from '../../../meaning/request.ts';
import { type Act, declined, done, type Outcome, type World } from '../../act.ts';
import { spoken } from './reckon.ts';
import { amountOf, isOutcome, type Rows, rowsOf, whose } from './rows.ts';
import { around, nameOf, show } from './telling.ts';

/** What somebody is billed next, and when, by each subscription that goes on. */
export function next({ rows }: Rows, request: Request, world: World): Outcome {
  const going = rows.filter((row) => row.cancel_at_period_end !== true && !textAt(row, 'cancel_at'));
  const who = plainText(whose(request, world) ?? 'the customer');
  if (going.length === 0) {
    const [ending] = rows;
    return done(
      ending
        ? `${who} is billed no more: the subscription ends on ${spokenDate(textAt(ending, 'current_period_end') ?? '')}.`
        : `${who} has no subscription that goes on, so nothing is due next.`,
    );
  }
  const dates = going.map((row) => textAt(row, 'current_period_end') ?? '').sort();
  const query: Query = { of: 'subscription', measure: 'next' };
  const lines = going.map((row) => {
    const amount = amountOf(row, query);
    return `**${amount ? spoken(amount) : 'the metered usage'}** on ${spokenDate(textAt(row, 'current_period_end') ?? '')}`;
  });
  const discount = going.some((row) => rowsAt(row, 'discounts').length > 0)
    ? ' Discounts and taxes are not taken into it.'
    : '';
  const shown = show(`Next, ${who} is billed ${lines.join(', and ')}.${discount}`, query, going, world, true);
  return dates.length > 0 ? shown : declined('I cannot tell when the next bill is due.');
}

/** Yes or no first, then what shows it. */
export function* check(query: Query, request: Request, { rows }: Rows, world: World): Act {
  const where = around(request, query);
  if (query.of === 'invoice' && /\b(?:paid|pay|settled?)\b/i.test(request.text)) {
    const all = yield* rowsOf({ ...query, states: undefined }, request, world);
    if (isOutcome(all)) return all;
    const open = all.rows.filter((row) => /^(?:open|uncollectible)$/.test(textAt(row, 'status') ?? ''));
    if (all.rows.length === 0) return done(`No: there are no invoices${where}.`);
    return show(
      open.length > 0
        ? `No: ${open.length} of ${all.rows.length} invoices${where} ${open.length === 1 ? 'is' : 'are'} not paid.`
        : `Yes: all invoices${where} that were sent are paid.`,
      { of: 'invoice', measure: 'check' },
      open.length > 0 ? open : all.rows,
      world,
      true,
    );
  }
  if (rows.length > 0)
    return show(`Yes: ${rows.length} ${nameOf(query, rows.length)}${where}.`, query, rows, world, true);
  const failing =
    query.of === 'charge' && query.states?.includes('succeeded')
      ? yield* rowsOf({ ...query, states: ['failed'] }, request, world)
      : undefined;
  if (failing && !isOutcome(failing) && failing.rows.length > 0)
    return show(
      `No: there is no successful payment${where}; what was tried failed.`,
      { ...query, states: ['failed'] },
      failing.rows,
      world,
      true,
    );
  return done(`No: there are no ${nameOf(query, 2)}${where}.`);
}
