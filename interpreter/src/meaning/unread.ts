import type { Entity } from '../entities/entity.ts';
import { isWrite } from './doubts.ts';
import type { Request } from './request.ts';
import type { Token } from './tokens.ts';

/** Words that change a sum they stand before or after; none of them is computed with. */
const loosens =
  /^(?:about|around|approximately|approx|roughly|circa|ca|almost|nearly|least|most|between|above|below|under|than|max|maximum|min|minimum|double|triple|twice|half|third|quarter|or|plus|minus|times|x|up|usual|additional|extra|another)$/;
const goesOn =
  /^(?:hundred|thousand|million|billion|dozen|ish|plus|minus|or|times|tax|vat|gst|tip|fees?|interest|each|apiece|piece|per|extra|more|less|max|maximum|minimum|ea|k)$/;
const singlePayment = new Set(['payment_intent', 'invoice', 'invoice_item', 'coupon', 'payment_link']);

/** What stands in a clause that writes and is held by none of its requests, in the person's own words. */
export function unreadIn(tokens: readonly Token[], requests: readonly Request[]): string | undefined {
  const [request] = requests;
  // What a tool without an act takes is known once its inputs are filled.
  if (!request || !isWrite(request) || request.said) return undefined;
  const sums = tokens.filter(({ entity }) => entity?.type === 'amount').length;
  const itemised = request.slots.lines?.length ?? 0;
  const mostSums =
    itemised > 0
      ? itemised
      : request.intent === 'reprice' || request.intent === 'update'
        ? 2
        : requests.length;
  const apart = requests.some(({ slots }) => slots.ofAmount) ? 1 : 0;
  if (sums > mostSums + apart) return tokens.findLast(({ entity }) => entity?.type === 'amount')?.text;
  if (request.slots.share && request.intent !== 'refund') return request.slots.share.words;
  for (const [at, token] of tokens.entries()) {
    const { entity } = token;
    if (isDescribed(token, requests) || countsMonths(tokens, at, request)) continue;
    if (countsRequests(tokens, at, requests)) continue;
    if (!entity) {
      if (/\d/.test(token.word)) return token.text;
      continue;
    }
    // "From monthly to yearly", "from 3 to 2": what was is no part of the order.
    const was =
      request.intent === 'switch' &&
      tokens[at - 1]?.word === 'from' &&
      /^(?:number|interval)$/.test(entity.type);
    if (was) continue;
    if (!requests.some((one) => holds(one, entity)))
      return /card$/.test(entity.type) ? 'the card number' : token.text;
    if (entity.type === 'number' && isDated(tokens, at)) return token.text;
    const loose = entity.type === 'amount' ? looseness(tokens, at, requests) : undefined;
    if (loose) return loose;
  }
  return undefined;
}

/** A word that makes a sum uncertain: "about $50", "$10 or so", "$5-10". */
function looseness(tokens: readonly Token[], at: number, requests: readonly Request[]): string | undefined {
  const [before, token, after, second] = [tokens[at - 1], tokens[at], tokens[at + 1], tokens[at + 2]];
  if (!token) return undefined;
  const glued =
    after && after.start === token.end && after.kind !== 'mark' && after.entity?.type !== 'interval';
  if (glued) return `${token.text}${after.text}`;
  const counted = tokens.some(({ entity }) => entity?.type === 'number');
  if (counted && before?.word === 'at' && requests.every(({ slots }) => slots.quantity === undefined))
    return `at ${token.text}`;
  const phrase = (other: Token) => `${other.text} ${token.text}`;
  const [first] = requests;
  // "Another $20 for hosting": one line more.
  if (before?.word === 'another' && first?.object === 'invoice_item') return undefined;
  if (before && loosens.test(before.word || before.text.toLowerCase())) return phrase(before);
  const half = before?.word === 'of' || before?.word === 'to' ? tokens[at - 2] : undefined;
  const raised = half?.word === 'up' && first?.intent === 'reprice';
  if (half && !raised && (loosens.test(half.word) || half.entity?.type === 'percent')) return phrase(half);
  const several = (first?.slots.customers?.length ?? 0) > 1 || (first?.slots.ids?.length ?? 0) > 1;
  if (!after || (after.word === 'each' && several)) return undefined;
  if (after.word === 'to') {
    const changes = first?.intent === 'update' || first?.intent === 'reprice';
    return second?.entity?.type === 'amount' && !changes ? `${token.text} to ${second.text}` : undefined;
  }
  if (goesOn.test(firstWord(after))) return `${token.text} ${after.text}`;
  return after.word === 'and' &&
    /^(?:a|change|some)$/.test(second?.word ?? '') &&
    /^(?:half|quarter|bit|some|change)$/.test(tokens[at + 3]?.word ?? second?.word ?? '')
    ? `${token.text} and ${second?.text}`
    : undefined;
}

/** "From 2 November": a day, and no sum. */
function isDated(tokens: readonly Token[], at: number): boolean {
  return (
    tokens[at + 1]?.entity?.type === 'period' ||
    /^(?:from|on|since|after|before|in)$/.test(tokens[at - 1]?.word ?? '') ||
    /^(?:january|february|march|april|may|june|july|august|september|october|november|december|days?|weeks?|months?|years?|hours?)$/.test(
      tokens[at + 1]?.word ?? '',
    )
  );
}

/** A word nobody knows may have been taken for a name. */
function firstWord(token: Token): string {
  if (token.entity && token.entity.type !== 'name') return '';
  return token.word || (token.text.split(' ')[0]?.toLowerCase() ?? '');
}

/** "Create two customers: …": as many as there are. */
function countsRequests(tokens: readonly Token[], at: number, requests: readonly Request[]): boolean {
  const { entity } = tokens[at] ?? {};
  return (
    entity?.type === 'number' &&
    requests.length > 1 &&
    Number(entity.digits) === requests.length &&
    /s$/.test(tokens[at + 1]?.word ?? '')
  );
}

/** "25% off for 3 months": how long a coupon holds. */
function countsMonths(tokens: readonly Token[], at: number, { object }: Request): boolean {
  return (
    object === 'coupon' &&
    tokens[at]?.entity?.type === 'number' &&
    /^(?:months?|uses?|times|redemptions?|customers|people|orders)$/.test(tokens[at + 1]?.word ?? '')
  );
}

function isDescribed(token: Token, requests: readonly Request[]): boolean {
  const { entity } = token;
  if (entity?.type === 'interval')
    return requests.some(({ slots }) =>
      new RegExp(`${token.text} \\p{L}`, 'u').test(slots.description ?? ''),
    );
  if (entity && /^(?:amount|percent|days|period)$/.test(entity.type)) return false;
  return requests.some(({ slots }) =>
    [
      slots.description,
      slots.newName,
      slots.product?.text,
      ...(slots.lines ?? []).map(({ description }) => description),
    ].some((text) => text?.includes(token.text)),
  );
}

function holds(request: Request, entity: Entity): boolean {
  const { slots, intent, object } = request;
  switch (entity.type) {
    case 'amount':
      return (
        slots.ofAmount === entity.amount ||
        slots.lines?.some(({ amount }) => amount === entity.amount) ||
        ([slots.amount, slots.otherAmount].includes(entity.amount) && takesSum(request))
      );
    case 'percent':
      return (
        slots.percent === entity.percent &&
        !slots.amount &&
        (intent === 'refund' || object === 'coupon' || intent === 'tool')
      );
    case 'number':
      return holdsNumber(request, entity.digits);
    case 'interval':
      return (
        (slots.interval === entity.interval || object === 'coupon') &&
        !['charge', 'refund', 'pay', 'capture', 'confirm', 'retry', 'send'].includes(intent) &&
        !(intent === 'create' && singlePayment.has(object) && object !== 'coupon')
      );
    case 'period':
      return (
        intent === 'tool' ||
        intent === 'remind' ||
        /^(?:today|now)$/i.test(entity.period.words) ||
        (intent === 'refund' && slots.ordinal === undefined && !slots.ids)
      );
    case 'pair':
    case 'address':
      return object === 'customer' && /^(?:create|update)$/.test(intent);
    case 'days':
      return entity.purpose === 'trial'
        ? object === 'subscription'
        : /^(?:invoice|subscription)$/.test(object);
    case 'card_ending':
      return /^(?:charge|default|retry|tool)$/.test(intent);
    case 'tax_id':
      return intent === 'tool';
    case 'quoted':
    case 'email':
    case 'name':
      return holdsText(request, entity);
    default:
      return true;
  }
}

function takesSum({ intent, object }: Request): boolean {
  return (
    ['charge', 'refund', 'capture', 'reprice', 'tool', 'send'].includes(intent) ||
    (intent === 'create' && !['customer', 'subscription', 'payment_link'].includes(object))
  );
}

function holdsNumber(request: Request, digits: string): boolean {
  const { slots, intent, object } = request;
  const value = Number(digits);
  if (Math.abs(slots.quantityBy ?? 0) === value && value > 0) return intent === 'switch';
  if (slots.quantity === value)
    return (
      intent === 'switch' ||
      /^(?:subscription|payment_link|coupon)$/.test(object) ||
      (object === 'invoice' && !slots.amount)
    );
  if (slots.limit === value) return intent === 'refund' || intent === 'create';
  if (slots.number !== digits || slots.amount) return false;
  return takesSum(request) || intent === 'switch' || intent === 'update';
}

function holdsText(
  { slots, intent, object }: Request,
  entity: Extract<Entity, { type: 'quoted' | 'email' | 'name' }>,
): boolean {
  const text = entity.type === 'email' ? entity.email : entity.text;
  if (intent === 'mail' && entity.type === 'quoted') return true;
  // Without a sum, an invoice is for what is sold: the act finds it, or asks.
  if (intent === 'create' && object === 'invoice' && !slots.amount && !slots.number) return true;
  // A lower-case word that was taken for a name and has no place is most likely no name.
  if (entity.type === 'name' && !entity.announced && text === text.toLowerCase() && !/\d/.test(text))
    return true;
  const known = [
    slots.newName,
    slots.coupon,
    slots.newEmail,
    slots.about,
    slots.description,
    slots.product?.text,
    slots.formerProduct?.text,
    ...(slots.otherProducts ?? []).map((ref) => ref.text),
    ...(slots.customers ?? []).map((ref) => ref.text),
  ];
  if (known.some((value) => value?.toLowerCase().includes(text.toLowerCase()))) return true;
  // "Bob Loblaw (bob@example.com)": the address stands for the name as well.
  return entity.type === 'name' && [...(slots.customers ?? [])].some(({ by }) => by !== 'name');
}
