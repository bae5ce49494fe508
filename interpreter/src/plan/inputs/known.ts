import { countryIn } from '../../entities/countries.ts';
import type { Json, JsonObject } from '../../json.ts';
import type { Request } from '../../meaning/request.ts';
import { isMoment } from '../../toolbox.ts';
import type { World } from '../act.ts';
import { customerRef, idRef, productRef } from '../references.ts';
import { oppositeIn, optionIn } from './plain.ts';
import type { Said } from './said.ts';

/** Whom a call is about: an id, an address, a name that is said to own or to get something, the person spoken of. */
function customerOf(said: Said, request: Request, world: World): string | undefined {
  const id = said.take('id', ({ object }) => object === 'customer')?.id;
  const named =
    id ??
    said.take('email')?.email ??
    said.take('name', ({ possessive }) => possessive)?.text ??
    (request.slots.product
      ? said.take('name', ({ text }) => text === request.slots.customers?.[0]?.text)?.text
      : undefined) ??
    nameBehind(said, /^(?:for|to|of|from|customer|client|give)$/, request.slots.product?.text) ??
    said.take('name', ({ text }) => text === request.slots.customers?.[0]?.text)?.text;
  return named ?? customerRef({ ...request, slots: { ...request.slots, customers: undefined } }, world);
}

function nameBehind(said: Said, words: RegExp, not: string | undefined): string | undefined {
  const token = said.tokens.find(
    (one, at) =>
      one.entity?.type === 'name' &&
      one.entity.text !== not &&
      !said.used.has(one) &&
      words.test(said.tokens[at - 1]?.word ?? ''),
  );
  if (token?.entity?.type !== 'name') return undefined;
  said.used.add(token);
  return token.entity.text;
}

/** Inputs whose names mean the same in every tool. */
export function known(
  name: string,
  schema: JsonObject,
  said: Said,
  request: Request,
  world: World,
): Json | undefined {
  const { slots } = request;
  const text = (value: string | undefined) => {
    if (value !== undefined) said.use(value);
    return value;
  };
  switch (name) {
    case 'customer':
      return customerOf(said, request, world);
    case 'product': {
      const product = productRef(request, world);
      return said.isUsed(product) ? undefined : text(product);
    }
    case 'amount':
    case 'amount_off':
    case 'unit_amount':
      return said.takeSum()?.decimal;
    case 'currency':
      return said.sum && (said.sum.currency ?? world.setting.currency);
    case 'description':
      return (
        text(slots.description) ??
        (said.sum && /^With amount\b/.test(String(schema.description ?? '')) ? 'Payment' : undefined)
      );
    case 'email':
      return text(slots.newEmail ?? slots.customers?.find(({ by }) => by === 'email')?.text);
    case 'phone':
      return said.take('phone')?.phone;
    case 'interval':
      return said.take('interval')?.interval;
    case 'interval_count':
      return slots.intervalCount && slots.intervalCount > 1 ? slots.intervalCount : undefined;
    case 'quantity':
      said.take('number', ({ digits }) => Number(digits) === slots.quantity);
      return slots.quantity;
    case 'trial_days':
      return said.take('days', ({ purpose }) => purpose === 'trial')?.days;
    case 'days_until_due':
      return said.take('days', ({ purpose }) => purpose === 'due')?.days;
    case 'limit':
      said.take('number', ({ digits }) => Number(digits) === slots.limit);
      return slots.limit;
    case 'action':
    case 'direction':
      return Array.isArray(schema.enum)
        ? (optionIn(schema.enum, request.text) ?? oppositeIn(schema.enum, request.text))
        : undefined;
    case 'created':
    case 'period':
      return periodOf(said);
    case 'reason':
      return Array.isArray(schema.enum)
        ? (optionIn(schema.enum, request.text) ?? schema.enum.find((option) => option === slots.reason))
        : slots.reason;
    case 'country':
    case 'jurisdiction':
      return countryIn(request.text)?.code;
    case 'count_all':
      return /\b(?:how many|all|total)\b/i.test(request.text) ? true : undefined;
    default:
      if (/_email$/.test(name)) return said.take('email')?.email;
      if (isMoment(name)) return momentOf(said, world);
      return idFor(name, schema, said, request, world);
  }
}

/** The day that was said, as one that is still to come. */
function momentOf(said: Said, world: World): string | undefined {
  const found = said.take('period', ({ period }) => !/^(?:today|now)$/i.test(period.words))?.period;
  const day = found?.from ?? found?.to;
  if (day === undefined || day >= world.setting.today) return day;
  // A date without a year was read as the latest such day.
  const next = `${Number(day.slice(0, 4)) + 1}${day.slice(4)}`;
  return next >= world.setting.today ? next : undefined;
}

function periodOf(said: Said): Json | undefined {
  const found = said.take('period')?.period;
  return found && { ...(found.from && { from: found.from }), ...(found.to && { to: found.to }) };
}

/** The prefix of the ids an input takes, as its description writes it: `("qt_…")`. */
export function idPrefix(schema: JsonObject): string | undefined {
  return /"([a-z]+(?:_[a-z]+)*_)…"/.exec(String(schema.description ?? ''))?.[1];
}

/** An id of the kind an input is named after, said or spoken of last. */
function idFor(
  name: string,
  schema: JsonObject,
  said: Said,
  request: Request,
  world: World,
): Json | undefined {
  const kind = name.replace(/_ids?$/, '');
  const prefix = idPrefix(schema);
  const fits = (id: string, object: string) =>
    object === kind || (prefix !== undefined && id.startsWith(prefix));
  const named = said.take('id', ({ id, object }) => fits(id, object));
  if (named) return named.id;
  const raw = prefix && said.tokens.find((token) => !said.used.has(token) && token.text.startsWith(prefix));
  if (raw) {
    said.used.add(raw);
    return raw.text;
  }
  const newest = world.focus.newestOfAll()?.object === kind;
  const pointed = request.slots.pronoun !== undefined && (newest || request.slots.customers === undefined);
  if (pointed && newest) return world.focus.id(kind);
  return pointed ? idRef(request, [kind], world)?.id : undefined;
}
