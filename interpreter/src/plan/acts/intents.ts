import { spokenAmount, spokenDecimal } from '../../answers/money.ts';
import type { Amount } from '../../entities/entity.ts';
import { type JsonObject, rowsAt, textAt } from '../../json.ts';
import type { Request } from '../../meaning/request.ts';
import { type Act, asked, declined, type World } from '../act.ts';
import { callNamed, customerRef, idRef } from '../references.ts';
import { askAmount, isOver, noCards, payInvoice } from './payments.ts';
import { amountOf, write } from './write.ts';

/** Prepares a payment without taking money. */
export function* createIntent(request: Request, world: World): Act {
  const sum = amountOf(request, world);
  if (!sum) return askAmount(request, 'Over which amount should the payment intent be?');
  const customer = customerRef(request, world);
  const input = { ...sum, customer, description: request.slots.description };
  return yield* write(
    'create_payment_intent',
    input,
    () =>
      `Created a payment intent over **${spokenDecimal(sum.amount, sum.currency)}**. Nothing has been charged yet.`,
    request,
    world,
  );
}

/** "Pay it with 4242 …", "confirm pi_…". */
export function* confirm(request: Request, world: World): Act {
  const { slots } = request;
  if (slots.hiddenCard) return declined(noCards);
  const listed = typeof slots.ordinal === 'number' && world.focus.list?.of === 'invoice';
  if (listed && !slots.ids && !slots.customers) return yield* payInvoice(request, world);
  const invoice =
    slots.ids?.find(({ object }) => object === 'invoice')?.id ?? newestPayable(request, world, 'invoice');
  if (invoice) return yield* payInvoice(request, world, invoice);
  const intent =
    slots.ids?.find(({ object }) => object === 'payment_intent')?.id ??
    newestPayable(request, world, 'payment_intent') ??
    idRef(request, ['payment_intent'], world)?.id;
  const customer = customerRef(request, world);
  if (!intent && !customer)
    return asked('Which payment intent should I confirm? Give me its id (pi_…) or the customer.', {
      about: 'object',
      object: 'payment_intent',
      request,
    });
  const method = slots.card ?? slots.ids?.find(({ object }) => object === 'payment_method')?.id;
  const input = { payment_intent: intent, customer: intent ? undefined : customer, payment_method: method };
  return yield* write('confirm_payment_intent', input, confirmedText, request, world);
}

/** The payment spoken of last, where no id and no name was said. */
function newestPayable(request: Request, world: World, object: string): string | undefined {
  if (request.slots.customers || request.slots.ids?.some((id) => id.object !== 'payment_method'))
    return undefined;
  const newest = world.focus.newest(['payment_intent', 'invoice']);
  return newest?.object === object ? textAt(newest.value, 'id') : undefined;
}

function confirmedText(value: JsonObject): string {
  const amount = spokenAmount(textAt(value, 'amount') ?? '');
  const status = textAt(value, 'status');
  if (status === 'succeeded') return `The payment of **${amount}** succeeded.`;
  return `The payment of **${amount}** is not complete: ${(status ?? 'unknown').replaceAll('_', ' ')}.`;
}

export function* capture(request: Request, world: World): Act {
  const customer = customerRef(request, world);
  const intent = idRef(request, ['payment_intent'], world)?.id ?? (yield* heldOf(customer));
  if (!intent && !customer)
    return asked('Which payment should I capture? Give me its id (pi_…).', {
      about: 'object',
      object: 'payment_intent',
      request,
    });
  const { slots } = request;
  const said = slots.amount !== undefined || slots.number !== undefined;
  const amount = said ? amountOf(request, world)?.amount : undefined;
  if (said ? amount === undefined : /\b(?:part|partial|partially|some|only|just|half)\b/i.test(request.text))
    return asked('How much of it should I capture?', { about: 'amount', request });
  return yield* write(
    'capture_payment_intent',
    { payment_intent: intent, customer: intent ? undefined : customer, amount },
    (value) =>
      `Captured **${spokenAmount(textAt(value, 'amount_received') ?? textAt(value, 'amount') ?? '')}**.`,
    request,
    world,
  );
}

/** The one payment of a customer that is held and not yet taken. */
function* heldOf(customer: string | undefined): Act<string | undefined> {
  if (!customer) return undefined;
  const listed = yield* callNamed('list_payment_intents', { customer, limit: 50 });
  if (listed.status !== 'ok') return undefined;
  const held = rowsAt(listed.value, 'data').filter((row) => textAt(row, 'status') === 'requires_capture');
  return held.length === 1 ? textAt(held[0], 'id') : undefined;
}

/** "The $60 payment of Paul": the one unfinished payment over a sum. */
function* intentOver(sum: Amount | undefined, customer: string | undefined): Act<string | undefined> {
  if (!sum || !customer) return undefined;
  const listed = yield* callNamed('list_payment_intents', { customer, limit: 50 });
  if (listed.status !== 'ok') return undefined;
  const open = rowsAt(listed.value, 'data').filter(
    (row) =>
      !/^(?:succeeded|canceled)$/.test(textAt(row, 'status') ?? '') && isOver(textAt(row, 'amount'), sum),
  );
  return open.length === 1 ? textAt(open[0], 'id') : undefined;
}

export function* cancelIntent(request: Request, world: World): Act {
  const customer = customerRef(request, world);
  const intent =
    idRef(request, ['payment_intent'], world)?.id ??
    (request.slots.ofAmount === undefined && /\bholds?\b|\bauthori[sz]|\breserv/i.test(request.text)
      ? yield* heldOf(customer)
      : yield* intentOver(request.slots.ofAmount, customer));
  if (!intent && !customer)
    return asked('Which payment intent should I cancel? Give me its id (pi_…).', {
      about: 'object',
      object: 'payment_intent',
      request,
    });
  const input = {
    payment_intent: intent,
    customer: intent ? undefined : customer,
    cancellation_reason: request.slots.reason,
  };
  return yield* write('cancel_payment_intent', input, () => 'Cancelled the payment intent.', request, world);
}
