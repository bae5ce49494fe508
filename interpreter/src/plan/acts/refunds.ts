import { scale } from '@purser/money';
import { plainText } from '../../answers/describe.ts';
import { candidateOf, choiceText } from '../../answers/failures.ts';
import { decimalOf, readAmount, spokenAmount, spokenDecimal } from '../../answers/money.ts';
import { type Json, type JsonObject, rowsAt, textAt } from '../../json.ts';
import type { Request } from '../../meaning/request.ts';
import { type Act, asked, callTool, declined, done, type Outcome, type World } from '../act.ts';
import { askCustomer, callNamed, customerRef, failed, idRef } from '../references.ts';
import { ceilingFor, exceeds } from '../rules.ts';
import { isOver } from './payments.ts';
import { amountOf, write } from './write.ts';

/** What is to be refunded: an object by id, or a customer's newest payment. */
interface Target {
  readonly input: { charge?: string; payment_intent?: string; customer?: string };
  /** What is known of the payment without asking. */
  readonly view?: JsonObject;
}

/** "Refund Bob's last payment", "$10 of ch_…", "half of it", "everything Anna paid in March". */
export function* refund(request: Request, world: World): Act {
  const { slots } = request;
  const customer = customerRef(request, world);
  const several =
    /\b(?:payments|charges|everything)\b/i.test(request.text) &&
    (/\bboth\b/i.test(request.text) ||
      slots.period !== undefined ||
      slots.limit !== undefined ||
      slots.pronoun !== undefined);
  const everything = slots.marks?.has('all') || several;
  if (everything && !slots.ids) {
    const listed = request.slots.pronoun && !request.slots.customers ? world.focus.list : undefined;
    if (listed && ['charge', 'payment_intent'].includes(listed.of) && listed.rows.length <= 20)
      return yield* refundRows(request, listed.rows, world);
    return customer
      ? yield* refundAll(request, customer, world)
      : declined('I refund for one customer at a time. Tell me whose payments, and from when.');
  }
  const target = yield* findTarget(request, customer, world);
  if ('status' in target) return target;
  const wanted = yield* sumToRefund(request, target, world);
  if ('status' in wanted) return wanted;
  const input = { ...target.input, ...wanted.sum, reason: slots.reason };
  return yield* write(
    'create_refund',
    input,
    (value) => `Refunded **${spokenAmount(textAt(value, 'amount') ?? '')}**.`,
    request,
    world,
  );
}

function* findTarget(request: Request, customer: string | undefined, world: World): Act<Target | Outcome> {
  const named = request.slots.ids?.find(({ object }) => object === 'charge' || object === 'payment_intent');
  if (named) return { input: { [named.object]: named.id } };
  if (customer && (request.slots.customers || request.slots.pronoun === 'person')) {
    if (request.slots.about) return yield* onlyPayment(request, customer, request.slots.about);
    if (request.slots.ordinal === 'last' && !request.slots.ofAmount) return { input: { customer } };
    const spoken = world.focus.payment();
    const same = textAt(spoken?.value, 'customer') === customer && request.slots.pronoun !== undefined;
    const spokenId = textAt(spoken?.value, 'id');
    if (same && spoken && spokenId) return { input: { [spoken.object]: spokenId }, view: spoken.value };
    return yield* onlyPayment(request, customer);
  }
  const spoken = idRef(request, ['charge', 'payment_intent'], world);
  if (spoken) return { input: { [spoken.object]: spoken.id }, view: world.focus.get(spoken.object) };
  return askCustomer(
    request,
    'Which payment should I refund? Give me its id (ch_… or pi_…) or the customer.',
  );
}

/** A customer's payment when they have only one that can be refunded; several are put to the person. */
function* onlyPayment(request: Request, customer: string, about?: string): Act<Target | Outcome> {
  const listed = yield* callNamed('list_charges', {
    ...{ customer, status: 'succeeded', limit: 10 },
    created: createdIn(request),
  });
  if (listed.status !== 'ok') return failed(listed, request);
  const open = rowsAt(listed.value, 'data').filter(
    (row) =>
      textAt(row, 'refunded') !== textAt(row, 'amount') &&
      isOver(textAt(row, 'amount'), request.slots.ofAmount) &&
      (about === undefined || joinedUp(textAt(row, 'description') ?? '').includes(joinedUp(about))),
  );
  const spoken = describedIn(open, request);
  const [only] = spoken ? [spoken] : open;
  const id = textAt(only, 'id');
  if (spoken && id) return { input: { charge: id }, view: spoken };
  if (open.length === 1 && only && id) return { input: { charge: id }, view: only };
  if (request.slots.ordinal === 'last' && request.slots.ofAmount && only && id)
    return { input: { charge: id }, view: only };
  if (open.length === 0)
    return declined(
      `${plainText(customer)} has no ${request.slots.ofAmount ? 'such ' : ''}payment that could be refunded.`,
    );
  const candidates = open.map(candidateOf);
  return asked(choiceText(`Which payment of ${plainText(customer)} should I refund?`, candidates), {
    about: 'object',
    object: 'charge',
    candidates,
    request,
  });
}

/** "Carla's workshop", "on the consulting": the one payment whose description was named. */
function describedIn(rows: readonly JsonObject[], { text, slots }: Request): JsonObject | undefined {
  const names = (slots.customers ?? []).map((ref) => ref.text).join(' ');
  const said = joinedUp(text.replace(names, ' '));
  const fitting = rows.filter((row) => {
    const words = joinedUp(textAt(row, 'description') ?? '');
    return words.length > 3 && !/^(?:payment|charge|subscription)/.test(words) && said.includes(words);
  });
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** How much: as said, the part that was said computed exactly, or in full. Checked against the instructions' ceiling. */
function* sumToRefund(
  request: Request,
  target: Target,
  world: World,
): Act<{ sum: Record<string, Json> } | Outcome> {
  const { slots } = request;
  const ceiling = ceilingFor('refund', world.setting);
  const said = slots.amount ? amountOf(request, world) : undefined;
  if (slots.amount && !said)
    return asked('How much exactly should I refund?', {
      about: 'amount',
      request: { ...request, slots: { ...slots, amount: undefined } },
    });
  if (slots.percent !== undefined && Number(slots.percent) > 100)
    return declined('More than the whole payment cannot be refunded.');
  const part = said === undefined && (slots.share !== undefined || slots.percent !== undefined);
  if (!said && !part && slots.number === undefined && !slots.full && partOfIt.test(request.text))
    return asked('How much of it should I refund? An amount or a share, like $10 or half.', {
      about: 'amount',
      request,
    });
  const currency = slots.amount?.currency;
  const named = { ...(said && { amount: said.amount }), ...(currency && { currency }) };
  if (said && !ceiling) return { sum: named };
  if (!part && !ceiling) return { sum: bareAmount(request) ?? { full: true } };
  const whole = said ?? (yield* wholeAmount(target));
  if (!whole) return declined('I could not find out how much that payment was, so I refunded nothing.');
  const sum = part ? shareOf(whole, request) : whole;
  if (ceiling && exceeds(sum, ceiling)) {
    return declined(
      `I refunded nothing: ${spokenDecimal(sum.amount, sum.currency)} is more than allowed. The instructions say "${plainText(ceiling.words)}".`,
    );
  }
  return { sum: said ? named : part ? { amount: sum.amount } : { full: true } };
}

/** When the payments meant were made, where that was said. */
function createdIn({ slots: { period } }: Request): JsonObject | undefined {
  return period && { ...(period.from && { from: period.from }), ...(period.to && { to: period.to }) };
}

/** "Refund part of it" never means all of it. */
const partOfIt = /\bpart(?:s|ly|ial|ially)?\b|\bsome\b|\ba (?:bit|little|piece|portion|fraction)\b/i;

/** "Refund 10 of it": a bare number beside nothing else is an amount. */
function bareAmount(request: Request): { amount: string } | undefined {
  const { number } = request.slots;
  return number !== undefined && /^\d{1,9}(?:\.\d{1,3})?$/.test(number) ? { amount: number } : undefined;
}

function* wholeAmount(target: Target): Act<{ amount: string; currency: string } | undefined> {
  const known = readAmount(textAt(target.view, 'amount'));
  if (known) return { amount: decimalOf(known), currency: known.currency };
  const { charge, payment_intent: intent, customer } = target.input;
  const result = charge
    ? yield* callTool('get_charge', { charge })
    : intent
      ? yield* callTool('get_payment_intent', { payment_intent: intent })
      : yield* callNamed('list_charges', { customer, status: 'succeeded', limit: 1 });
  if (result.status !== 'ok') return undefined;
  const row = result.value.object === 'list' ? rowsAt(result.value, 'data')[0] : result.value;
  const amount = readAmount(textAt(row, 'amount'));
  return amount && { amount: decimalOf(amount), currency: amount.currency };
}

function shareOf(
  whole: { amount: string; currency: string },
  request: Request,
): { amount: string; currency: string } {
  const amount = readAmount(`${whole.amount} ${whole.currency}`);
  if (!amount) return whole;
  const { share, percent } = request.slots;
  const part = share
    ? scale(amount, share.numerator, share.denominator)
    : scale(amount, ...percentOf(percent ?? '100'));
  return { amount: decimalOf(part), currency: whole.currency };
}

function percentOf(percent: string): [bigint, bigint] {
  const [whole = '0', fraction = ''] = percent.split('.');
  return [BigInt(whole + fraction), 100n * 10n ** BigInt(fraction.length)];
}

/** Every payment of a customer in a period, each with its own refund; what was excepted stays. */
function* refundAll(request: Request, customer: string, world: World): Act {
  const listed = yield* callNamed('list_charges', {
    customer,
    status: 'succeeded',
    created: createdIn(request),
    limit: 100,
    count_all: true,
  });
  if (listed.status !== 'ok') return failed(listed, request);
  if (listed.value.complete === false)
    return declined(
      'There are more payments than I could read, so I refunded nothing. Name a shorter period.',
    );
  const rows = rowsAt(listed.value, 'data');
  if (typeof listed.value.seen === 'number' && listed.value.seen > rows.length) {
    return declined(
      'There are more payments than I could read, so I refunded nothing. Name a shorter period.',
    );
  }
  if (rows.length === 0) return declined(`I found no payment of ${plainText(customer)} to refund there.`);
  const newest = request.slots.limit === undefined ? rows : rows.slice(0, request.slots.limit);
  return yield* refundRows(request, newest, world);
}

/** Each payment with its own refund, but for those already refunded and those excepted. */
function* refundRows(request: Request, rows: readonly JsonObject[], world: World): Act {
  const except = exceptionOf(request.text);
  const excepted = rows.filter((row) => isExcepted(row, except));
  if (except && excepted.length === 0) {
    const shown = rows.map((row) => `- ${candidateOf(row).label}`).join('\n');
    return declined(
      `I could not tell which payment "${plainText(except)}" is, so I refunded nothing. These are the payments; tell me which to refund:\n\n${shown}`,
    );
  }
  const open = rows.filter(
    (row) =>
      !excepted.includes(row) &&
      textAt(row, 'refunded') !== textAt(row, 'amount') &&
      textAt(row, 'status') !== 'failed',
  );
  if (open.length === 0) return declined('There is no payment left to refund there.');
  const lines: string[] = [];
  let status: Outcome['status'] = 'done';
  for (const row of open) {
    const outcome = yield* refundRow(request, row, world);
    if (outcome.status === 'failed') status = 'failed';
    lines.push(
      `- ${spokenAmount(textAt(row, 'amount') ?? '')}, \`${textAt(row, 'id') ?? ''}\`: ${outcome.text}`,
    );
  }
  return { ...done(['Refunds:', '', ...lines].join('\n')), status };
}

function* refundRow(request: Request, row: JsonObject, world: World): Act {
  const sum = readAmount(textAt(row, 'amount'));
  const ceiling = ceilingFor('refund', world.setting);
  if (ceiling && sum && exceeds({ amount: decimalOf(sum), currency: sum.currency }, ceiling)) {
    return declined(`not refunded, the instructions say "${plainText(ceiling.words)}"`);
  }
  const result = yield* callTool('create_refund', { charge: textAt(row, 'id') ?? '', full: true });
  if (result.status !== 'ok') return failed(result, request);
  return done(`refunded ${spokenAmount(textAt(result.value, 'amount') ?? '')}`);
}

/** What a person takes out of it: "… except the set-up fee". */
function exceptionOf(text: string): string | undefined {
  const found =
    /\b(?:except|but not|excluding|apart from|other than|besides)\b,? (?:for )?(?:the )?(.+)$/i.exec(text);
  return found?.[1]?.toLowerCase();
}

function isExcepted(row: JsonObject, except: string | undefined): boolean {
  const description = joinedUp(textAt(row, 'description') ?? '');
  if (!except || description === '') return false;
  const words = except.split(/[^\p{L}\p{N}-]+/u).map(joinedUp);
  return words.some(
    (word) => word.length > 3 && description.includes(word) && !/^(?:payment|charge|that)$/.test(word),
  );
}

/** "Set-up fee", "setup fee" and "set up fee" are the same thing. */
function joinedUp(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
