import { plainText } from '../../answers/describe.ts';
import { failureText } from '../../answers/failures.ts';
import { spokenAmount } from '../../answers/money.ts';
import { type JsonObject, rowsAt, textAt } from '../../json.ts';
import type { Request } from '../../meaning/request.ts';
import { type Act, callTool, declined, done, type World } from '../act.ts';
import { failed } from '../references.ts';

/** More people than this are not written to on one sentence. */
const mostMails = 25;

/** Writes to everybody whose payment failed in a time, once each, about what helps in their case. */
export function* remindFailed(request: Request, world: World): Act {
  if (!world.toolbox.named('send_message'))
    return declined('I could not send an e-mail: this agent has no way to send mail. Nothing was sent.');
  if (!world.toolbox.named('failed_payments_report'))
    return declined('I have no report on failed payments here, so I wrote to nobody.');
  const { period } = request.slots;
  const span = period && { ...(period.from && { from: period.from }), ...(period.to && { to: period.to }) };
  const report = yield* callTool('failed_payments_report', { period: span });
  if (report.status !== 'ok') return failed(report, request);
  const rows = rowsAt(rowsAt(report.value, 'tables')[0], 'rows');
  const subscribed = /\b(?:subscri|renew|member)/i.test(request.text);
  const concerned = onePerPerson(rows.filter((row) => !subscribed || textAt(row, 'subscription')));
  const when = plainText(period?.words ?? 'in the last 24 hours');
  if (concerned.length === 0)
    return done(
      `No ${subscribed ? 'subscription ' : ''}payment failed ${when} that is not settled by now, so I wrote to nobody.`,
    );
  if (concerned.length > mostMails)
    return declined(
      `${concerned.length} customers are concerned ${when}, more than the ${mostMails} I write to at once. Nothing was sent; name a shorter time.`,
    );
  const lines: string[] = [];
  let sent = 0;
  for (const row of concerned) {
    const told = yield* remind(row, world);
    if (told.status === 'done') sent += 1;
    lines.push(`| ${nameOf(row)} | ${spokenAmount(textAt(row, 'amount') ?? '')} | ${told.text} |`);
  }
  const head = `**${sent}** of ${concerned.length} ${concerned.length === 1 ? 'customer' : 'customers'} whose payment failed ${when} got a mail.`;
  return done([head, '', '| Customer | Amount | Mail |', '| --- | ---: | --- |', ...lines].join('\n'));
}

/** Somebody with two failed payments gets one mail, about the newest. */
function onePerPerson(rows: readonly JsonObject[]): JsonObject[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const key =
      textAt(row, 'customer_email')?.toLowerCase() ??
      textAt(row, 'customer') ??
      textAt(row, 'payment_intent');
    if (key === undefined || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function* remind(row: JsonObject, world: World): Act {
  const to = textAt(row, 'customer_email');
  if (!to) return declined('no e-mail address in Stripe');
  const { subject, body } = (yield* drafted(row, world)) ?? ownText(row);
  const result = yield* callTool('send_message', { to, subject, body });
  if (result.status !== 'ok') return { status: 'failed', text: failureText(result) };
  return done(`“${plainText(subject)}” to ${plainText(to)}`);
}

/** The text of the tool that knows why a payment failed and where it can be paid. */
function* drafted(row: JsonObject, world: World): Act<{ subject: string; body: string } | undefined> {
  const invoice = textAt(row, 'invoice');
  const tool = world.toolbox.named('draft_dunning_message');
  if (!invoice || !tool?.properties.has('invoice')) return undefined;
  const draft = yield* callTool(tool.name, { invoice });
  if (draft.status !== 'ok') return undefined;
  const subject = textAt(draft.value, 'subject');
  const body = textAt(draft.value, 'text');
  return subject && body ? { subject, body } : undefined;
}

/** What helps, by class of decline. Nobody is told that a card counts as lost or stolen. */
const advice: Readonly<Record<string, string>> = {
  retry_later: 'This is usually temporary: we will try again, and there is nothing you have to do.',
  other_method: 'Please pay with another card, or ask your bank to allow the payment.',
  authenticate:
    'Your bank wants you to confirm the payment; please get in touch so that we can send you the page for it.',
  fix_details: 'Please check the card details we have, they do not seem to be right.',
  never_retry: 'Please give us another card: this one cannot be charged any more.',
};

function ownText(row: JsonObject): { subject: string; body: string } {
  const amount = spokenAmount(textAt(row, 'amount') ?? '');
  const name = textAt(row, 'customer_name')?.split(' ')[0];
  const helps = advice[textAt(row, 'decline_class') ?? ''] ?? 'Please check your payment method.';
  return {
    subject: `Your payment of ${amount} did not go through`,
    body: `Hello${name ? ` ${name}` : ''},\n\nyour payment of ${amount} did not go through. ${helps}\n\nIf something is unclear, just answer this message.`,
  };
}

function nameOf(row: JsonObject): string {
  return plainText(
    textAt(row, 'customer_name') ?? textAt(row, 'customer_email') ?? textAt(row, 'customer') ?? '',
  );
}
