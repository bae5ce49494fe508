import { parseMoney } from '@purser/money';
import { kindName, plainText } from '../../answers/describe.ts';
import { disputeAdvice } from '../../answers/disputes.ts';
import { listAnswer } from '../../answers/lists.ts';
import { readAmount, spokenDecimal } from '../../answers/money.ts';
import { objectAnswer } from '../../answers/objects.ts';
import { type Json, type JsonObject, rowsAt, textAt } from '../../json.ts';
import type { Request } from '../../meaning/request.ts';
import type { ToolSpec } from '../../toolbox.ts';
import { type Act, callTool, declined, done, lookAside, type Outcome, type World } from '../act.ts';
import { callNamed, customerRef, failed, idRef, productRef } from '../references.ts';
import { listInput, superlative } from './filters.ts';

const getTools: Record<string, string> = {
  customer: 'get_customer',
  product: 'get_product',
  payment_intent: 'get_payment_intent',
  charge: 'get_charge',
  subscription: 'get_subscription',
  invoice: 'get_invoice',
  dispute: 'get_dispute',
};

const irregularLists: Record<string, string> = {
  payment_method: 'list_customer_payment_methods',
  price: 'list_prices',
};

/** The tool that lists a kind of object, by name or by its words. */
function listTool(object: string, world: World): ToolSpec | undefined {
  const name = irregularLists[object] ?? `list_${object}s`;
  return world.toolbox.named(name) ?? world.toolbox.doing('list', object)[0];
}

/** Lists, counts and single looks: nothing here writes. */
export function* read(request: Request, world: World): Act {
  if (request.object === 'balance') return yield* readBalance(request);
  if (request.object === 'account') return yield* single('get_account_info', {}, request, world);
  if (request.intent === 'get') return yield* readOne(request, world);
  return yield* readList(request, world);
}

function* readBalance(request: Request): Act {
  const result = yield* callTool('retrieve_balance', {});
  return result.status === 'ok' ? done(objectAnswer(result.value)) : failed(result, request);
}

function* single(tool: string, input: Record<string, Json | undefined>, request: Request, world: World): Act {
  if (!world.toolbox.named(tool)) return declined(`I have no tool here that could look that up (${tool}).`);
  const result = yield* callNamed(tool, input);
  return result.status === 'ok' ? done(objectAnswer(result.value)) : failed(result, request);
}

/** "Bob's last payment", "ch_123", "the Basic Plan", "what is her phone number". */
function* readOne(request: Request, world: World): Act {
  const { object, slots } = request;
  if (object === '') return yield* readAnything(request, world);
  const named = slots.ids?.find((id) => id.object === object);
  const tool = getTools[object];
  if (named) return yield* byId(named, request, world);
  if (object === 'customer') {
    const customer =
      customerRef(request, world) ??
      (slots.ordinal === undefined ? pointed(request, world, 'customer') : undefined);
    if (customer) return yield* single('get_customer', { customer }, request, world);
  }
  if (object === 'product' || object === 'price') {
    const product = productRef(request, world);
    if (product) return yield* single('get_product', { product }, request, world);
  }
  const spokenOf = idRef(request, [object], world);
  const pointsBack =
    slots.pronoun !== undefined && !slots.customers && slots.ordinal === undefined && !slots.period;
  if (tool && pointsBack && spokenOf && slots.pronoun !== 'person')
    return yield* single(tool, { [object]: spokenOf.id }, request, world);
  return yield* readList(
    request,
    world,
    slots.ordinal === 'last' || slots.ordinal === 'oldest' ? 1 : undefined,
  );
}

/** An object by its id, through its own tool or the one that knows every prefix. */
function* byId({ object, id }: { object: string; id: string }, request: Request, world: World): Act {
  const own = world.toolbox.named(`get_${object}`);
  return own?.properties.has(object)
    ? yield* single(own.name, { [object]: id }, request, world)
    : yield* single('get_object', { id }, request, world);
}

function pointed(request: Request, world: World, object: string): string | undefined {
  return request.slots.pronoun ? world.focus.id(object) : undefined;
}

/** Only a name, an address or "it" was said: look for what answers to it. */
function* readAnything(request: Request, world: World): Act {
  const [id] = request.slots.ids ?? [];
  if (id) return yield* byId(id, request, world);
  const { ordinal } = request.slots;
  const { list } = world.focus;
  const position = ordinal === 'last' || ordinal === 'oldest' ? (list?.rows.length ?? 0) - 1 : ordinal;
  const row =
    list && position !== undefined && !request.slots.customers ? world.focus.row(position) : undefined;
  const rowId = textAt(row, 'id');
  if (list && rowId) return yield* byId({ object: list.of, id: rowId }, request, world);
  const product = request.slots.product?.text;
  const customer = customerRef(request, world);
  if (customer) {
    const found = yield* callNamed('get_customer', { customer });
    if (found.status === 'ok') return done(objectAnswer(found.value));
    const other =
      found.status === 'error' &&
      found.error.code === 'not_found' &&
      !customer.includes('@') &&
      !customer.startsWith('cus_');
    if (!other) return failed(found, request);
    const asProduct = yield* callNamed('get_product', { product: customer });
    return asProduct.status === 'ok' ? done(objectAnswer(asProduct.value)) : failed(found, request);
  }
  if (product) return yield* single('get_product', { product }, request, world);
  const last = world.focus.newest(Object.keys(getTools));
  const lastId = textAt(last?.value, 'id');
  if (last && lastId)
    return yield* single(getTools[last.object] ?? '', { [last.object]: lastId }, request, world);
  return declined('I am not sure what to look up. Name a customer, a product, or an id.');
}

function* readList(request: Request, world: World, limit?: number): Act {
  const tool = listTool(request.object, world);
  if (!tool)
    return declined(`I cannot list ${kindName(request.object, true)} here: there is no tool for it.`);
  const input = listInput(request, tool, world, limit);
  if (tool.required.includes('customer') && input.customer === undefined) {
    return {
      status: 'asked',
      text: `Whose ${kindName(request.object, true)}? Give me the customer's name, e-mail or id.`,
      ask: { about: 'customer', request, rest: [] },
    };
  }
  const result = yield* callNamed(tool.name, input);
  if (result.status !== 'ok') return failed(result, request);
  const value = request.object === 'product' ? yield* withPrices(result.value, world) : result.value;
  const { period } = request.slots;
  const unfiltered = period !== undefined && !tool.properties.has('created');
  const { period: _, ...slots } = request.slots;
  const outcome = listOutcome(
    byAmount(filtered(value, request), request),
    unfiltered ? { ...request, slots } : request,
  );
  if (!unfiltered) return outcome;
  return {
    ...outcome,
    text: `${outcome.text}\n\nNot narrowed to ${plainText(period.words)}: ${kindName(request.object, true)} cannot be listed by time here.`,
  };
}

/** Products with what they cost: who asks what is sold wants to know for how much. */
function* withPrices(value: JsonObject, world: World): Act<JsonObject> {
  if (!world.toolbox.named('list_prices') || rowsAt(value, 'data').length === 0) return value;
  const listed = yield* lookAside('list_prices', { active: true, limit: 100 }, world);
  if (listed.status !== 'ok') return value;
  const prices = Map.groupBy(rowsAt(listed.value, 'data'), (price) => textAt(price, 'product') ?? '');
  const data = rowsAt(value, 'data').map((row) => ({
    ...row,
    prices: prices.get(textAt(row, 'id') ?? '') ?? [],
  }));
  return { ...value, data };
}

/** The one row that is over the most or the least, where all of them were read and are in one currency. */
function byAmount(value: JsonObject, { text }: Request): JsonObject {
  const end = superlative(text);
  const rows = rowsAt(value, 'data');
  const amounts = rows.map((row) => readAmount(textAt(row, 'amount') ?? textAt(row, 'total')));
  const currencies = new Set(amounts.map((amount) => amount?.currency));
  if (!end || rows.length < 2 || value.complete !== true || currencies.size > 1) return value;
  const best = amounts.reduce<number>((at, amount, index) => {
    const [left, right] = [amount?.minor ?? 0n, amounts[at]?.minor ?? 0n];
    return (end === 'biggest' ? left > right : left < right) ? index : at;
  }, 0);
  const { totals: _, ...rest } = value;
  return { ...rest, data: rows.slice(best, best + 1), seen: 1 };
}

/** Rows of one product, and between two amounts of the same currency; the list then says so itself. */
function filtered(value: JsonObject, { object, slots }: Request): JsonObject {
  const { atLeast, atMost } = slots;
  const product = object === 'subscription' ? slots.product?.text : undefined;
  if (!atLeast && !atMost && !product) return value;
  const rows = rowsAt(value, 'data').filter((row) => {
    if (product) return isTo(row, product);
    const amount = readAmount(textAt(row, 'amount') ?? textAt(row, 'total'));
    if (!amount) return false;
    const fits = (limit: typeof atLeast, sign: 1n | -1n) => {
      if (!limit) return true;
      if (limit.currency && limit.currency !== amount.currency) return false;
      return (amount.minor - parseMoney(limit.decimal, amount.currency).minor) * sign >= 0n;
    };
    return fits(atLeast, 1n) && fits(atMost, -1n);
  });
  const { totals: _, ...rest } = value;
  const all = rowsAt(value, 'data').length;
  const complete = value.complete === true && (typeof value.seen !== 'number' || value.seen <= all);
  return { ...rest, data: rows, seen: rows.length, complete };
}

/** True for a subscription to a product, named whole or without "plan". */
function isTo(subscription: JsonObject, product: string): boolean {
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replace(/ (?:plan|product|subscription|membership|tier|package)s?$/, '')
      .replace(/s$/, '');
  return rowsAt(subscription, 'items').some((item) => {
    const name = plain(textAt(item, 'product_name') ?? '');
    return textAt(item, 'product') === product || ` ${name} `.includes(` ${plain(product)} `);
  });
}

function listOutcome(value: JsonObject, request: Request): Outcome {
  const around = aroundText(request);
  if (request.intent === 'count') return done(countText(value, request, around));
  const rows = rowsAt(value, 'data');
  const [only] = rows;
  if (only && rows.length === 1 && request.intent === 'get')
    return done(objectAnswer({ object: request.object, ...only }));
  const answer = listAnswer(value, request.object, around);
  const advice =
    request.object === 'dispute' && request.slots.marks?.has('evidence') ? disputeAdvice(rows) : '';
  return done(advice ? `${answer}\n\n${advice}` : answer);
}

function countText(value: JsonObject, request: Request, around: string): string {
  const seen = typeof value.seen === 'number' ? value.seen : rowsAt(value, 'data').length;
  const name = kindName(request.object, seen !== 1);
  const verb = seen === 1 ? 'is' : 'are';
  if (value.complete === false)
    return `I saw ${seen} ${name}${around}, and there are more: ${plainText(textAt(value, 'stopped') ?? 'the list was not read to its end')}.`;
  return `There ${verb} **${seen}** ${name}${around}.`;
}

function aroundText({ slots, object, intent }: Request): string {
  const parts: string[] = [];
  const marks = slots.marks ?? new Set<string>();
  const [customer] = slots.customers ?? [];
  for (const mark of ['overdue', 'open', 'failed', 'active', 'inactive', 'canceled']) {
    if (marks.has(mark) && (intent === 'count' || object === 'dispute' || object === 'invoice'))
      parts.push(`(${mark})`);
  }
  if (customer && object !== 'customer') parts.push(`of ${plainText(customer.text)}`);
  if (slots.product && object === 'subscription') parts.push(`to ${plainText(slots.product.text)}`);
  if (slots.atLeast)
    parts.push(`of at least ${spokenDecimal(slots.atLeast.decimal, slots.atLeast.currency ?? 'usd')}`);
  if (slots.atMost)
    parts.push(`of at most ${spokenDecimal(slots.atMost.decimal, slots.atMost.currency ?? 'usd')}`);
  if (slots.period) parts.push(plainText(slots.period.words));
  return parts.length > 0 ? ` ${parts.join(' ')}` : '';
}
