import { customerLabel, customerNameOf, plainText, planOf, spokenDate } from '../../answers/describe.ts';
import { type Json, type JsonObject, rowsAt, textAt } from '../../json.ts';
import type { Request } from '../../meaning/request.ts';
import { type Act, asked, declined, done, lookAside, type Outcome, type World } from '../act.ts';
import {
  askCustomer,
  askProduct,
  callNamed,
  customerRef,
  failed,
  idRef,
  likelyCustomer,
  productRef,
} from '../references.ts';
import { spokenProduct } from '../spoken.ts';
import { cancelIntent } from './intents.ts';
import { onInvoice } from './invoices.ts';
import { write } from './write.ts';

/** A subscription by id or by whose it is; undefined where neither is known. */
function target(request: Request, world: World): Record<string, Json> | undefined {
  const named = request.slots.ids?.find(({ object }) => object === 'subscription')?.id;
  if (named) return { subscription: named };
  const [said] = request.slots.customers ?? [];
  if (said) return { customer: said.text };
  const spoken = idRef(request, ['subscription'], world)?.id;
  if (spoken && request.slots.pronoun !== 'person') return { subscription: spoken };
  const customer =
    customerRef(request, world) ?? (request.slots.pronoun ? world.focus.customer() : undefined);
  if (customer) return { customer };
  return spoken ? { subscription: spoken } : undefined;
}

export function* createSubscription(request: Request, world: World): Act {
  const { slots } = request;
  const customer = likelyCustomer(request, world);
  const price = slots.ids?.find(({ object }) => object === 'price')?.id;
  const named = price
    ? undefined
    : productRef(
        {
          ...request,
          slots: {
            ...slots,
            pronoun: slots.pronoun === 'both' || slots.pronoun === 'thing' ? 'thing' : undefined,
          },
        },
        world,
      );
  if (!customer) return askCustomer(request, 'For which customer should I create the subscription?');
  const product = named ?? (price ? undefined : (yield* spokenProduct(request, world))?.id);
  if (!product && !price)
    return yield* askProduct(request, 'To which product should the customer be subscribed?');
  if (slots.otherProducts)
    return asked('I put one product into a subscription at a time. Which one should it be?', {
      about: 'product',
      request: { ...request, slots: { ...slots, product: undefined, otherProducts: undefined } },
    });
  const second = price ? undefined : yield* insteadOfSecond(request, customer, product, world);
  if (second) return second;
  const byInvoice = /\binvoic/i.test(request.text) || slots.dueDays !== undefined;
  const input = {
    customer,
    product,
    price,
    interval: slots.interval,
    interval_count: slots.intervalCount && slots.intervalCount > 1 ? slots.intervalCount : undefined,
    quantity: slots.quantity,
    trial_days: slots.trialDays,
    coupon: slots.coupon,
    payment_method: slots.card ?? slots.ids?.find(({ object }) => object === 'payment_method')?.id,
    collection_method: byInvoice ? 'send_invoice' : undefined,
    days_until_due: byInvoice ? (slots.dueDays ?? 30) : undefined,
  };
  return yield* write(
    'create_subscription',
    input,
    (value) => subscribedText(value, customer, world),
    request,
    world,
  );
}

/**
 * "Put Anna on Premium" means another plan where she has one, and a second one only where that is said: one running
 * subscription is switched by such words, and in doubt the person chooses.
 */
function* insteadOfSecond(
  request: Request,
  customer: string,
  product: string | undefined,
  world: World,
): Act<Outcome | undefined> {
  // "Premium Subscription" is a name, and says nothing of a second one.
  const text = request.text.replace(request.slots.product?.text ?? '', ' ');
  const plain =
    /\b(?:subscri\w*|sub|sign\w*|enrol\w*|second|another|additional|also|too|as well|besides|new|create|add|open)\b/i.test(
      text,
    );
  if (plain || !world.toolbox.named('list_subscriptions')) return undefined;
  const listed = yield* lookAside('list_subscriptions', { customer }, world);
  const rows = listed.status === 'ok' ? rowsAt(listed.value, 'data') : [];
  const running = rows.filter((row) => /^(?:active|trialing|past_due)$/.test(textAt(row, 'status') ?? ''));
  const wanted = request.slots.product?.text.toLowerCase() ?? '';
  const same = running.some((row) => wanted !== '' && planOf(row).toLowerCase().includes(wanted));
  if (running.length === 0 || same) return undefined;
  const switching: Request = { ...request, intent: 'switch' };
  if (running.length === 1 && /\b(?:put|set|move)\b/i.test(text)) return yield* switchPlan(switching, world);
  return asked(
    `${plainText(customer)} has a subscription already. Should I switch it to ${plainText(product ?? 'that')}, or start a second one?`,
    {
      about: 'choice',
      request,
      choices: [
        { words: /\b(?:switch|change|first|move|instead|former|replace|it)\b/, request: switching },
        {
          words: /\b(?:second|another|new|start|both|also|latter|add)\b/,
          request: { ...request, text: `${request.text} as a second subscription` },
        },
      ],
    },
  );
}

function subscribedText(value: JsonObject, customer: string, world: World): string {
  const who = whoseText(value, customer, world);
  const status = (textAt(value, 'status') ?? '').replaceAll('_', ' ');
  const works = status === 'active' || status === 'trialing';
  return works
    ? `${who} is subscribed to **${planOf(value)}**.`
    : `The subscription of ${who} to **${planOf(value)}** was created, but it is **${status}**.`;
}

/** Whose it is, as a person would say it: an id only where nothing better is known. */
function whoseText(value: JsonObject, said: string, world: World): string {
  const known = world.focus.get('customer');
  return customerNameOf(value) ?? (/^cus_/.test(said) && known ? customerLabel(known) : plainText(said));
}

/** Cancels what is meant: a subscription, or what was spoken of last where only "cancel that" was said. */
export function* cancelSubscription(request: Request, world: World): Act {
  const newest = world.focus.newest(['subscription', 'payment_intent', 'invoice']);
  const vague =
    !/\bsub|\bplan\b|\bmembership\b/i.test(request.text) && !request.slots.customers && !request.slots.ids;
  if (vague && newest?.object === 'payment_intent') return yield* cancelIntent(request, world);
  if (vague && newest?.object === 'invoice') return yield* onInvoice('void_invoice', request, world);
  const which = target(request, world);
  if (!which) return askCustomer(request, 'Whose subscription should I cancel?');
  const { timing } = request.slots;
  const both = /\bor\b/i.test(request.text) && /\bend\b/i.test(request.text);
  if (!timing || both) {
    // Whose it is comes first: two of one name are told apart before anything else is asked.
    const found = 'customer' in which ? yield* callNamed('get_subscription', which) : undefined;
    return found && found.status !== 'ok' ? failed(found, request) : askTiming(request);
  }
  if (timing === 'now') {
    return yield* write(
      'cancel_subscription_now',
      which,
      () => 'Cancelled the subscription with immediate effect.',
      request,
      world,
    );
  }
  return yield* write(
    'cancel_subscription_at_period_end',
    which,
    (value) =>
      `The subscription will end on **${spokenDate(textAt(value, 'current_period_end') ?? textAt(value, 'cancel_at') ?? 'the last day of the period')}** and stays active until then.`,
    request,
    world,
  );
}

function askTiming(request: Request) {
  return asked('Should the subscription end right now, or at the end of the period that is already paid?', {
    about: 'timing',
    request,
  });
}

/** Another plan or another number of seats. */
export function* switchPlan(request: Request, world: World): Act {
  const { slots } = request;
  const which = target(request, world);
  const price = slots.ids?.find(({ object }) => object === 'price')?.id;
  const said = price ? undefined : productRef({ ...request, slots: { ...slots, pronoun: undefined } }, world);
  const product = said ?? (price ? undefined : (yield* spokenProduct(request, world))?.id);
  const absolute =
    slots.quantity ??
    (slots.number && /\b(?:quantity|seats?|licen[cs]es?|units?)\b/i.test(request.text)
      ? Number(slots.number)
      : undefined);
  if (!which) return askCustomer(request, 'Whose subscription should I change?');
  const quantity = slots.quantityBy === undefined ? absolute : yield* quantityAfter(which, slots.quantityBy);
  if (slots.quantityBy !== undefined && quantity === undefined)
    return declined(
      'I could not tell what number that would make, so I changed nothing. Say the new number in total.',
    );
  if (!product && !price && quantity === undefined && !slots.interval)
    return yield* askProduct(request, 'To which product should the subscription be switched?');
  if (slots.timing === 'period_end') {
    const change = { ...which, product, price, interval: slots.interval, quantity };
    return yield* write(
      'create_schedule',
      change,
      () => 'The change is planned for the end of the paid period; until then nothing changes.',
      request,
      world,
    );
  }
  const input = {
    ...which,
    product,
    price,
    interval: slots.interval,
    quantity,
    proration_behavior: slots.marks?.has('no_proration') ? 'none' : undefined,
  };
  return yield* write(
    'update_subscription',
    input,
    (value) =>
      `${whoseText(value, request.slots.customers?.[0]?.text ?? 'The customer', world)} is now on **${planOf(value)}**.`,
    request,
    world,
  );
}

/** "Two seats more": the number there is, and the difference. Undefined where there is no single number, or none is left. */
function* quantityAfter(which: Record<string, Json>, by: number): Act<number | undefined> {
  const found = yield* callNamed('get_subscription', which);
  const items = found.status === 'ok' ? rowsAt(found.value, 'items') : [];
  const [only] = items;
  const now = items.length === 1 ? (typeof only?.quantity === 'number' ? only.quantity : 1) : undefined;
  return now !== undefined && now + by > 0 ? now + by : undefined;
}

/** "Undo the cancellation", "reactivate her plan": what was to end goes on, what is paused starts again. */
export function* keepSubscription(request: Request, world: World): Act {
  const which = target(request, world);
  if (!which) return askCustomer(request, 'Whose subscription should go on?');
  const found = yield* callNamed('get_subscription', which);
  if (found.status !== 'ok') return failed(found, request);
  const subscription = textAt(found.value, 'id') ?? '';
  if (found.value.cancel_at_period_end === true)
    return yield* write(
      'update_subscription',
      { subscription, cancel_at_period_end: false },
      () => 'The subscription goes on: it no longer ends with the period.',
      request,
      world,
    );
  const paused = textAt(found.value, 'status') === 'paused' || found.value.pause_collection !== undefined;
  if (paused)
    return yield* write(
      'resume_subscription',
      { subscription },
      () => 'The subscription goes on.',
      request,
      world,
    );
  return done(
    `Nothing needs to be done: the subscription is **${textAt(found.value, 'status') ?? 'running'}** and is not to end.`,
  );
}
