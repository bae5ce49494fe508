import { parseMoney } from '@purser/money';
import { plainText } from '../../answers/describe.ts';
import { readAmount, spokenAmount, spokenDecimal } from '../../answers/money.ts';
import { cardLabel } from '../../answers/objects.ts';
import type { Amount } from '../../entities/entity.ts';
import { type Json, type JsonObject, rowsAt, textAt } from '../../json.ts';
import type { Request } from '../../meaning/request.ts';
import { type Act, asked, declined, type World } from '../act.ts';
import { goodIn } from '../goods.ts';
import { askCustomer, callNamed, customerRef, failed, idRef, likelyCustomer } from '../references.ts';
import { ceilingFor, exceeds } from '../rules.ts';
import { amountOf, write } from './write.ts';

/** What is said to whoever types a card number. */
export const noCards =
  'I do not take card numbers: they are neither kept nor passed on. In test mode use one of Stripe’s published test cards; otherwise let the customer enter the card on a Stripe page, for example through a payment link.';

/** Charges a saved card: "charge Dora $40", "collect €12 from …". */
export function* charge(request: Request, world: World): Act {
  const { slots } = request;
  if (slots.hiddenCard) return declined(noCards);
  const customer = likelyCustomer(request, world);
  const sum = amountOf(request, world);
  if (slots.marks?.has('all') && !customer)
    return declined('I charge one customer at a time. Tell me whom, and how much.');
  if ((slots.customers?.length ?? 0) > 1 && !sum)
    return askAmount(request, 'How much should each of them be charged?');
  if (!customer)
    return askCustomer(
      request,
      sum
        ? `Whom should I charge ${spokenDecimal(sum.amount, sum.currency)}? Give me a name, an e-mail or an id.`
        : 'Whom should I charge, and how much?',
    );
  const good = sum ? undefined : goodIn(request.text, world.setting);
  if (good)
    return yield* charge(
      { ...request, slots: { ...slots, amount: good.amount, description: good.name } },
      world,
    );
  if (!sum) return askAmount(request, `How much should I charge ${plainText(nameFor(customer, world))}?`);
  if (request.object === 'bill' && !slots.marks?.has('saved') && !slots.card)
    return askHowToBill(request, customer, sum, world);
  const ceiling = ceilingFor('charge', world.setting);
  if (ceiling && exceeds(sum, ceiling))
    return declined(`I did not charge anything: the instructions say "${plainText(ceiling.words)}".`);
  const method = slots.card ?? slots.ids?.find(({ object }) => object === 'payment_method')?.id;
  if (slots.marks?.has('backup') && !method) return yield* chargeBackup(request, { customer, ...sum }, world);
  const card = method ? undefined : (slots.cardEnding ?? cardBrand.exec(request.text)?.[0]);
  if (card)
    return yield* chargeCard(request, { customer, ...sum, description: slots.description }, card, world);
  const input = { customer, ...sum, description: slots.description, payment_method: method };
  return yield* write('charge_customer', input, (value) => paidText(value, sum), request, world);
}

const cardBrand = /\b(?:visa|master ?card|amex|american express|discover|jcb|diners|union ?pay)\b/i;

/** "On his Mastercard", "ending in 4444": the one saved card of that brand or with those digits, and no other. */
function* chargeCard(
  request: Request,
  input: { customer: string; amount: string; currency: string; description?: string },
  said: string,
  world: World,
): Act {
  const listed = yield* callNamed('list_customer_payment_methods', { customer: input.customer });
  if (listed.status !== 'ok') return failed(listed, request);
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replace(/[^a-z\d]/g, '')
      .replace('americanexpress', 'amex');
  const fitting = rowsAt(listed.value, 'data').filter((card) =>
    /^\d+$/.test(said)
      ? cardLabel(card).includes(`ending in ${said}`)
      : plain(cardLabel(card)).startsWith(plain(said)),
  );
  const id = textAt(fitting[0], 'id');
  if (fitting.length !== 1 || !id)
    return declined(
      `${plainText(nameFor(input.customer, world))} has ${fitting.length === 0 ? 'no' : 'more than one'} saved ${/^\d+$/.test(said) ? `card ending in ${said}` : plainText(said)}, so I charged nothing.`,
    );
  return yield* write(
    'charge_customer',
    { ...input, payment_method: id },
    (value) => paidText(value, input),
    request,
    world,
  );
}

function paidText(value: JsonObject, sum: { amount: string; currency: string }): string {
  const amount = textAt(value, 'amount');
  const status = textAt(value, 'status') ?? 'succeeded';
  const shown = amount ? spokenAmount(amount) : spokenDecimal(sum.amount, sum.currency);
  if (status === 'succeeded') return `Charged **${shown}**.`;
  return `The payment of **${shown}** is not complete: ${status.replaceAll('_', ' ')}.`;
}

/** A customer as a person would say it, where the conversation knows the name. */
export function nameFor(customer: string, world: World): string {
  const known = world.focus.get('customer');
  return known && textAt(known, 'id') === customer
    ? (textAt(known, 'name') ?? textAt(known, 'email') ?? customer)
    : customer;
}

/** Asks how much. */
export function askAmount(request: Request, question: string) {
  return asked(question, { about: 'amount', request });
}

function askHowToBill(
  request: Request,
  customer: string,
  sum: { amount: string; currency: string },
  world: World,
) {
  const question = `Should I charge ${plainText(nameFor(customer, world))}'s saved card ${spokenDecimal(sum.amount, sum.currency)} now, or create an invoice over it?`;
  return asked(question, {
    about: 'choice',
    request,
    choices: [
      { words: /\b(?:charge|card|now|first|former)\b/, request: { ...request, object: 'charge' } },
      {
        words: /\b(?:invoice|bill|second|latter|later)\b/,
        request: { ...request, intent: 'create', object: 'invoice' },
      },
    ],
  });
}

/** "Try her backup card": the charge that just failed, once more, with another saved card. */
export function* retry(request: Request, world: World): Act {
  const before = world.focus.failedCharge;
  if (!before)
    return declined(
      'There is no failed payment in this conversation that I could try again. Say whom to charge, and how much.',
    );
  const method =
    request.slots.card ?? request.slots.ids?.find(({ object }) => object === 'payment_method')?.id;
  if (method)
    return yield* write(
      before.tool,
      { ...before.input, payment_method: method },
      (value) => paidText(value, sumOf(before.input)),
      request,
      world,
    );
  const again = /\bagain\b|\bretry\b/i.test(request.text) && !request.slots.marks?.has('backup');
  if (again)
    return yield* write(
      before.tool,
      before.input,
      (value) => paidText(value, sumOf(before.input)),
      request,
      world,
    );
  const customer = textAt(before.input, 'customer') ?? world.focus.customer();
  if (!customer) return declined('I do not know whose backup card to try. Name the customer.');
  const input = before.tool === 'confirm_payment_intent' ? before.input : { ...before.input, customer };
  return yield* chargeBackup(request, { ...input, customer }, world, before.tool);
}

function sumOf(input: JsonObject): { amount: string; currency: string } {
  return { amount: textAt(input, 'amount') ?? '', currency: textAt(input, 'currency') ?? 'usd' };
}

function* chargeBackup(
  request: Request,
  input: Record<string, Json>,
  world: World,
  tool = 'charge_customer',
): Act {
  const listed = yield* callNamed('list_customer_payment_methods', { customer: input.customer });
  if (listed.status !== 'ok') return failed(listed, request);
  const cards = rowsAt(listed.value, 'data');
  const tried = textAt(world.focus.failedCharge?.input, 'payment_method');
  const others = cards.filter(
    (card) => card.default !== true && card.is_default !== true && textAt(card, 'id') !== tried,
  );
  const backups = others.length > 0 && others.length < cards.length ? others : cards.slice(1);
  const [backup] = backups;
  const id = textAt(backup, 'id');
  if (!backup || !id) return { status: 'failed', text: 'There is no other saved payment method to try.' };
  const spec = world.toolbox.named(tool);
  const allowed = Object.fromEntries(Object.entries(input).filter(([name]) => spec?.properties.has(name)));
  return yield* write(
    tool,
    { ...allowed, payment_method: id },
    (value) => `The backup payment method (${cardLabel(backup)}) worked. ${paidText(value, sumOf(input))}`,
    request,
    world,
  );
}

export function* payInvoice(request: Request, world: World, known?: string): Act {
  const invoice = known ?? idRef(request, ['invoice'], world)?.id;
  const customer = customerRef(request, world);
  const method =
    request.slots.card ?? request.slots.ids?.find(({ object }) => object === 'payment_method')?.id;
  if (!invoice && !customer)
    return asked('Which invoice should be paid? Give me its id, its number or the customer.', {
      about: 'object',
      object: 'invoice',
      request,
    });
  const target = invoice ?? (yield* findInvoice(customer ?? '', 'open', request.slots.ofAmount));
  if (!target) return declined(`I found no single open invoice of ${plainText(customer ?? '')}.`);
  return yield* write(
    'pay_invoice',
    {
      invoice: target,
      payment_method: method,
      paid_out_of_band: elsewhere.test(request.text) ? true : undefined,
    },
    (value) =>
      `Invoice ${plainText(textAt(value, 'number') ?? target)} is **${(textAt(value, 'status') ?? 'paid').replaceAll('_', ' ')}**.`,
    request,
    world,
  );
}

/** Said of money that did not come through Stripe. */
const elsewhere =
  /\b(?:record|note|book|set|count)\b.*\bpaid\b|\bin cash\b|\bby (?:bank transfer|wire|cheque|check|cash)\b|\b(?:outside|out) of (?:stripe|band)\b|\boffline\b|\bmark(?:ed)?\b.*\bpaid\b/i;

/** The one invoice of a customer in a status, and over a sum where one was said; none or several give undefined. */
export function* findInvoice(customer: string, status: string, sum?: Amount): Act<string | undefined> {
  const listed = yield* callNamed('list_invoices', { customer, status, limit: sum ? 50 : 5 });
  if (listed.status !== 'ok') return undefined;
  const rows = rowsAt(listed.value, 'data').filter((row) => isOver(textAt(row, 'total'), sum));
  return rows.length === 1 ? textAt(rows[0], 'id') : undefined;
}

/** True where a sum as tools write it is the one that was said. */
export function isOver(shown: string | undefined, sum: Amount | undefined): boolean {
  if (!sum) return true;
  const found = readAmount(shown);
  if (!found || (sum.currency && sum.currency !== found.currency)) return false;
  return parseMoney(sum.decimal, found.currency).minor === found.minor;
}
