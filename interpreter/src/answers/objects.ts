import { type JsonObject, rowsAt, textAt } from '../json.ts';
import {
  cell,
  customerLabel,
  customerNameOf,
  customerOf,
  kindName,
  plainText,
  planOf,
  rhythmOf,
  spokenDate,
  spokenStatus,
} from './describe.ts';
import { cardOf, factList, listAnswer, table } from './lists.ts';
import { decimalOf, readAmount, spokenDecimal } from './money.ts';
import { reportAnswer } from './reports.ts';

/** One object as an answer: what it is in a sentence, then its facts. */
export function objectAnswer(value: JsonObject): string {
  const object = textAt(value, 'object') ?? '';
  if (object === 'list') return listAnswer(value, textAt(value, 'of') ?? '', '');
  if (object === 'balance') return balanceAnswer(value);
  if (object === 'report') return reportAnswer(value);
  if (object === 'error_explanation')
    return [cell(value.meaning), cell(value.next)].filter(Boolean).join(' ');
  const head = headline(value, object);
  const parts = [head, noteOf(value), details(value, object)].filter((part) => part !== '');
  return parts.join('\n\n');
}

/** What a write left: the sentence about it with the id, then what else a person needs, nothing said twice. */
export function writtenAnswer(said: string, value: JsonObject): string {
  const object = textAt(value, 'object') ?? '';
  const id = textAt(value, 'id');
  const who = customerNameOf(value);
  const named =
    id && !said.includes(id)
      ? ` (${kindName(object)} \`${id}\`${who && !said.includes(who) ? `, ${who}` : ''})`
      : '';
  const sentence = named ? said.replace(/([.:]?)$/, `${named}$1`) : said;
  const rest = value.deleted === true ? '' : details(value, object);
  return [sentence, noteOf(value), rest]
    .filter((part, index) => part !== '' && (index === 0 || !said.includes(part)))
    .join('\n\n');
}

function balanceAnswer(value: JsonObject): string {
  const available = cell(value.available) || 'nothing';
  const pending = cell(value.pending) || 'nothing';
  const instant = cell(value.instant_available);
  const lines = [`- Available: **${available}**`, `- Pending: **${pending}**`];
  if (instant) lines.push(`- Of that, payable out instantly: ${instant}`);
  const where = value.livemode === true ? '' : ' (test mode)';
  return [`Your Stripe balance${where}:`, '', ...lines].join('\n');
}

function headline(value: JsonObject, object: string): string {
  const id = textAt(value, 'id');
  const code = id ? ` (\`${id}\`)` : '';
  const who = customerOf(value);
  const status = spokenStatus(textAt(value, 'status') ?? '');
  switch (object) {
    case 'customer':
      return `**${customerLabel(value)}**${code}`;
    case 'product':
      return `**${plainText(textAt(value, 'name') ?? 'Product')}**${code}${value.active === false ? ', archived' : ''}`;
    case 'price':
      return `**${cell(value.amount)}${rhythmOf(value)}**${value.product_name ? ` for ${cell(value.product_name)}` : ''}${code}`;
    case 'subscription':
      return `${who ?? 'The customer'}: **${planOf(value)}**, ${status}${code}${endText(value)}`;
    case 'invoice':
      return `Invoice ${cell(value.number ?? id)}${who ? ` for ${who}` : ''}: **${cell(value.total)}**, ${status}${code}`;
    case 'payment_method':
      return `**${cardOf(value)}**${code}`;
    case 'account':
      return `**${plainText(textAt(value, 'name') ?? 'Stripe account')}**${code}, ${cell(value.mode)} mode`;
    default:
      return value.amount
        ? paymentHeadline(value, object, who, status, code)
        : `**${kindName(object)}**${code}${status ? `: ${status}` : ''}`;
  }
}

function paymentHeadline(
  value: JsonObject,
  object: string,
  who: string | undefined,
  status: string,
  code: string,
): string {
  const name = kindName(object).replace(/^./, (letter) => letter.toUpperCase());
  const created = textAt(value, 'created');
  const refunded = textAt(value, 'refunded');
  const parts = [
    `${name} of **${cell(value.amount)}**${who ? ` ${object === 'charge' ? 'by' : 'for'} ${who}` : ''}`,
  ];
  if (created) parts.push(`on ${spokenDate(created)}`);
  const failure = textAt(value, 'failure');
  return `${parts.join(' ')}: ${status}${refunded ? `, ${cell(refunded)} refunded${leftOf(value)}` : ''}${failure ? ` (${plainText(failure)})` : ''}${code}`;
}

/** What a payment still holds after what was given back of it. */
function leftOf(value: JsonObject): string {
  const [paid, back] = [readAmount(textAt(value, 'amount')), readAmount(textAt(value, 'refunded'))];
  if (!paid || !back || paid.currency !== back.currency) return '';
  const left = { minor: paid.minor - back.minor, currency: paid.currency };
  return `, ${spokenDecimal(decimalOf(left), left.currency)} left`;
}

function endText(value: JsonObject): string {
  const end = textAt(value, 'current_period_end');
  if (value.cancel_at_period_end === true && end) return `. It ends on ${spokenDate(end)}.`;
  return end && /^(?:active|trialing)$/.test(textAt(value, 'status') ?? '')
    ? `, renews on ${spokenDate(end)}`
    : '';
}

function noteOf(value: JsonObject): string {
  return plainText(textAt(value, 'note') ?? '');
}

const shownInHead = [
  'id',
  'name',
  'email',
  'status',
  'amount',
  'total',
  'customer',
  'customer_name',
  'customer_email',
  'number',
  'active',
  'interval',
  'interval_count',
  'product_name',
  'current_period_end',
  'current_period_start',
  'cancel_at_period_end',
  'type',
  'default_price',
  'refunded',
  'currency',
  'mode',
  'failure',
  'amount_remaining',
  'invoice_pdf',
  'last_error',
  'price',
];

function details(value: JsonObject, object: string): string {
  const parts: string[] = [];
  const prices = rowsAt(value, 'prices');
  if (object === 'customer' && textAt(value, 'email') && textAt(value, 'name')) parts.push('');
  const facts = factList(
    value,
    object === 'price' ? shownInHead : shownInHead.filter((name) => name !== 'price' || prices.length > 0),
  );
  if (facts) parts.push(facts);
  if (prices.length > 0)
    parts.push(
      prices
        .map(
          (price) =>
            `- Price: ${cell(price.amount)}${rhythmOf(price)}${price.active === false ? ', archived' : ''}, \`${cell(price.id)}\``,
        )
        .join('\n'),
    );
  for (const [name, of] of [
    ['subscriptions', 'subscription'],
    ['lines', 'line'],
    ['payment_methods', 'payment_method'],
    ['recent_invoices', 'invoice'],
    ['recent_payments', 'charge'],
    ['invoices', 'invoice'],
    ['charges', 'charge'],
  ] as const) {
    const rows = rowsAt(value, name);
    if (rows.length > 0)
      parts.push(`${kindName(name).replace(/^./, (letter) => letter.toUpperCase())}:\n\n${table(of, rows)}`);
  }
  return parts.filter(Boolean).join('\n');
}

/** A saved card in a few words. */
export function cardLabel(row: JsonObject): string {
  return cardOf(row);
}
