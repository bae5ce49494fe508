import type { Amount, Entity } from '../entities/entity.ts';
import type { SpeltText } from '../normalise/spelling.ts';
import type { Clause } from './clauses.ts';
import { descriptionOf } from './description.ts';
import { marksOf, readSmallWords } from './marks.ts';
import type { Intent, Slots } from './request.ts';
import { assignNames } from './roles.ts';
import { phraseOf, type Token } from './tokens.ts';

/**
 * Reads every fact a clause states, given what it asks for: the same name is a customer here and a product there.
 * @param takesProduct the tool that is meant takes a product beside a customer.
 */
export function readSlots(
  clause: Clause,
  intent: Intent,
  object: string,
  source: SpeltText,
  takesProduct = false,
): Slots {
  const slots: Slots = {};
  const phrase = phraseOf(clause.tokens);
  const marks = marksOf(phrase);
  if (marks.size > 0) slots.marks = marks;
  readSmallWords(phrase, slots);
  for (const [at, token] of clause.tokens.entries()) {
    if (token.entity) readValue(token.entity, at, clause.tokens, slots);
  }
  readAmounts(clause.tokens, slots);
  // "An invoice over $300" is one of exactly that sum; "up to" and "at least" leave it open.
  if (['create', 'charge', 'send'].includes(intent) && !slots.amount && /\bover #/.test(phrase))
    slots.amount = slots.atLeast;
  if (object === 'payment_link' && intent === 'create' && /^\d{1,3}$/.test(slots.number ?? '')) {
    slots.quantity ??= Number(slots.number);
    slots.number = undefined;
  }
  slots.description = descriptionOf(clause.tokens, intent, object, source);
  assignNames(clause.tokens, intent, object, slots, takesProduct);
  // "Cancel it today": a day as any other elsewhere, for an end it says when.
  if (intent === 'cancel' && /^(?:today|now)$/i.test(slots.period?.words ?? '')) slots.timing ??= 'now';
  if (intent === 'refund') slots.about ??= paidFor(clause.tokens);
  if (slots.about === undefined) delete slots.about;
  if (slots.description === undefined) delete slots.description;
  return slots;
}

function readValue(entity: Entity, at: number, tokens: readonly Token[], slots: Slots): void {
  switch (entity.type) {
    case 'id':
      slots.ids = [...(slots.ids ?? []), { object: entity.object, id: entity.id }];
      break;
    case 'card':
      slots.card = entity.card;
      break;
    case 'hidden_card':
      slots.hiddenCard = true;
      break;
    case 'card_ending':
      slots.cardEnding = entity.digits;
      break;
    case 'pair':
      slots.metadata = { ...slots.metadata, [entity.key]: entity.value };
      break;
    case 'phone':
      slots.phone = entity.phone;
      break;
    case 'address':
      slots.address = entity.address;
      break;
    case 'percent':
      slots.percent = entity.percent;
      break;
    case 'interval':
      slots.interval = entity.interval;
      slots.intervalCount = entity.count;
      break;
    case 'one_time':
      slots.oneTime = true;
      break;
    case 'period':
      slots.period = entity.period;
      break;
    case 'days':
      if (entity.purpose === 'trial') slots.trialDays = entity.days;
      else slots.dueDays = entity.days;
      break;
    case 'number':
      readNumber(entity.digits, entity.times, at, tokens, slots);
      break;
    default:
  }
}

function readNumber(
  digits: string,
  times: boolean,
  at: number,
  tokens: readonly Token[],
  slots: Slots,
): void {
  let after = at + 1;
  while (/^(?:more|extra|additional|further|new|fewer|less)$/.test(tokens[after]?.word ?? '')) after += 1;
  const next = tokens[after]?.base ?? '';
  const previous = tokens[at - 1]?.word ?? '';
  const whole = /^\d{1,6}$/.test(digits) ? Number(digits) : undefined;
  if (
    whole !== undefined &&
    (times ||
      /^(?:seat|licence|license|unit|copy|copie|user|quantity|item|piece|people|person|employee|colleague|member|head|place)s?$/.test(
        next,
      ) ||
      /^(?:seat|licence|license)s?$/.test(tokens[after + 1]?.base ?? '') ||
      previous === 'quantity')
  ) {
    slots.quantity = whole;
    const by = differs(tokens, at);
    if (by !== 0) {
      slots.quantityBy = by * whole;
      slots.quantity = undefined;
    }
  } else if (
    whole !== undefined &&
    tokens[at + 1]?.entity?.type === 'name' &&
    /^(?:to|for|of|with|on|,)$/.test(previous)
  ) {
    // "Subscribe Paul to 5 Team Seats".
    slots.quantity = whole;
  } else if (
    whole !== undefined &&
    /^(?:last|latest|first|top|recent|newest|next|past|limit)$/.test(previous)
  )
    slots.limit = whole;
  else if (whole !== undefined && tokens[at - 1]?.base === 'list') slots.limit = whole;
  else slots.number = digits;
}

const plainPayment =
  /^(?:last|latest|newest|recent|first|second|third|whole|full|entire|failed|disputed|duplicate|other|same|single|only|old|oldest|next|previous|card|one|both|two|all|paid|partial|initial|original|final|of|the|a|his|her|their|that|this|most|today|yesterday|monthly|yearly|back)$/;

/** "His consulting payment": what a payment was for, where a plain word says it. */
function paidFor(tokens: readonly Token[]): string | undefined {
  const at = tokens.findIndex(({ base }) => /^(?:payment|charge|purchase|transaction)$/.test(base));
  const [owner, said] = [tokens[at - 2], tokens[at - 1]];
  const owned = owner?.entity?.type === 'name' || /^(?:his|her|their|the)$/.test(owner?.word ?? '');
  return at > 1 && owned && said?.kind === 'word' && !plainPayment.test(said.word) ? said.text : undefined;
}

/** "Add two seats", "3 more seats": a difference (1 up, -1 down), and no total. */
function differs(tokens: readonly Token[], at: number): 1 | -1 | 0 {
  const words = tokens.map(({ word }) => word);
  if (/\b(?:in total|altogether|overall)\b/.test(words.join(' '))) return 0;
  const near = words.slice(Math.max(0, at - 3), at + 3);
  if (words.includes('to') && words.indexOf('to') === at - 1) return 0;
  if (
    near.some((word) => /^(?:fewer|less|off)$/.test(word)) ||
    near.some((word) => /^(?:remove|drop|cut|delete|minus)$/.test(word))
  )
    return -1;
  return near.some((word) => /^(?:add|more|another|extra|additional|plus)$/.test(word)) ? 1 : 0;
}

/** The sum meant, and the one it is compared with: "$12 instead of $9.99", "from $9.99 to $12", "over $100". */
function readAmounts(tokens: readonly Token[], slots: Slots): void {
  for (const [at, token] of tokens.entries()) {
    if (token.entity?.type !== 'amount') continue;
    const amount = token.entity.amount;
    const before = phraseOf(tokens.slice(Math.max(0, at - 4), at));
    const between = tokens.findIndex(({ word }) => word === 'between');
    if (tellsApart(tokens, at)) slots.ofAmount = amount;
    else if (between === at - 1 && otherAmounts(tokens, at)) slots.atLeast = amount;
    else if (between >= 0 && at - between === 3) slots.atMost = amount;
    else if (/(?:over|above|more than|at least|greater than|exceeding|bigger than|larger than)$/.test(before))
      slots.atLeast = amount;
    else if (
      /(?:under|below|less than|at most|(?<!(?:go|goes|going|rise|rises|raise|increase|bump) )up to|smaller than)$/.test(
        before,
      )
    )
      slots.atMost = amount;
    else if (
      /(?:instead of|rather than|not|from|was|out of|replacing|replace)(?: the| just)?$/.test(before) &&
      otherAmounts(tokens, at)
    )
      slots.otherAmount = amount;
    else if (slots.amount === undefined || /(?:to|at|now)$/.test(before)) setAmount(slots, amount);
    else slots.otherAmount = amount;
  }
}

/** "The $42 payment", "Bob's $300 invoice": the sum says which one is meant, and is none to be moved. */
function tellsApart(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1];
  const owned =
    /^(?:the|his|her|their|that|this|my|our|last|latest|open|pending|unpaid|draft|failed)$/.test(
      before?.word ?? '',
    ) ||
    (before?.entity?.type === 'name' && before.entity.possessive) ||
    (before?.entity?.type === 'email' && /'s$/.test(before.text));
  return (
    owned &&
    /^(?:payment|charge|transaction|purchase|invoice|hold|authorization|authorisation|one|bill|order|draft)$/.test(
      tokens[at + 1]?.base ?? '',
    )
  );
}

function setAmount(slots: Slots, amount: Amount): void {
  if (slots.amount) slots.otherAmount = slots.amount;
  slots.amount = amount;
}

function otherAmounts(tokens: readonly Token[], at: number): boolean {
  return tokens.some((token, index) => index !== at && token.entity?.type === 'amount');
}
