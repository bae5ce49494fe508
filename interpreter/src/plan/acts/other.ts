import { type Money, parseMoney, subtractMoney, sumMoney } from '@purser/money';
import { plainText } from '../../answers/describe.ts';
import { decimalOf, readAmount, spokenDecimal } from '../../answers/money.ts';
import { objectAnswer } from '../../answers/objects.ts';
import { type JsonObject, rowsAt, textAt } from '../../json.ts';
import type { Request, Slots } from '../../meaning/request.ts';
import { type Act, callTool, declined, done, type World } from '../act.ts';
import { failed } from '../references.ts';
import { callReport } from './use-tool.ts';

function periodInput(slots: Slots): JsonObject | undefined {
  if (!slots.period) return undefined;
  const { from, to } = slots.period;
  return { ...(from && { from }), ...(to && { to }) };
}

/** A code as Stripe writes it, or as people say it. */
function codeIn(text: string): string | undefined {
  return (
    /\b[a-z]+(?:_[a-z]+)+\b/.exec(text)?.[0] ??
    /\b(?:do not honor|insufficient funds|expired card|lost card|stolen card|card declined)\b/i
      .exec(text)?.[0]
      ?.toLowerCase()
      .replaceAll(' ', '_')
  );
}

/** "What does insufficient_funds mean?" */
export function* explain(request: Request, world: World): Act {
  if (!world.toolbox.named('explain_error'))
    return declined('I have no tool here that explains error codes.');
  const code = codeIn(request.text);
  const spoken = world.focus.failedCharge
    ? (textAt(world.focus.failedCharge.error.details, 'decline_code') ?? world.focus.failedCharge.error.code)
    : undefined;
  const wanted = code ?? spoken;
  if (wanted === undefined)
    return declined(
      'Which error or decline code should I explain? Write it as Stripe does, such as `insufficient_funds`.',
    );
  const result = yield* callTool('explain_error', { code: wanted });
  return result.status === 'ok' ? done(objectAnswer(result.value)) : failed(result, request);
}

/** Revenue through a report tool; without one, gross, refunds and net from payments and refunds, summed exactly. */
export function* report(request: Request, world: World): Act {
  const wanted = /\bmrr\b|\bchurn\b|\barp[ua]\b|\barr\b|\bltv\b|\brecurring\b/i.test(request.text)
    ? 'mrr'
    : 'revenue';
  const tool = world.toolbox.tools.find(
    ({ name, effect }) => effect === 'read' && name.includes(wanted) && name.includes('report'),
  );
  if (tool) return yield* callReport(tool, periodInput(request.slots), request);
  if (wanted === 'mrr')
    return declined(
      'I have no report on recurring revenue here yet. "List the active subscriptions" shows what it would be made of.',
    );
  const created = periodInput(request.slots) ?? 'this month';
  const charges = yield* callTool('list_charges', {
    created,
    status: 'succeeded',
    limit: 1000,
    count_all: true,
  });
  if (charges.status !== 'ok') return failed(charges, request);
  const rows = rowsAt(charges.value, 'data');
  if (
    charges.value.complete !== true ||
    (typeof charges.value.seen === 'number' && charges.value.seen > rows.length)
  ) {
    return declined(
      'There are more payments than I can add up here, so I give no total. Name a shorter period.',
    );
  }
  const gross = sumOf(rows, 'amount');
  const refunded = sumOf(rows, 'refunded');
  const period = plainText(request.slots.period?.words ?? 'this month');
  const lines = gross.map((sum) => {
    const back = refunded.find(({ currency }) => currency === sum.currency) ?? {
      minor: 0n,
      currency: sum.currency,
    };
    const show = (amount: Money) => spokenDecimal(decimalOf(amount), amount.currency);
    return `- ${sum.currency.toUpperCase()}: gross **${show(sum)}**, refunds **${show(back)}**, net **${show(subtractMoney(sum, back))}**`;
  });
  if (lines.length === 0) return done(`No successful payments ${period}.`);
  const product = /\bproduct/i.test(request.text)
    ? '\n\nI cannot break it down by product here yet: there is no tool for that report.'
    : '';
  return done(
    `Revenue from ${rows.length} successful payments ${period}, before Stripe's fees:\n\n${lines.join('\n')}${product}`,
  );
}

function sumOf(rows: readonly JsonObject[], field: string): Money[] {
  const amounts: Money[] = [];
  for (const row of rows) {
    const amount = readAmount(textAt(row, field));
    if (amount) amounts.push(parseMoney(decimalOf(amount), amount.currency));
  }
  return sumMoney(amounts);
}
