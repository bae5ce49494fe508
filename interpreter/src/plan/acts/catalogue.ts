import { cell, plainText, rhythmOf } from '../../answers/describe.ts';
import { candidateOf, choiceText } from '../../answers/failures.ts';
import { spokenDecimal } from '../../answers/money.ts';
import { writtenAnswer } from '../../answers/objects.ts';
import { type JsonObject, rowsAt, textAt } from '../../json.ts';
import type { Request } from '../../meaning/request.ts';
import { type Act, asked, callTool, declined, done, type World } from '../act.ts';
import { goodIn } from '../goods.ts';
import { askProduct, callNamed, failed, idRef, productRef } from '../references.ts';
import { ceilingFor } from '../rules.ts';
import { spokenProduct } from '../spoken.ts';
import { amountOf, write } from './write.ts';

const nameOf = (value: JsonObject) => plainText(textAt(value, 'name') ?? textAt(value, 'id') ?? '');

/** A product, with its price where one was said. */
export function* createProduct(request: Request, world: World): Act {
  const { slots } = request;
  const name = slots.newName ?? slots.product?.text ?? slots.customers?.[0]?.text;
  if (!name) return asked('What should the product be called?', { about: 'text', slot: 'newName', request });
  const good = slots.amount || slots.number ? undefined : goodIn(name, world.setting);
  if (good) {
    const { amount, interval, intervalCount } = good;
    const priced = { ...slots, newName: good.name, amount, interval, intervalCount };
    return yield* createProduct({ ...request, slots: priced }, world);
  }
  const sum = amountOf(request, world);
  if (!sum && slots.amount)
    return asked(`What exactly should ${plainText(name)} cost?`, { about: 'amount', request });
  if (!sum && slots.interval && /\bprice|\bcost|\bplan\b/i.test(request.text)) {
    return asked(`What should ${plainText(name)} cost?`, { about: 'amount', request });
  }
  const input = { name, description: slots.description, ...sum, ...rhythm(request, sum !== undefined) };
  return yield* write(
    'create_product',
    input,
    (value) =>
      `Created the product ${nameOf(value)}${sum ? ` at **${spokenDecimal(sum.amount, sum.currency)}${rhythmOf(rhythm(request, true))}**` : ''}.`,
    request,
    world,
  );
}

function rhythm(request: Request, priced: boolean): { interval?: string; interval_count?: number } {
  const { interval, intervalCount, oneTime } = request.slots;
  if (!priced || !interval || oneTime) return {};
  return { interval, ...(intervalCount && intervalCount > 1 && { interval_count: intervalCount }) };
}

export function* createPrice(request: Request, world: World): Act {
  const product =
    productRef(request, world) ?? (yield* spokenProduct(request, world))?.id ?? world.focus.id('product');
  const sum = amountOf(request, world);
  if (!product) return yield* askProduct(request, 'For which product is the price?');
  if (!sum) return asked(`What should ${plainText(product)} cost?`, { about: 'amount', request });
  const input = { product, ...sum, ...rhythm(request, true), nickname: request.slots.newName };
  return yield* write(
    'create_price',
    input,
    () =>
      `Created a price of **${spokenDecimal(sum.amount, sum.currency)}${rhythmOf(rhythm(request, true))}**.`,
    request,
    world,
  );
}

/** "Make the Basic Plan $12 a month": amounts of prices are fixed in Stripe, so a new price is made beside the old. */
export function* reprice(request: Request, world: World): Act {
  const product =
    productRef(request, world) ??
    request.slots.customers?.[0]?.text ??
    (yield* spokenProduct(request, world))?.id ??
    world.focus.id('product');
  const sum = amountOf(request, world);
  if (!product) return yield* askProduct(request, 'Which product should get the new price?');
  if (!sum) return asked(`What should ${plainText(product)} cost from now on?`, { about: 'amount', request });
  const found = yield* callNamed('get_product', { product });
  if (found.status !== 'ok') return failed(found, request);
  const id = textAt(found.value, 'id') ?? product;
  const listed = yield* callTool('list_prices', { product: id, active: true });
  if (listed.status !== 'ok') return failed(listed, request);
  const { interval, oneTime } = request.slots;
  const prices = rowsAt(listed.value, 'data').filter((price) =>
    oneTime ? !price.interval : !interval || price.interval === interval,
  );
  const recurring = prices.filter((price) => price.interval !== undefined);
  const rhythms = new Set(prices.map((price) => `${cell(price.interval)} ${cell(price.interval_count)}`));
  if (!interval && !oneTime && rhythms.size > 1) return askRhythm(request, nameOf(found.value), prices);
  const former = recurring.length > 0 ? recurring : prices;
  const wanted = request.slots.amount?.currency ?? world.setting.currency;
  const old =
    former.find((price) => price.currency === wanted) ??
    (request.slots.amount?.currency ? undefined : former[0]);
  const currency = request.slots.amount?.currency ?? textAt(old, 'currency') ?? sum.currency;
  const every = interval ? rhythm(request, true) : oldRhythm(old ?? former[0]);
  const result = yield* callTool('create_price', { product: id, amount: sum.amount, currency, ...every });
  if (result.status !== 'ok') return failed(result, request);
  const kept = old
    ? `The former price (${cell(old.amount)}${rhythmOf(old)}, \`${cell(old.id)}\`) stays active, and existing subscriptions stay on it until they are switched.`
    : '';
  const said = `${nameOf(found.value)} now has a price of **${spokenDecimal(sum.amount, currency)}${rhythmOf(every)}**.`;
  return done([writtenAnswer(said, result.value), kept].filter(Boolean).join('\n\n'));
}

function oldRhythm(old: JsonObject | undefined): { interval?: string; interval_count?: number } {
  const interval = textAt(old, 'interval');
  const count = typeof old?.interval_count === 'number' ? old.interval_count : 1;
  return interval ? { interval, ...(count > 1 && { interval_count: count }) } : {};
}

function askRhythm(request: Request, product: string, prices: readonly JsonObject[]) {
  const candidates = prices.map(candidateOf);
  const choices = [
    {
      words: /\bmonth/,
      request: { ...request, slots: { ...request.slots, interval: 'month' as const, intervalCount: 1 } },
    },
    {
      words: /\byear|\bannual/,
      request: { ...request, slots: { ...request.slots, interval: 'year' as const, intervalCount: 1 } },
    },
    {
      words: /\bweek/,
      request: { ...request, slots: { ...request.slots, interval: 'week' as const, intervalCount: 1 } },
    },
    { words: /\bone\b|\bonce\b/, request: { ...request, slots: { ...request.slots, oneTime: true } } },
  ];
  return asked(
    choiceText(
      `${product} has several prices. Should the new one be monthly, yearly or one-time?`,
      candidates,
    ),
    { about: 'choice', request, choices },
  );
}

export function* archive(request: Request, world: World): Act {
  return yield* setActive(request, world, false);
}

export function* activate(request: Request, world: World): Act {
  return yield* setActive(request, world, true);
}

function* setActive(request: Request, world: World, active: boolean): Act {
  const price = request.slots.ids?.find(({ object }) => object === 'price')?.id;
  const verb = active ? 'Activated' : 'Archived';
  if (price)
    return yield* write('update_price', { price, active }, () => `${verb} the price.`, request, world);
  const product =
    productRef(request, world) ??
    (request.slots.pronoun ? idRef(request, ['product'], world)?.id : undefined) ??
    (yield* spokenProduct(request, world))?.id;
  if (!product)
    return yield* askProduct(request, `Which product should I ${active ? 'activate' : 'archive'}?`);
  return yield* write(
    'update_product',
    { product, active },
    (value) => `${verb} the product ${nameOf(value)}.`,
    request,
    world,
  );
}

export function* updateProduct(request: Request, world: World): Act {
  const { slots } = request;
  const product = productRef(request, world) ?? slots.customers?.[0]?.text ?? world.focus.id('product');
  if (!product) return yield* askProduct(request, 'Which product should I change?');
  if (!slots.newName && !slots.description) {
    const describes = /\bdescription|\bdescribe/i.test(request.text);
    return asked(`What is the new ${describes ? 'description' : 'name'} of ${plainText(product)}?`, {
      about: 'text',
      slot: describes ? 'description' : 'newName',
      request,
    });
  }
  return yield* write(
    'update_product',
    { product, name: slots.newName, description: slots.description },
    (value) => `Updated the product ${nameOf(value)}.`,
    request,
    world,
  );
}

export function* createCoupon(request: Request, world: World): Act {
  const { slots } = request;
  if (!slots.percent && !slots.amount)
    return asked('How much should the coupon take off, in percent or as an amount?', {
      about: 'text',
      slot: 'percent',
      request,
    });
  const ceiling = ceilingFor('coupon', world.setting);
  if (ceiling && slots.amount && Number(slots.amount.decimal) > Number(ceiling.decimal))
    return declined(`I made no coupon: the instructions say "${plainText(ceiling.words)}".`);
  const tool = world.toolbox.named('create_coupon');
  const percent =
    slots.percent === undefined
      ? undefined
      : tool?.properties.get('percent_off')?.type === 'string'
        ? slots.percent
        : Number(slots.percent);
  const months = /\b(?:for )?(\d{1,2}|two|three|six|twelve) months?\b/i.exec(request.text)?.[1];
  const uses =
    /\b(?:max(?:imum)?\.?|up to|at most|limited to|only|first|for) (?:of )?(\d{1,6}) (?:uses?|times|redemptions?|customers|people|orders)\b|\b(?:redeem(?:ed|able)?|used?)(?: up to| at most| only| max)? (\d{1,6}) times\b|\b(\d{1,6}) (?:uses|redemptions)\b/i.exec(
      request.text,
    );
  const redemptions = slots.quantity ?? (uses ? Number(uses[1] ?? uses[2] ?? uses[3]) : undefined);
  if (slots.number !== undefined && !months && Number(slots.number) !== redemptions)
    return declined(`I made no coupon, because I am not sure what "${plainText(slots.number)}" means there.`);
  const duration = slots.marks?.has('forever') ? 'forever' : months ? 'repeating' : 'once';
  const input = {
    percent_off: percent,
    amount_off: slots.amount?.decimal,
    currency: slots.amount ? (slots.amount.currency ?? world.setting.currency) : undefined,
    duration,
    duration_in_months: months ? monthCount(months) : undefined,
    name: slots.newName,
    max_redemptions: redemptions,
  };
  return yield* write(
    'create_coupon',
    input,
    (value) =>
      `Created a coupon for **${slots.percent ? `${slots.percent}%` : cell(value.amount_off)} off**, ${duration === 'repeating' ? `for ${monthCount(months ?? '1')} months` : duration}.`,
    request,
    world,
  );
}

function monthCount(text: string): number {
  return { two: 2, three: 3, six: 6, twelve: 12 }[text.toLowerCase()] ?? Number(text);
}

export function* createLink(request: Request, world: World): Act {
  const price = request.slots.ids?.find(({ object }) => object === 'price')?.id;
  const product =
    price === undefined
      ? (productRef(request, world) ?? (yield* spokenProduct(request, world))?.id)
      : undefined;
  const spoken = world.focus.newestOfAll();
  const looked = !price && !product && spoken?.object === 'product' ? textAt(spoken.value, 'id') : undefined;
  if (looked)
    return yield* createLink(
      { ...request, slots: { ...request.slots, product: { by: 'id', text: looked } } },
      world,
    );
  if (!price && !product) return yield* askProduct(request, 'For which product should the payment link be?');
  return yield* write(
    'create_payment_link',
    { product, price, quantity: request.slots.quantity },
    (value) => `Payment link: ${textAt(value, 'url') ?? ''}`,
    request,
    world,
  );
}
