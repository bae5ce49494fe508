import { plainText, spokenStatus } from '../../answers/describe.ts';
import { decimalOf, readAmount, spokenDecimal } from '../../answers/money.ts';
import { type Json, type JsonObject, textAt } from '../../json.ts';
import type { Request } from '../../meaning/request.ts';
import type { ToolSpec } from '../../toolbox.ts';
import { type Act, asked, callTool, declined, done, type World } from '../act.ts';
import { callNamed, failed } from '../references.ts';

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
  const customer =
    request.slots.customers?.[0]?.text ?? world.focus.customer() ?? (yield* ownerSpokenOf(world));
  if (!customer) return asked('To whom should I write?', { about: 'customer', request });
  const found = yield* callNamed('get_customer', { customer });
  if (found.status !== 'ok') return failed(found, request);
  const address = textAt(found.value, 'email');
  if (!address)
    return declined(
      `${plainText(textAt(found.value, 'name') ?? customer)} has no e-mail address in Stripe, so I sent nothing.`,
    );
  const body = ownMessage(request.text, found.value) ?? messageBody(found.value, world);
  const input = fillMail(tool, address, textAt(found.value, 'id') ?? customer, body);
  const result = yield* callTool(tool.name, input);
  return result.status === 'ok' ? done(`Sent an e-mail to ${plainText(address)}.`) : failed(result, request);
}

/** Whose the payment or invoice is that was spoken of, where nobody was named. */
export function* ownerSpokenOf(world: World): Act<string | undefined> {
  const spoken = world.focus.newest(['refund', 'charge', 'payment_intent', 'invoice', 'subscription']);
  if (!spoken) return undefined;
  const known = textAt(spoken.value, 'customer');
  if (known) return known;
  const [object, id] = textAt(spoken.value, 'charge')
    ? ['charge', textAt(spoken.value, 'charge')]
    : [spoken.object, textAt(spoken.value, 'id')];
  const tool = world.toolbox.named(`get_${object}`);
  if (!tool || !id) return undefined;
  const found = yield* callTool(tool.name, { [object]: id });
  return found.status === 'ok' ? textAt(found.value, 'customer') : undefined;
}

/** What the person wants to be said: in quotes word for word, after "that" turned towards whoever reads it. */
function ownMessage(said: string, customer: JsonObject): { subject: string; text: string } | undefined {
  const quoted = /"([^"]+)"|(?<![\p{L}\d])'([^']+)'(?![\p{L}\d])/u.exec(said);
  const told = /\b(?:that|saying|say|to say|: ?)\s*(?!it\b|him\b|her\b)(\S.{3,})$/i.exec(said);
  const text = quoted?.[1] ?? quoted?.[2] ?? (told?.[1] && toYou(told[1]));
  if (!text) return undefined;
  const name = textAt(customer, 'name')?.split(' ')[0];
  const sentence = `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
  const subject = sentence.length <= 70 ? sentence.replace(/[.]$/, '') : 'A message for you';
  return { subject, text: `Hello${name ? ` ${name}` : ''},\n\n${sentence}` };
}

/** "Her workshop is confirmed" → "your workshop is confirmed". */
function toYou(text: string): string {
  return text
    .replace(/\b(?:she|he) (?:is|was)\b|\bthey (?:are|were)\b/gi, 'you are')
    .replace(/\b(?:she|he) has\b|\bthey have\b/gi, 'you have')
    .replace(/\b(?:she|he|they|him|them)\b/gi, 'you')
    .replace(/\b(?:her|his|their)\b/gi, 'your');
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
