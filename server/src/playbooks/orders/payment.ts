/** An order up to its payment: who buys, what it costs, the charge or the page, and what the customer does with it. */
import { type Money, money, toDecimal } from '@purser/money';
import type Stripe from 'stripe';
import { fromStripe } from '../../connections/stripe/amounts.ts';
import { type Json, ToolError } from '../../tools/tool.ts';
import type { Next } from '../playbook.ts';
import type { Step } from '../steps.ts';
import { letterOf } from './letter.ts';
import { type Buyer, buyerOf, impossible, type Line, type Quote, quoteOf } from './quote.ts';
import { end, idIn, isCancelAsked, type OrderRun, saidNo, standingOf, waitUnknown } from './run.ts';

/** An order that is paid. */
export interface Paid {
  /** null where it is only assumed (dry run). */
  readonly intent: string | null;
  readonly buyer: Buyer;
  readonly lines: readonly Line[];
  readonly total: Money;
  readonly refunded: Money;
  readonly isDisputed: boolean;
  readonly at: Date;
}

const hourMs = 3_600_000;
/** A page closes after a day; a bank's page is given as long. */
const patienceMs = 24 * hourMs;
/** The far side tells of an end a little late. */
const graceMs = 5 * 60_000;

/** @returns what comes next, or the payment once it is made. @throws ToolError when it cannot be read now */
export async function payOrder(run: OrderRun): Promise<Next | Paid> {
  const step = run.steps.of('pay');
  if (!step) return firstSteps(run);
  switch (step.status) {
    case 'rejected':
      return saidNo(step.error?.message);
    case 'unknown':
      return waitUnknown(run, 'Nobody knows yet whether that was paid.');
    case 'failed':
      return refused(run, step);
    case 'done':
      return run.input.paymentMethod === undefined
        ? onPage(run, idIn(step.view))
        : byCard(run, idIn(step.view), step.at);
  }
}

/** Nobody was asked for money yet. */
async function firstSteps(run: OrderRun): Promise<Next> {
  if (isCancelAsked(run)) return end('canceled', 'The order was canceled before anything was paid.');
  const made = run.steps.of('customer');
  if (made?.status === 'rejected') return saidNo(made.error?.message);
  try {
    const buyer = await buyerOf(run, idIn(made?.view) ?? run.input.customer);
    if (buyer.id === null && made === undefined) return newCustomer(run, buyer);
    if (buyer.id === null && made?.status === 'failed')
      return end('not_possible', made.error?.message ?? 'The customer could not be created.');
    return askForMoney(run, buyer, await quoteOf(run, run.input));
  } catch (error) {
    if (!(error instanceof ToolError) || !impossible.has(error.code)) throw error;
    return end('not_possible', [error.message, error.next].filter(Boolean).join(' '));
  }
}

function newCustomer({ input }: OrderRun, { name, email }: Buyer): Next {
  const ordered = input.reference ? `First order: ${input.reference}` : 'Created for an order';
  return {
    ...{ do: 'call', id: 'customer', tool: 'create_customer' },
    say: `No customer has the address ${email ?? ''}: one is created.`,
    input: { ...(name && { name }), ...(email && { email }), description: ordered },
  };
}

function askForMoney({ input }: OrderRun, { id, email }: Buyer, { lines, total }: Quote): Next {
  const { paymentMethod, returnUrl, reference } = input;
  const customer = id ?? email ?? '';
  if (paymentMethod === undefined)
    return {
      ...{
        do: 'call',
        id: 'pay',
        tool: 'create_checkout_session',
        say: 'The customer gets a page to pay on.',
      },
      input: { customer, items: lines.map(itemOf), ...(returnUrl && { return_url: returnUrl }) },
    };
  const what = lines.map(({ quantity, name }) => `${quantity} × ${name}`).join(', ');
  const description = [reference, what].filter(Boolean).join(': ').slice(0, 350);
  const sum = { amount: toDecimal(total), currency: total.currency };
  return {
    ...{
      do: 'call',
      id: 'pay',
      tool: 'charge_customer',
      say: 'The payment method given with the order is charged.',
    },
    input: { customer, ...sum, payment_method: paymentMethod, description },
  };
}

function itemOf({ name, price, quantity, unit }: Line): { [key: string]: Json } {
  if (price) return { price, quantity };
  return { description: name, amount: toDecimal(unit), currency: unit.currency, quantity };
}

/** The charge was not taken at once. */
async function refused(run: OrderRun, { error }: Step): Promise<Next | Paid> {
  const intent = error?.details?.payment_intent;
  if (error?.code === 'card_declined') return failed(run, error.message);
  if (error?.code !== 'authentication_required' || typeof intent !== 'string')
    return end('not_possible', error?.message ?? 'It could not be charged.');
  const step = run.steps.of('confirm');
  if (!step)
    return {
      ...{ do: 'call', id: 'confirm', tool: 'confirm_payment_intent' },
      say: 'The bank wants the customer to confirm: a page is made for that.',
      input: { payment_intent: intent, payment_method: run.input.paymentMethod ?? '' },
    };
  if (step.status === 'rejected') return saidNo(step.error?.message);
  if (step.status === 'unknown') return waitUnknown(run, 'Nobody knows yet whether that went through.');
  return byCard(run, intent, step.at);
}

async function byCard(run: OrderRun, id: string | null, since: Date): Promise<Next | Paid> {
  if (id === null) return assumed(run);
  const intent = await readIntent(run, id);
  switch (intent.status) {
    case 'succeeded':
      return paidWith(run, intent);
    case 'canceled':
      return end(isCancelAsked(run) ? 'canceled' : 'expired', `The payment ${id} was canceled.`);
    case 'requires_action': {
      const url = intent.next_action?.redirect_to_url?.url;
      const until = new Date(since.getTime() + patienceMs);
      const cancel = { tool: 'cancel_payment_intent', input: { payment_intent: id } };
      return awaitCustomer(run, {
        on: id,
        url,
        until,
        cancel,
        owner: idOf(intent.customer),
        more: { paymentIntent: id },
      });
    }
    case 'processing':
    case 'requires_capture':
      return {
        do: 'wait',
        until: null,
        on: id,
        say: `The payment is ${intent.status.replaceAll('_', ' ')}.`,
      };
    default:
      return failed(run, intent.last_payment_error?.message ?? `The payment is ${intent.status}.`);
  }
}

async function onPage(run: OrderRun, id: string | null): Promise<Next | Paid> {
  if (id === null) return assumed(run);
  const session = await run.read((api) => api.checkout.sessions.retrieve(id));
  if (session.status === 'expired')
    return isCancelAsked(run)
      ? end('canceled', 'The order was canceled, and its page closed, before anything was paid.')
      : end('expired', 'The page to pay on has closed, and nothing was paid.');
  if (session.status === 'open') {
    const until = new Date(session.expires_at * 1000);
    const cancel = { tool: 'expire_checkout_session', input: { session: id } };
    return awaitCustomer(run, {
      on: id,
      url: session.url,
      until,
      cancel,
      owner: idOf(session.customer),
      more: { session: id },
    });
  }
  const intentId = idOf(session.payment_intent);
  const intent = intentId ? await readIntent(run, intentId) : null;
  if (intent && session.payment_status !== 'unpaid') return paidWith(run, intent);
  if (intent?.status === 'requires_payment_method' || intent?.status === 'canceled')
    return failed(run, intent.last_payment_error?.message ?? 'The payment did not come.');
  return { do: 'wait', until: null, on: id, say: 'The customer has ordered; the money is on its way.' };
}

/** It is the customer's turn, for a while; then, or when the order is canceled, it is too late to pay. */
async function awaitCustomer(
  run: OrderRun,
  page: {
    on: string;
    url: string | null | undefined;
    until: Date;
    cancel: { tool: string; input: { [key: string]: string } };
    owner: string | null;
    more: { [fact: string]: string };
  },
): Promise<Next> {
  const { on, url, until, cancel, owner, more } = page;
  const { lines, total } = await quoteOf(run, run.input, { isBought: true });
  const close = run.steps.of('close');
  const isOver = until.getTime() + graceMs <= run.now.getTime();
  if (close?.status === 'unknown') return waitUnknown(run, 'Nobody knows yet whether its page is closed.');
  if ((isCancelAsked(run) || isOver) && !close)
    return { ...{ do: 'call', id: 'close' }, ...cancel, say: 'Nothing can be paid for this order any more.' };
  if (isOver && close) return end('open', `The payment could not be closed: ${close.error?.message ?? ''}`);
  const buyer = await buyerOf(run, owner ?? run.input.customer);
  const { email } = buyer;
  const shown = { total, payUrl: url ?? null, payUntil: until.toISOString(), customer: buyer.id, ...more };
  const standing = standingOf('awaiting_payment', shown);
  if (url && email && run.input.mailLink && !run.steps.of('mail_link'))
    return {
      ...{
        do: 'call',
        id: 'mail_link',
        tool: 'send_message',
        say: 'The customer is sent the page to pay on.',
      },
      standing,
      input: letterOf(run, 'pay', { buyer: { ...buyer, email }, lines, total, pay: { url, until } }),
    };
  return {
    ...{ do: 'wait', on, until: new Date(until.getTime() + graceMs) },
    say: `The customer has until ${until.toISOString()} to pay.`,
    standing,
  };
}

/** Nothing was paid, and nothing will be: the customer is told once. */
async function failed(run: OrderRun, why: string): Promise<Next> {
  const { lines, total } = await quoteOf(run, run.input, { isBought: true });
  const over = { ...end('payment_failed', why), standing: standingOf('payment_failed', { total }) };
  const buyer = await buyerOf(run, idIn(run.steps.of('customer')?.view) ?? run.input.customer);
  const { email } = buyer;
  if (!email || !run.settings.tellChanges || run.steps.of('mail_failed')) return over;
  return {
    ...{ do: 'call', id: 'mail_failed', tool: 'send_message', say: why },
    input: letterOf(run, 'failed', { buyer: { ...buyer, email }, lines, total }),
  };
}

const readIntent = (run: OrderRun, id: string) =>
  run.read((api) => api.paymentIntents.retrieve(id, { expand: ['latest_charge'] }));

async function paidWith(run: OrderRun, intent: Stripe.PaymentIntent): Promise<Paid> {
  const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null;
  const owner = idOf(intent.customer);
  const { lines } = await quoteOf(run, run.input, { isBought: true });
  return {
    intent: intent.id,
    buyer: owner ? await ownerOf(run, owner) : { id: null, name: null, email: null, languages: [] },
    lines,
    total: fromStripe(intent.amount_received, intent.currency),
    refunded: fromStripe(charge?.amount_refunded ?? 0, intent.currency),
    isDisputed: charge?.disputed ?? false,
    at: new Date((charge?.created ?? intent.created) * 1000),
  };
}

/** A customer who was deleted since is written to no more. */
async function ownerOf(run: OrderRun, id: string): Promise<Buyer> {
  return buyerOf(run, id).catch((error: unknown) => {
    if (!(error instanceof ToolError) || !impossible.has(error.code)) throw error;
    return { id, name: null, email: null, languages: [] };
  });
}

/** In a dry run every step goes well. */
async function assumed(run: OrderRun): Promise<Paid> {
  const { lines, total } = await quoteOf(run, run.input);
  const buyer = await buyerOf(run, run.input.customer);
  return {
    intent: null,
    buyer,
    lines,
    total,
    refunded: money(0n, total.currency),
    isDisputed: false,
    at: run.now,
  };
}

const idOf = (value: string | { id: string } | null | undefined): string | null =>
  typeof value === 'string' ? value : (value?.id ?? null);
