import { plainText } from '../../answers/describe.ts';
import { spokenAmount, spokenDecimal } from '../../answers/money.ts';
import { textAt } from '../../json.ts';
import type { Line } from '../../meaning/lines.ts';
import type { Request } from '../../meaning/request.ts';
import { type Act, asked, callTool, declined, done, type World } from '../act.ts';
import { goodIn, termsOf } from '../goods.ts';
import { askCustomer, customerRef, failed, idRef, likelyCustomer } from '../references.ts';
import { type SpokenProduct, spokenProduct } from '../spoken.ts';
import { findInvoice } from './payments.ts';
import { amountOf, write } from './write.ts';

/** A draft invoice with its line; sent only where that was asked for. */
export function* createInvoice(request: Request, world: World): Act {
  const { slots } = request;
  const customer = likelyCustomer(request, world);
  const sum = amountOf(request, world);
  if (!customer) return askCustomer(request, 'For which customer is the invoice?');
  const good = sum ? undefined : goodIn(request.text, world.setting);
  if (good)
    return yield* createInvoice(
      { ...request, slots: { ...slots, amount: good.amount, description: good.name } },
      world,
    );
  if (slots.lines) return yield* createItemised(request, slots.lines, customer, world);
  const goods = sum ? undefined : yield* spokenProduct(request, world);
  if (goods) return yield* createOfProduct(request, goods, customer, world);
  if (!sum)
    return asked(`Over which amount should the invoice for ${plainText(customer)} be, and for what?`, {
      about: 'amount',
      request,
    });
  const input = {
    customer,
    ...sum,
    description: slots.description,
    days_until_due: slots.dueDays ?? termsOf(world.setting),
  };
  return yield* write(
    'create_invoice',
    input,
    (value) =>
      `Created a draft invoice over **${spokenAmount(textAt(value, 'total') ?? '')}**. It has not been sent.`,
    request,
    world,
  );
}

/** "Invoice Emma for two One-time Setups": a draft with a product at its own price. */
function* createOfProduct(request: Request, product: SpokenProduct, customer: string, world: World): Act {
  const { slots } = request;
  const terms = slots.dueDays ?? termsOf(world.setting);
  const made = yield* write(
    'create_invoice',
    { customer, days_until_due: terms },
    () => `Created a draft invoice for ${plainText(product.name)}. It has not been sent.`,
    request,
    world,
  );
  const invoice = world.focus.id('invoice');
  if (made.status !== 'done' || !invoice) return made;
  const line = { customer, invoice, product: product.id, quantity: slots.quantity };
  const added = yield* write('create_invoice_item', line, () => made.text, request, world);
  return added.status === 'done'
    ? added
    : { ...added, text: `${made.text}\n\nIt has no line yet: ${added.text}` };
}

/** A draft with several lines: made with the first, the others put on it one by one. */
function* createItemised(request: Request, lines: readonly Line[], customer: string, world: World): Act {
  const [first, ...more] = lines;
  if (!first) return declined('An invoice needs a line.');
  const sumOf = ({ amount, description }: Line) => ({
    amount: amount.decimal,
    currency: amount.currency ?? world.setting.currency,
    description,
  });
  const terms = { days_until_due: request.slots.dueDays ?? termsOf(world.setting) };
  const made = yield* write(
    'create_invoice',
    { customer, ...sumOf(first), ...terms },
    () => `Created a draft invoice with ${lines.length} lines. It has not been sent.`,
    request,
    world,
  );
  const invoice = world.focus.id('invoice');
  if (made.status !== 'done' || !invoice) return made;
  for (const line of more) {
    const added = yield* callTool('create_invoice_item', { customer, invoice, ...sumOf(line) });
    if (added.status !== 'ok')
      return {
        ...failed(added, request),
        text: `${made.text}\n\nThe line "${plainText(line.description)}" is missing on it: ${failed(added, request).text}`,
      };
  }
  const listed = lines.map(
    (line) => `- ${plainText(line.description)}: ${spokenDecimal(line.amount.decimal, sumOf(line).currency)}`,
  );
  return done([made.text, '', ...listed].join('\n'));
}

export function* createInvoiceItem(request: Request, world: World): Act {
  const { slots } = request;
  const named = idRef(request, ['invoice'], world)?.id;
  const known = likelyCustomer(request, world) ?? textAt(world.focus.get('invoice'), 'customer');
  const customer = known ?? (named === undefined ? undefined : yield* customerOfInvoice(named));
  const sum = amountOf(request, world);
  if (!customer) return askCustomer(request, 'For which customer is the invoice item?');
  if (!sum) return asked('Over which amount should the invoice item be?', { about: 'amount', request });
  const draft = /\b(?:draft|invoice|bill)\b/i.test(request.text);
  if (!named && !draft)
    return asked('To which draft invoice should I add that? Give me its id or the customer.', {
      about: 'object',
      object: 'invoice',
      request,
    });
  const invoice = named ?? (draft ? yield* findInvoice(customer, 'draft') : undefined);
  if (draft && invoice === undefined)
    return declined(`I found no single draft invoice of ${plainText(customer)}, so I added nothing.`);
  if (!slots.description)
    return asked('What should the line say?', { about: 'text', slot: 'description', request });
  return yield* write(
    'create_invoice_item',
    { customer, invoice, ...sum, description: slots.description },
    () => 'Added the line.',
    request,
    world,
  );
}

function* customerOfInvoice(invoice: string): Act<string | undefined> {
  const found = yield* callTool('get_invoice', { invoice });
  return found.status === 'ok' ? textAt(found.value, 'customer') : undefined;
}

const invoiceWords: Record<string, { ask: string; done: string; status: string }> = {
  finalize_invoice: {
    ask: 'Which invoice should I finalise? Give me its id, its number or the customer.',
    done: 'finalised',
    status: 'draft',
  },
  send_invoice: {
    ask: 'Which invoice should I send? Give me its id, its number or the customer.',
    done: 'sent',
    status: 'open',
  },
  void_invoice: {
    ask: 'Which invoice should I void? Give me its id, its number or the customer.',
    done: 'void',
    status: 'open',
  },
};

/** Finalises, sends or voids an invoice. "Send Bob an invoice for $300" makes it first. */
export function* onInvoice(tool: string, request: Request, world: World): Act {
  const words = invoiceWords[tool];
  if (!words) return declined('I cannot do that with an invoice.');
  const { slots } = request;
  if (tool === 'send_invoice' && slots.amount) return yield* createAndSend(request, world);
  const named = slots.ids?.find(({ object }) => object === 'invoice')?.id ?? invoiceNumber(request.text);
  const customer = customerRef(request, world);
  const spoken = slots.customers ? undefined : idRef(request, ['invoice'], world)?.id;
  let invoice = named ?? spoken;
  const status = tool === 'void_invoice' && /\bdraft/i.test(request.text) ? 'draft' : words.status;
  if (!invoice && customer) {
    invoice = yield* findInvoice(customer, status, slots.ofAmount);
    if (!invoice && tool === 'send_invoice') invoice = yield* findInvoice(customer, 'draft', slots.ofAmount);
    if (!invoice)
      return declined(
        `I found no single ${status} invoice of ${plainText(customer)}. Give me its id or number; "list the invoices of ${plainText(customer)}" shows them.`,
      );
  }
  if (!invoice) return asked(words.ask, { about: 'object', object: 'invoice', request });
  if (tool === 'void_invoice' && (yield* isDraft(invoice, world)))
    return yield* write('delete_draft_invoice', { invoice }, () => 'Deleted the draft.', request, world);
  return yield* write(
    tool,
    { invoice },
    (value) => `Invoice ${plainText(textAt(value, 'number') ?? invoice ?? '')} is **${words.done}**.`,
    request,
    world,
  );
}

/** What was never final is deleted, and not voided. */
function* isDraft(invoice: string, world: World): Act<boolean> {
  if (!world.toolbox.named('delete_draft_invoice')) return false;
  const found = yield* callTool('get_invoice', { invoice });
  return found.status === 'ok' && textAt(found.value, 'status') === 'draft';
}

function invoiceNumber(text: string): string | undefined {
  return /\b[A-Z0-9]{4,12}-\d{4}\b/.exec(text)?.[0];
}

function* createAndSend(request: Request, world: World): Act {
  const made = yield* createInvoice({ ...request, intent: 'create' }, world);
  if (made.status !== 'done') return made;
  const invoice = world.focus.id('invoice');
  if (!invoice) return made;
  const sent = yield* callTool('send_invoice', { invoice });
  if (sent.status !== 'ok')
    return {
      ...failed(sent, request),
      text: `${made.text}\n\nIt could not be sent: ${failed(sent, request).text}`,
    };
  return {
    status: 'done',
    text: `Created and sent the invoice over **${spokenAmount(textAt(sent.value, 'total') ?? '')}** (\`${invoice}\`).`,
  };
}
