import { plainText } from '../answers/describe.ts';
import { rowsAt, textAt } from '../json.ts';
import type { Request } from '../meaning/request.ts';
import { type Act, declined, lookAside, type Outcome, together, type World } from './act.ts';
import { useAnyTool } from './acts/any-tool.ts';
import { cancelSubscription, createSubscription, keepSubscription, switchPlan } from './acts/billing.ts';
import { attachCard, defaultCard } from './acts/cards.ts';
import {
  activate,
  archive,
  createCoupon,
  createLink,
  createPrice,
  createProduct,
  reprice,
  updateProduct,
} from './acts/catalogue.ts';
import { createCustomer, remove, updateCustomer } from './acts/customers.ts';
import { remindFailed } from './acts/dunning.ts';
import { cancelIntent, capture, confirm, createIntent } from './acts/intents.ts';
import { createInvoice, createInvoiceItem, onInvoice } from './acts/invoices.ts';
import { asksForRules, fromKnowledge } from './acts/knowledge.ts';
import { mail, ownerSpokenOf } from './acts/mail.ts';
import { explain, report } from './acts/other.ts';
import { charge, payInvoice, retry } from './acts/payments.ts';
import { answerQuestion } from './acts/questions/answer.ts';
import { read } from './acts/reading.ts';
import { refund } from './acts/refunds.ts';
import { silent, talk, unclear } from './acts/talk.ts';
import { write } from './acts/write.ts';
import { forbiddenBy } from './forbidden.ts';
import { goodsOf } from './goods.ts';
import { withHouseRules } from './house-rules.ts';
import { pointedAt } from './pointed.ts';
import { rowNamed } from './row-named.ts';

/** How one request is carried out. */
function* actFor(said: Request, world: World): Act {
  const request = withHouseRules(pointedAt(said, world) ?? said, world.setting);
  const written = asksForRules(request, world) ? yield* fromKnowledge(request, world) : undefined;
  if (written) return written;
  switch (request.intent) {
    case 'list':
    case 'count':
    case 'get':
      return yield* request.query ? answerQuestion(request, request.query, world) : read(request, world);
    case 'create':
      return yield* create(request, world);
    case 'update':
      return yield* update(request, world);
    case 'reprice':
      return yield* reprice(request, world);
    case 'delete':
      return yield* remove(request, world);
    case 'archive':
      return yield* archive(request, world);
    case 'activate':
      return yield* activate(request, world);
    case 'charge':
      return yield* billsWork(request) ? createInvoice(request, world) : charge(request, world);
    case 'retry':
      return yield* retry(request, world);
    case 'confirm':
      return yield* confirm(request, world);
    case 'capture':
      return yield* capture(request, world);
    case 'cancel':
      return yield* request.object === 'payment_intent'
        ? cancelIntent(request, world)
        : cancelSubscription(request, world);
    case 'refund':
      return yield* refund(request, world);
    case 'switch':
      return yield* switchPlan(request, world);
    case 'keep':
      return yield* keepSubscription(request, world);
    case 'send':
      return yield* sendIt(request, world);
    case 'finalize':
      return yield* onInvoice('finalize_invoice', request, world);
    case 'void':
      return yield* onInvoice('void_invoice', request, world);
    case 'pay':
      return yield* payInvoice(request, world);
    case 'attach':
      return yield* attachCard(request, world);
    case 'default':
      return yield* defaultCard(request, world);
    case 'mail':
      return yield* mail(request, world);
    case 'remind':
      return yield* remindFailed(request, world);
    case 'report':
      return yield* report(request, world);
    case 'tool':
      if (request.tool === 'search_knowledge') return (yield* fromKnowledge(request, world)) ?? silent();
      return yield* request.object === 'explain' ? explain(request, world) : useAnyTool(request, world);
    default:
      return yield* talk(request, world);
  }
}

/** "Bill Emma $450 for a logo": work that is named is invoiced, where no card was spoken of. */
function billsWork({ object, slots }: Request): boolean {
  return object === 'bill' && slots.description !== undefined && !slots.marks?.has('saved') && !slots.card;
}

function* create(request: Request, world: World): Act {
  const acts: Record<string, (request: Request, world: World) => Act> = {
    customer: createCustomer,
    product: createProduct,
    price: createPrice,
    payment_intent: createIntent,
    subscription: createSubscription,
    invoice: createInvoice,
    invoice_item: createInvoiceItem,
    coupon: createCoupon,
    payment_link: createLink,
  };
  const act = acts[request.object];
  return act ? yield* act(request, world) : unclear(world);
}

function* update(request: Request, world: World): Act {
  const { object, slots } = request;
  const product =
    object === 'product' ||
    (object === '' &&
      (slots.product !== undefined || world.focus.newest(['product', 'customer'])?.object === 'product'));
  if (product || (object === '' && (yield* isProductsName(request, world))))
    return yield* updateProduct(request, world);
  const price = slots.ids?.find((id) => id.object === 'price')?.id;
  if (price && slots.newName)
    return yield* write(
      'update_price',
      { price, nickname: slots.newName },
      () => 'Changed the note of the price.',
      request,
      world,
    );
  if (object === 'customer' || object === '') return yield* updateCustomer(request, world);
  if (object === 'subscription' || object === 'plan') return yield* switchPlan(request, world);
  return declined(
    `I cannot change that about a ${object.replaceAll('_', ' ')}. Customers, products, prices and subscriptions can be changed.`,
  );
}

/** "Call the Coffee Mug …": a name that is said without its kind may be that of a product. */
function* isProductsName({ slots }: Request, world: World): Act<boolean> {
  const [named] = slots.customers ?? [];
  if (named?.by !== 'name' || !world.toolbox.named('list_products')) return false;
  const listed = yield* lookAside('list_products', { limit: 100 }, world);
  const rows = listed.status === 'ok' ? rowsAt(listed.value, 'data') : [];
  return rows.some((row) => textAt(row, 'name')?.toLowerCase() === named.text.toLowerCase());
}

function* sendIt(request: Request, world: World): Act {
  const invoice =
    request.object === 'invoice' ||
    request.slots.ids?.some(({ object }) => object === 'invoice') ||
    (request.object === '' && world.focus.newest(['invoice', 'charge', 'customer'])?.object === 'invoice');
  return yield* invoice ? onInvoice('send_invoice', request, world) : mail(request, world);
}

const reading = new Set(['list', 'count', 'get']);

/** Carries out everything asked for: looks side by side, writes one after the other, conditions as they come out. */
export function* carryOut(requests: readonly Request[], world: World): Act {
  const spread = requests.flatMap((request) => wholeOffer(request, world)).flatMap(oneByOne);
  const onlyReads = spread.every((request) => reading.has(request.intent) && request.when === 'always');
  if (onlyReads && spread.length > 1)
    return joined(yield* together(spread.map((request) => actFor(request, world))));
  const outcomes: Outcome[] = [];
  let last: Outcome | undefined;
  for (const [index, said] of spread.entries()) {
    const request = rowNamed(said, world) ?? said;
    if (isSkipped(request, last)) continue;
    const stops =
      last !== undefined &&
      last.status !== 'done' &&
      request.when === 'always' &&
      !reading.has(request.intent) &&
      request.intent !== 'mail' &&
      request.intent !== 'remind';
    if (stops) {
      outcomes.push(declined('I did not go on with the rest, since the step before it did not work out.'));
      break;
    }
    yield* learnOwner(request, world);
    const ban = forbiddenBy(request, world.setting, world.toolbox);
    const outcome =
      ban === undefined
        ? yield* actFor(request, world)
        : declined(`I changed nothing: the instructions say "${plainText(ban)}"`);
    mention(request, world);
    outcomes.push(outcome);
    if (outcome.status === 'asked' && outcome.ask) {
      return joined([
        ...outcomes.slice(0, -1),
        { ...outcome, ask: { ...outcome.ask, rest: spread.slice(index + 1) } },
      ]);
    }
    last = outcome;
  }
  return joined(outcomes);
}

/** "Refund ch_1, then cancel his subscription": whose the payment is, where nobody was named before "his". */
function* learnOwner({ slots }: Request, world: World): Act<void> {
  const unknown = slots.pronoun === 'person' && !slots.customers && world.focus.customer() === undefined;
  const owner = unknown ? yield* ownerSpokenOf(world) : undefined;
  if (owner) world.focus.mention(owner);
}

/** Whoever was named is who the next pronoun means, unless the act brought somebody else to light. */
function mention({ slots }: Request, world: World): void {
  const [named] = slots.customers ?? [];
  if (named) world.focus.mention(named.text);
}

function isSkipped(request: Request, last: Outcome | undefined): boolean {
  if (request.when === 'on_failure') return last?.status !== 'failed';
  return request.when === 'on_success' && last?.status !== 'done';
}

/** "Create our products": one request for each thing the instructions offer. */
function wholeOffer(request: Request, world: World): Request[] {
  const { intent, object, slots, text } = request;
  const all =
    intent === 'create' &&
    (object === 'product' || object === 'price') &&
    !slots.newName &&
    !slots.product &&
    !slots.amount &&
    /\b(?:products|goods|plans|catalog(?:ue)?|offers?|everything|prices|services|items|packages)\b/i.test(
      text,
    ) &&
    /\b(?:our|my|the|all|we)\b/i.test(text);
  const goods = all ? goodsOf(world.setting) : [];
  if (goods.length === 0) return [request];
  return goods.map(({ name, amount, interval, intervalCount }) => ({
    ...request,
    object: 'product',
    slots: { ...slots, newName: name, amount, interval, intervalCount },
  }));
}

/** A request for several customers or objects is one request for each. */
function oneByOne(request: Request): Request[] {
  const { customers, ids } = request.slots;
  const perCustomer =
    ['charge', 'delete', 'cancel', 'switch', 'update', 'attach', 'mail', 'get'].includes(request.intent) ||
    (request.intent === 'create' && request.object !== 'customer');
  if (customers && customers.length > 1 && (perCustomer || request.intent === 'refund')) {
    return customers.map((customer) => ({ ...request, slots: { ...request.slots, customers: [customer] } }));
  }
  const { product, otherProducts } = request.slots;
  const perProduct =
    ['archive', 'activate', 'get'].includes(request.intent) || request.object === 'payment_link';
  if (product && otherProducts && perProduct) {
    return [product, ...otherProducts].map((one) => ({
      ...request,
      slots: { ...request.slots, product: one, otherProducts: undefined },
    }));
  }
  const kinds = new Set(ids?.map(({ object }) => object));
  const perId = [
    'get',
    'refund',
    'capture',
    'cancel',
    'void',
    'finalize',
    'send',
    'pay',
    'archive',
    'confirm',
  ].includes(request.intent);
  if (ids && ids.length > 1 && kinds.size === 1 && perId)
    return ids.map((id) => ({ ...request, slots: { ...request.slots, ids: [id] } }));
  return [request];
}

function joined(outcomes: readonly Outcome[]): Outcome {
  const last = outcomes.at(-1) ?? declined('');
  return {
    ...last,
    text: outcomes
      .map(({ text }) => text)
      .filter(Boolean)
      .join('\n\n'),
  };
}
