import { type Money, parseMoney, subtractMoney, sumMoney } from '@purser/money';
import { plainText, spokenStatus } from '../../answers/describe.ts';
import { decimalOf, readAmount, spokenDecimal } from '../../answers/money.ts';
import { objectAnswer } from '../../answers/objects.ts';
import { type Json, type JsonObject, rowsAt, textAt } from '../../json.ts';
import type { Request, Slots } from '../../meaning/request.ts';
import type { ToolSpec } from '../../toolbox.ts';
import { type Act, asked, callTool, declined, done, type World } from '../act.ts';
import { callNamed, failed } from '../references.ts';
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

/** Mail goes through a tool that reaches people; without one this says so and keeps what it would have said. */
export function* mail(request: Request, world: World): Act {
  const tool = world.toolbox.tools.find(
    ({ effect, object, action }) =>
      effect === 'outbound' && (action === 'send' || /mail|message/.test(object)),
  );
  if (!tool)
    return declined(
      'I could not send an e-mail: no mail connection is attached to this agent. Nothing was sent.',
    );
  const customer = request.slots.customers?.[0]?.text ?? world.focus.id('customer');
  if (!customer) return asked('To whom should I write?', { about: 'customer', request });
  const found = yield* callNamed('get_customer', { customer });
  if (found.status !== 'ok') return failed(found, request);
  const address = textAt(found.value, 'email');
  if (!address)
    return declined(
      `${plainText(textAt(found.value, 'name') ?? customer)} has no e-mail address in Stripe, so I sent nothing.`,
    );
  const body = messageBody(found.value, world);
  const input = fillMail(tool, address, textAt(found.value, 'id') ?? customer, body);
  const result = yield* callTool(tool.name, input);
  return result.status === 'ok' ? done(`Sent an e-mail to ${plainText(address)}.`) : failed(result, request);
}

function messageBody(customer: JsonObject, world: World): { subject: string; text: string } {
  const name = textAt(customer, 'name')?.split(' ')[0];
  const payment = world.focus.payment()?.value;
  const amount = readAmount(textAt(payment, 'amount'));
  const sum = amount ? spokenDecimal(decimalOf(amount), amount.currency) : undefined;
  const paid = textAt(payment, 'status') === 'succeeded';
  const sentence = sum
    ? paid
      ? `we received your payment of ${sum}. Thank you.`
      : `your payment of ${sum} did not go through (${spokenStatus(textAt(payment, 'status') ?? 'failed')}). Please check your payment method.`
    : 'there is news about your account with us. Please get in touch if you have any question.';
  return {
    subject: sum
      ? paid
        ? `Your payment of ${sum}`
        : `Your payment of ${sum} needs attention`
      : 'About your account',
    text: `Hello${name ? ` ${name}` : ''},\n\n${sentence}`,
  };
}

function fillMail(
  tool: ToolSpec,
  address: string,
  customer: string,
  body: { subject: string; text: string },
): Record<string, Json | undefined> {
  const input: Record<string, Json | undefined> = {};
  for (const name of tool.properties.keys()) {
    if (/^(?:to|email|recipient|address)$/.test(name)) input[name] = address;
    else if (name === 'customer') input[name] = customer;
    else if (name === 'subject') input[name] = body.subject;
    else if (/^(?:text|body|message|content)$/.test(name)) input[name] = body.text;
  }
  return input;
}

/** Revenue through a report tool; without one, gross, refunds and net from payments and refunds, summed exactly. */
export function* report(request: Request, world: World): Act {
  const wanted = /\bmrr\b|\bchurn\b|\barpu\b|\bltv\b/i.test(request.text) ? 'mrr' : 'revenue';
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
