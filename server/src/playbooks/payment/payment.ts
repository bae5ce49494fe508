/**
 * Payment with fallback: the default card, then the others, one operation each, until one pays. Nothing further is charged
 * while an earlier payment could still succeed: one that waits for the customer's bank is canceled first, and one whose
 * outcome nobody knows is waited for.
 */
import { type Money, parseMoney } from '@purser/money';
import type Stripe from 'stripe';
import type { Json } from '../../tools/tool.ts';
import { type Next, playbook, type RunView } from '../playbook.ts';
import type { Step } from '../steps.ts';
import { letterOf } from './letter.ts';
import { type Payer, readPayer } from './payer.ts';
import { type PaymentInput, type PaymentSettings, paymentInput, paymentSettings } from './settings.ts';
import type { LetterKind } from './words.ts';

type Run = RunView<PaymentSettings, PaymentInput>;
type Method = Payer['methods'][number];

const hourMs = 3_600_000;
/** In case no event tells. */
const lookAgainMs = 6 * hourMs;
const unknownMs = 10 * 60_000;

export const payment = playbook<PaymentSettings, PaymentInput>({
  name: 'payment',
  title: 'Payment with fallback',
  description:
    'Charges a customer’s default card; when it is declined and another card can mend that, the other saved cards in turn. Where the bank wants the customer to confirm, they get the link. At the end they are told by mail whether it worked.',
  settings: paymentSettings,
  input: paymentInput,
  events: ['payment_intent.succeeded', 'payment_intent.payment_failed', 'payment_intent.canceled'],
  successes: ['paid'],
  titleOf: ({ customer, amount, currency }) => `${amount} ${currency.toUpperCase()} from ${customer}`,

  heard: ({ objectId }) => (objectId ? { subject: objectId } : null),

  async next(run) {
    const payer = await readPayer(run, run.input.customer, run.settings.mostCards);
    if (!payer) return { do: 'end', outcome: 'not_possible', say: 'The customer was deleted.' };
    for (const method of payer.methods) {
      const answer = await oneCard(run, payer, method);
      if (answer) return answer;
    }
    return told(run, payer, 'failed', { do: 'end', outcome: 'failed', say: outOfCards(payer) });
  },
});

function outOfCards({ methods }: Payer): string {
  if (methods.length === 0) return 'There is no saved card to charge.';
  return `No card could be charged: ${methods.map(({ label }) => label).join(', ')}.`;
}

/** What is to do about one card; null when it is done with, and the next may be tried. */
async function oneCard(run: Run, payer: Payer, method: Method): Promise<Next | null> {
  const step = run.steps.of(`charge_${method.id}`);
  if (!step) {
    const { customer, amount, currency, description } = run.input;
    return {
      ...{ do: 'call', id: `charge_${method.id}`, tool: 'charge_customer', say: `Charging ${method.label}.` },
      input: { customer, amount, currency, payment_method: method.id, ...(description && { description }) },
    };
  }
  switch (step.status) {
    case 'rejected':
      return { do: 'end', outcome: 'rejected', say: `A person said no: ${step.error?.message ?? ''}` };
    case 'unknown':
      return waitForNews(
        run,
        `Nobody knows yet whether ${method.label} was charged: no other card is until then.`,
      );
    case 'done':
      return ofIntent(run, payer, method, idIn(step.view));
    case 'failed':
      return afterFailure(run, payer, method, step);
  }
}

function afterFailure(
  run: Run,
  payer: Payer,
  method: Method,
  { error }: Step,
): Promise<Next | null> | Next | null {
  const details = error?.details ?? {};
  if (error?.code === 'authentication_required' && typeof details.payment_intent === 'string')
    return confirmed(run, payer, method, details.payment_intent);
  if (error?.code !== 'card_declined')
    return { do: 'end', outcome: 'not_possible', say: error?.message ?? 'It could not be charged.' };
  const { decline_code: code } = details;
  if (typeof code === 'string' && noCardHelps.has(code))
    return told(run, payer, 'failed', {
      do: 'end',
      outcome: 'failed',
      say: `${error.message} No other card is tried.`,
    });
  return null;
}

/** Declines that are about the person or the payment, and not about the card. */
const noCardHelps = new Set([
  'fraudulent',
  'merchant_blacklist',
  'duplicate_transaction',
  'stop_payment_order',
]);

/** The bank wants the customer: the payment is confirmed again with a page to authenticate on. */
async function confirmed(run: Run, payer: Payer, method: Method, intent: string): Promise<Next | null> {
  const step = run.steps.of(`confirm_${method.id}`);
  if (!step)
    return {
      ...{ do: 'call', id: `confirm_${method.id}`, tool: 'confirm_payment_intent' },
      say: `The bank of ${method.label} wants the customer to confirm: a link is made for that.`,
      input: { payment_intent: intent, payment_method: method.id },
    };
  if (step.status === 'rejected') return { do: 'end', outcome: 'rejected', say: 'A person said no.' };
  if (step.status === 'unknown') return waitForNews(run, 'Nobody knows yet whether that went through.');
  return ofIntent(run, payer, method, intent, step.at);
}

/** How a payment stands that was sent. `asked`: since when its customer has been asked to confirm it. */
async function ofIntent(
  run: Run,
  payer: Payer,
  method: Method,
  id: string | null,
  asked = run.now,
): Promise<Next | null> {
  const paid = {
    do: 'end',
    outcome: 'paid',
    amount: amountOf(run.input),
    say: `Paid with ${method.label}.`,
  } as const;
  // Only assumed, in a dry run.
  if (id === null) return told(run, payer, 'paid', paid);
  const intent = await run.read((api) => api.paymentIntents.retrieve(id));
  switch (intent.status) {
    case 'succeeded':
      return told(run, payer, 'paid', paid);
    case 'processing':
    case 'requires_capture':
      return waitForNews(run, `The payment with ${method.label} is ${intent.status}.`, intent.id);
    case 'requires_action':
      return askCustomer(run, payer, method, intent, asked);
    default:
      return null;
  }
}

/** The customer gets the link and time; then the payment is canceled, so that no other card pays beside it. */
function askCustomer(
  run: Run,
  payer: Payer,
  method: Method,
  intent: Stripe.PaymentIntent,
  asked: Date,
): Next {
  const until = new Date(asked.getTime() + run.settings.confirmHours * hourMs);
  const link = intent.next_action?.redirect_to_url?.url;
  const mail = run.steps.of(`ask_${method.id}`);
  const { email } = payer;
  if (link && email && !mail)
    return {
      ...{ do: 'call', id: `ask_${method.id}`, tool: 'send_message' },
      say: 'The customer is sent the link to confirm the payment.',
      input: letterOf(run, { ...payer, email }, 'confirm', { link, until }),
    };
  if (mail?.status === 'done' && until > run.now)
    return waitForNews(run, `The customer has until ${until.toISOString()} to confirm.`, intent.id, until);
  const cancel = run.steps.of(`cancel_${method.id}`);
  if (cancel?.status === 'unknown') return waitForNews(run, 'Nobody knows yet whether that was canceled.');
  if (cancel)
    return {
      ...{ do: 'end', outcome: 'open' },
      say: `The payment ${intent.id} was not canceled, so no other card is charged: ${cancel.error?.message ?? ''}`,
    };
  return {
    ...{ do: 'call', id: `cancel_${method.id}`, tool: 'cancel_payment_intent' },
    say: `The payment with ${method.label} was not confirmed: it is canceled before another card is tried.`,
    input: { payment_intent: intent.id, cancellation_reason: 'abandoned' },
  };
}

function waitForNews({ now }: Run, say: string, on?: string, until?: Date): Next {
  const soon = new Date(now.getTime() + (on ? lookAgainMs : unknownMs));
  return { do: 'wait', say, until: until && until < soon ? until : soon, ...(on && { on }) };
}

/** The end, with the customer told before, once. */
function told(run: Run, payer: Payer, kind: LetterKind, end: Next): Next {
  const { email } = payer;
  const id = `tell_${kind}`;
  if (!run.settings.tellCustomer || !email || run.steps.of(id)) return end;
  return {
    ...{ do: 'call', id, tool: 'send_message', say: end.say },
    input: letterOf(run, { ...payer, email }, kind),
  };
}

const amountOf = ({ amount, currency }: PaymentInput): Money => parseMoney(amount, currency);

function idIn(view: Json): string | null {
  return typeof view === 'object' && view !== null && !Array.isArray(view) && typeof view.id === 'string'
    ? view.id
    : null;
}
