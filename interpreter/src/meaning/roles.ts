import type { Entity } from '../entities/entity.ts';
import type { Intent, Ref, Slots } from './request.ts';
import type { Token } from './tokens.ts';

const productWords =
  /^(?:product|plan|package|tier|price|item|membership|subscription|sub|bundle|licence|license)$/;
const customerWords = /^(?:customer|client|user|buyer|subscriber)$/;
const productLikeName =
  /\b(?:plan|subscription|package|membership|tier|bundle|setup|licen[cs]e|pack|course)$/i;
/** Where a name without any other sign is a product. */
const productOnly = new Set(['product', 'price', 'payment_link', 'plan', 'coupon']);

interface Named {
  readonly at: number;
  readonly entity: Extract<Entity, { type: 'name' | 'quoted' | 'email' }>;
  readonly text: string;
}

/** Says of each name, quotation and e-mail what it stands for. */
export function assignNames(
  tokens: readonly Token[],
  intent: Intent,
  object: string,
  slots: Slots,
  takesProduct = false,
): void {
  const described = slots.description?.toLowerCase();
  const named = namedValues(tokens).filter(({ text }) => !described?.includes(text.toLowerCase()));
  for (const one of named) assignOne(one, tokens, { intent, object, takesProduct }, slots);
  for (const { object: kind, id } of slots.ids ?? []) {
    if (kind === 'customer') addCustomer(slots, { by: 'id', text: id });
    if (kind === 'product') slots.product = { by: 'id', text: id };
  }
}

function namedValues(tokens: readonly Token[]): Named[] {
  const found: Named[] = [];
  let inBrackets = false;
  for (const [at, { entity, text }] of tokens.entries()) {
    if (text === '(' || text === ')') inBrackets = text === '(';
    // An aside in brackets may give an address, but names nobody.
    if (inBrackets && entity?.type !== 'email') continue;
    if (entity?.type === 'name' || entity?.type === 'quoted') found.push({ at, entity, text: entity.text });
    else if (entity?.type === 'email') found.push({ at, entity, text: entity.email });
  }
  return found;
}

/** What a clause asks for, as far as it decides whose or what a name is. */
interface Asked {
  readonly intent: Intent;
  readonly object: string;
  /** The tool that is meant takes a product beside a customer. */
  readonly takesProduct: boolean;
}

function assignOne(one: Named, tokens: readonly Token[], asked: Asked, slots: Slots): void {
  const { intent, object } = asked;
  if (one.entity.type === 'email') {
    assignEmail(one, tokens, intent, object, slots);
    return;
  }
  const creates =
    intent === 'create' && (object === 'customer' || object === 'product' || object === 'coupon');
  if (isCouponOf(one, tokens, asked)) {
    slots.coupon = one.text;
    return;
  }
  const plain = one.entity.type === 'name' && !one.entity.announced && one.text === one.text.toLowerCase();
  if (object === 'coupon' && plain) return;
  if (creates && (slots.newName === undefined || (one.entity.type === 'name' && one.entity.announced))) {
    slots.newName = one.text;
    return;
  }
  if (intent === 'create' && object === 'price' && one.entity.type === 'name' && one.entity.announced) {
    slots.newName = one.text;
    return;
  }
  if (
    intent === 'update' &&
    isNewValue(one, tokens) &&
    (slots.customers || slots.product || slots.pronoun || slots.ids || object === 'price')
  ) {
    slots.newName = one.text;
    return;
  }
  // "Call the Coffee Mug "Tea Mug"": two names side by side, the second is the new one.
  const renames = tokens.some(({ word }) => /^(?:call|rename|name)$/.test(word));
  if (intent === 'update' && renames && tokens[one.at - 1]?.entity && (slots.customers || slots.product)) {
    slots.newName = one.text;
    return;
  }
  if (isQualifier(one, tokens, slots)) {
    slots.about = one.text;
    return;
  }
  const ref: Ref = { by: 'name', text: one.text };
  if (isProduct(one, tokens, asked, slots)) addProduct(slots, ref, intent, tokens, one.at);
  else if (isAnother(one, tokens, slots)) addCustomer(slots, ref);
}

/** "… with SPRING10", "… with the coupon Spring sale": a discount that a subscription begins with. */
function isCouponOf({ at, text }: Named, tokens: readonly Token[], { intent, object }: Asked): boolean {
  if (intent !== 'create' || object !== 'subscription') return false;
  if (/^(?=.*\d)[A-Z][A-Z\d_-]{3,}$/.test(text)) return true;
  const label = /^(?:coupon|discount|voucher|promo)$/;
  return label.test(wordBefore(tokens, at)) || label.test(tokens[at + 1]?.base ?? '');
}

/** "Her workshop payment", "Carla's consulting charge": a plain word right before a payment says what it was for. */
function isQualifier(one: Named, tokens: readonly Token[], slots: Slots): boolean {
  const next = tokens[one.at + 1];
  const plain = one.entity.type === 'name' && !one.entity.possessive && one.text === one.text.toLowerCase();
  const owned = slots.pronoun !== undefined || slots.customers !== undefined || slots.ids !== undefined;
  return plain && owned && /^(?:payment|charge|transaction|purchase)$/.test(next?.base ?? '');
}

/** A second name means a second customer only where it is joined to the first; else it is some other word. */
function isAnother(one: Named, tokens: readonly Token[], slots: Slots): boolean {
  const [first] = slots.customers ?? [];
  if (!first) return true;
  if (/^(?:and|,|&|or)$/.test(tokens[one.at - 1]?.word ?? '') && tokens[one.at - 2]?.entity) return true;
  // "refund the mastercard payment of Bob": the name in capitals is the surer one.
  const surer =
    /^\p{Lu}/u.test(one.text) &&
    first.by === 'name' &&
    !first.text.includes(' ') &&
    first.text === first.text.toLowerCase();
  if (surer) slots.customers = [];
  return surer;
}

function assignEmail(
  one: Named,
  tokens: readonly Token[],
  intent: Intent,
  object: string,
  slots: Slots,
): void {
  if (intent === 'create' && object === 'customer') {
    slots.newEmail = one.text;
    return;
  }
  const known = (slots.customers?.length ?? 0) > 0 || slots.pronoun !== undefined;
  const stated = /^(?:is|should be)$/.test(tokens[one.at + 1]?.word ?? '') && slots.pronoun === 'person';
  if (intent === 'update' && known && (stated || isNewValue(one, tokens))) {
    slots.newEmail = one.text;
    return;
  }
  // "Bob Loblaw (bob@example.com)": the address says it more surely than the name.
  const before = tokens[one.at - 1]?.text;
  if ((before === '(' || before === ',') && tokens[one.at - 2]?.entity?.type === 'name')
    slots.customers?.pop();
  // "Name is Bob Ross, email bob@example.com": the label of the address stands between.
  const labelled = /^(?:e-?mail|address|is|:)$/;
  let link = one.at - 1;
  while (link > 0 && labelled.test(tokens[link]?.base ?? '')) link -= 1;
  const joined = /^(?:and|,|&|or)$/.test(tokens[link]?.word ?? '');
  if (!joined && slots.customers?.every(({ by }) => by === 'name')) slots.customers = [];
  addCustomer(slots, { by: 'email', text: one.text });
}

function isNewValue(one: Named, tokens: readonly Token[]): boolean {
  return /^(?:to|is|as|:|it|him|her|with|into|should|be|now|name)$/.test(wordBefore(tokens, one.at));
}

function addCustomer(slots: Slots, ref: Ref): void {
  const known = slots.customers ?? [];
  if (!known.some((other) => other.text === ref.text)) slots.customers = [...known, ref];
}

function addProduct(slots: Slots, ref: Ref, intent: Intent, tokens: readonly Token[], at: number): void {
  if (slots.product && wordBefore(tokens, at) === 'and') {
    slots.otherProducts = [...(slots.otherProducts ?? []), ref];
    return;
  }
  const leaves = intent === 'switch' && wordBefore(tokens, at) === 'from';
  if (leaves) slots.formerProduct = ref;
  else slots.product = ref;
}

function isProduct(
  one: Named,
  tokens: readonly Token[],
  { intent, object, takesProduct }: Asked,
  slots: Slots,
): boolean {
  const next = tokens[one.at + 1];
  const possessive = one.entity.type === 'name' && one.entity.possessive;
  const before = wordBefore(tokens, one.at);
  if (customerWords.test(before) || (next?.kind === 'word' && customerWords.test(next.base))) return false;
  if (productOnly.has(object) && !(object === 'price' && slots.ids)) return true;
  if (intent === 'archive' || intent === 'activate' || intent === 'reprice') return true;
  if (intent === 'update' && object === 'product') return true;
  if (possessive) return productLikeName.test(one.text);
  if (next?.kind === 'word' && productWords.test(next.base)) return true;
  if (productWords.test(before) || productLikeName.test(one.text)) return true;
  const subscribers = (intent === 'list' || intent === 'count') && object === 'subscription';
  const seats = tokens.some(({ base }) => /^(?:seats?|licen[cs]es?|quantity)$/.test(base));
  if (subscribers && !seats && /^(?:to|on|with|has|have|for|using)$/.test(before)) return !slots.customers;
  if (subscribers && intent === 'count' && /^(?:do|does)$/.test(before)) return !slots.customers;
  const planned = takesProduct || intent === 'switch' || (intent === 'create' && object === 'subscription');
  if (!planned) return false;
  if (takesProduct && tokens.some(({ entity }) => entity?.type === 'amount')) return false;
  // "Remove a seat from Carla": seats are taken from somebody.
  if (
    before === 'from' &&
    intent === 'switch' &&
    tokens.some(({ base }) => /^(?:seat|licen[cs]e|unit)s?$/.test(base))
  )
    return false;
  if (before === 'for' && takesProduct) return slots.customers !== undefined || slots.pronoun === 'person';
  const counted = tokens[one.at - 1]?.entity?.type === 'number';
  if (
    slots.customers &&
    (counted || /^(?:[:,]|\d*)$/.test(tokens[one.at - 1]?.text ?? '')) &&
    before !== 'and'
  )
    return true;
  if (
    before === 'of' &&
    tokens.slice(0, one.at).some((token) => token.base === 'subscription') &&
    !slots.customers
  )
    return false;
  if (/^(?:to|onto|on|using|with|of|into|from)$/.test(before))
    return slots.customers !== undefined || slots.pronoun !== undefined || before !== 'with';
  return false;
}

/** The word before a value, articles and adjectives skipped. */
function wordBefore(tokens: readonly Token[], at: number): string {
  let index = at - 1;
  while (
    index >= 0 &&
    /^(?:the|a|an|our|my|new|test|his|her|their|your|called|named|recurring)$/.test(tokens[index]?.word ?? '')
  )
    index -= 1;
  while (
    index >= 0 &&
    tokens[index]?.entity &&
    /^(?:interval|one_time|amount|number)$/.test(tokens[index]?.entity?.type ?? '') &&
    at - index < 3
  )
    index -= 1;
  return tokens[index]?.base ?? '';
}
