import { extractEntities } from '../entities/extract.ts';
import type { JsonObject } from '../json.ts';
import type { Setting } from '../setting.ts';

/** Something that happens in the account again and again: the type of its event, and which of them are meant. */
export interface Happening {
  readonly event: string;
  readonly filter?: JsonObject;
  /** What it happens to, in a word people use: `payment`. */
  readonly noun: string;
  /** Only once it happened so often in a time; what it counts are failed payments. */
  readonly repeated?: Repeated;
}

/** So many failures in a stretch of time. */
export interface Repeated {
  /** That many are enough. */
  readonly times: number;
  readonly minutes: number;
  /** Only those of one code count together. */
  readonly sameCode: boolean;
}

const money = 'payments?|charges?|sales?|transactions?|purchases?|orders?';
const failing =
  "(?:fail\\w*|declin\\w*|bounc\\w*|reject\\w*|unsuccessful|(?:does not|do not|doesn't|don't|not) go through)";

/** The words of a happening, its event, and its noun; what is more special stands first. */
const kinds: readonly (readonly [said: RegExp, event: string, noun: string])[] = (
  [
    [`\\b(?:early )?fraud warnings?\\b`, 'radar.early_fraud_warning.created', 'warning'],
    [
      `\\b(?:disputes?|chargebacks?)\\b.*\\b(?:won|lost|closed?|decided|resolved)\\b`,
      'charge.dispute.closed',
      'dispute',
    ],
    [`\\b(?:disputes?|disputed|chargebacks?)\\b`, 'charge.dispute.created', 'dispute'],
    [`\\brefund\\w*\\b`, 'refund.created', 'refund'],
    [`\\bpayouts?\\b.*\\b${failing}`, 'payout.failed', 'payout'],
    [`\\b${failing}.*\\bpayouts?\\b`, 'payout.failed', 'payout'],
    [`\\bpayouts?\\b`, 'payout.paid', 'payout'],
    [
      `\\b(?:invoices?|subscriptions?|renewals?)\\b.*\\b${failing}|\\b${failing}.*\\b(?:invoices?|renewals?|subscription payments?)\\b`,
      'invoice.payment_failed',
      'invoice',
    ],
    [`\\binvoices?\\b.*\\boverdue\\b|\\boverdue invoices?\\b`, 'invoice.overdue', 'invoice'],
    [`\\binvoices?\\b.*\\b(?:paid|settled)\\b|\\bpaid invoices?\\b`, 'invoice.paid', 'invoice'],
    [`\\binvoices?\\b`, 'invoice.finalized', 'invoice'],
    [
      `\\btrials?\\b.*\\b(?:end\\w*|expir\\w*|over)\\b`,
      'customer.subscription.trial_will_end',
      'subscription',
    ],
    [
      `\\b(?:subscriptions?|subscribers?|customers?|somebody|someone|people|anyone)\\b.*\\b(?:cancel\\w*|end(?:s|ed)?|unsubscrib\\w*|churn\\w*|leaves?)\\b|\\b(?:cancel\\w*|ended) subscriptions?\\b|\\bcancell?ations?\\b`,
      'customer.subscription.deleted',
      'subscription',
    ],
    [
      `\\b(?:subscriptions?|subscribers?)\\b|\\b(?:customers?|somebody|someone|people|anyone)\\b.*\\bsubscribes?\\b`,
      'customer.subscription.created',
      'subscription',
    ],
    [`\\bcheckouts?\\b`, 'checkout.session.completed', 'checkout'],
    [
      `\\b(?:${money}|cards?)\\b.*\\b${failing}|\\b${failing}.*\\b(?:${money}|cards?)\\b|\\b(?:payment|card) failures?\\b`,
      'charge.failed',
      'payment',
    ],
    [
      `\\b(?:${money})\\b|\\b(?:customers?|somebody|someone|people|anyone)\\b.*\\b(?:pays?|paid|buys?|bought)\\b`,
      'payment_intent.succeeded',
      'payment',
    ],
    [
      `\\bcustomers?\\b|\\bsign-?ups?\\b|\\b(?:somebody|someone)\\b.*\\bsigns? up\\b`,
      'customer.created',
      'customer',
    ],
  ] as const
).map(([said, event, noun]) => [new RegExp(said, 'i'), event, noun]);

/** Codes that stand in `failure_code` themselves; every other is the bank's reason: https://docs.stripe.com/error-codes */
const ownCodes = new Set(
  'card_declined expired_card incorrect_cvc incorrect_number incorrect_zip invalid_cvc invalid_expiry_month invalid_expiry_year invalid_number processing_error authentication_required'.split(
    ' ',
  ),
);
const spokenCode =
  /\b(?:do not honou?r|insufficient funds|expired card|lost card|stolen card|card declined|processing error|incorrect cvc|generic decline|pickup card|authentication required)\b/i;

/** What a condition in words waits for; undefined where it is about somebody or something certain, or no event is it. */
export function readHappening(text: string, setting: Setting): Happening | undefined {
  if (
    /^(?:he|she|it|they|that|this)\b|\b(?:his|her|their|its)\b|\b(?:yesterday|today|last|past due)\b/i.test(
      text,
    )
  )
    return undefined;
  const kind = kinds.find(([said]) => said.test(text));
  if (!kind) return undefined;
  const [, event, noun] = kind;
  const repeated = readRepeated(text);
  const entities = extractEntities(text, setting).filter(({ type }) => type !== 'number');
  const certain = entities.some(
    (entity) =>
      /^(?:id|email|card|phone)$/.test(entity.type) ||
      (entity.type === 'name' && /^\p{Lu}/u.test(entity.text)),
  );
  if (certain || (!repeated && /\btimes\b/i.test(text))) return undefined;
  const sums = entities.filter(({ type }) => type === 'amount');
  const above = aboveIn(text);
  const [sum] = sums;
  if (sums.length > 1 || (sum && !above)) return undefined;
  const code = codeIn(text);
  const filter: JsonObject = {
    ...(sum?.type === 'amount' && {
      above: { amount: sum.amount.decimal, currency: sum.amount.currency ?? setting.currency },
    }),
    ...(code !== undefined && {
      where: [{ field: ownCodes.has(code) ? 'failure_code' : 'outcome.reason', is: code }],
    }),
  };
  if (code !== undefined && event !== 'charge.failed') return undefined;
  if (repeated && event !== 'charge.failed') return undefined;
  return { event, noun, ...(Object.keys(filter).length > 0 && { filter }), ...(repeated && { repeated }) };
}

const aboveIn = (text: string): boolean =>
  /\b(?:over|above|more than|exceed\w*|larger than|bigger than|greater than|higher than|beyond)\b|>/i.test(
    text,
  );

/** A code as Stripe writes it, or as people say it. */
function codeIn(text: string): string | undefined {
  const written = /(?<![\w.])[a-z]+(?:_[a-z]+)+(?![\w.])/.exec(text)?.[0];
  return written ?? spokenCode.exec(text)?.[0].toLowerCase().replace('honour', 'honor').replaceAll(' ', '_');
}

const small = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const minutesOf: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 1440, week: 10_080 };
const often = new RegExp(
  `\\b(more than|over|at least|as many as)? ?(\\d{1,4}|${small.join('|')}) ?(?:times|failures|failed payments|declines)(?: or more)?,? (?:in|within|during|per|over|inside)(?: of)? (?:an?|one|the (?:last|same|space of an?)|(\\d{1,4}|${small.join('|')}))? ?(minute|hour|day|week)s?\\b`,
  'i',
);

/** "More than 3 times in an hour". */
function readRepeated(text: string): Repeated | undefined {
  const found = often.exec(text);
  if (!found) return undefined;
  const number = (word: string | undefined) =>
    word === undefined ? 1 : /\d/.test(word) ? Number(word) : small.indexOf(word.toLowerCase());
  const least = number(found[2]) + (/more than|over/i.test(found[1] ?? '') ? 1 : 0);
  const minutes = number(found[3]) * (minutesOf[found[4]?.toLowerCase() ?? ''] ?? 60);
  return { times: Math.max(least, 1), minutes, sameCode: /\bsame\b/i.test(text) };
}
