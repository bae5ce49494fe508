import Stripe from 'stripe';
import { afterAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../index.ts';
import type { Invoice } from './invoice.ts';

type Status = Invoice['status'];
type Action =
  | 'add_lines'
  | 'attach_payment'
  | 'delete'
  | 'finalize'
  | 'mark_uncollectible'
  | 'pay'
  | 'pay_declined'
  | 'pay_out_of_band'
  | 'revise'
  | 'send'
  | 'update_metadata'
  | 'update_terms'
  | 'void';
/** The status an action leads to, or how it is refused. */
type Expected = Status | 'deleted' | { readonly refused: string };

const notOpen = { refused: "You can only pass in open invoices. This invoice isn't open." };
const paidAlready = { refused: 'Invoice is already paid' };
const final = { refused: "This invoice is already finalized, you can't re-finalize a non-draft invoice." };
const onlyDrafts = { refused: 'You can only delete draft invoices.' };
const notSendable = {
  refused:
    'This invoice cannot be sent right now. Please contact us via https://support.stripe.com/contact with details, so we can help.',
};
const notEditable = { refused: 'Invalid invoice: This invoice is no longer editable' };
const frozen = { refused: "Finalized invoices can't be updated in this way" };
const noAttaching = { refused: "You can only attach payments to open invoices. This invoice isn't open." };
const declined = { refused: 'Your card was declined.' };
const revisableOnly = (status: Status) => ({
  refused: `You can only revise open or uncollectible invoices. The invoice in_ is ${status}.`,
});

/** Every status with every action: a pair left out does not compile. */
const table: Record<Status, Record<Action, Expected>> = {
  draft: {
    add_lines: 'draft',
    attach_payment: noAttaching,
    delete: 'deleted',
    finalize: 'open',
    mark_uncollectible: notOpen,
    pay: 'paid',
    pay_declined: declined,
    pay_out_of_band: 'paid',
    revise: revisableOnly('draft'),
    send: 'open',
    update_metadata: 'draft',
    update_terms: 'draft',
    void: notOpen,
  },
  open: {
    add_lines: notEditable,
    attach_payment: 'open',
    delete: onlyDrafts,
    finalize: final,
    mark_uncollectible: 'uncollectible',
    pay: 'paid',
    pay_declined: declined,
    pay_out_of_band: 'paid',
    revise: 'void',
    send: 'open',
    update_metadata: 'open',
    update_terms: frozen,
    void: 'void',
  },
  paid: {
    add_lines: notEditable,
    attach_payment: noAttaching,
    delete: onlyDrafts,
    finalize: final,
    mark_uncollectible: notOpen,
    pay: paidAlready,
    pay_declined: paidAlready,
    pay_out_of_band: paidAlready,
    revise: revisableOnly('paid'),
    send: notSendable,
    update_metadata: 'paid',
    update_terms: frozen,
    void: { refused: 'Invoices with `paid` payments cannot be voided.' },
  },
  uncollectible: {
    add_lines: notEditable,
    attach_payment: noAttaching,
    delete: onlyDrafts,
    finalize: final,
    mark_uncollectible: { refused: 'This invoice has already been marked uncollectible.' },
    pay: 'paid',
    pay_declined: declined,
    pay_out_of_band: 'paid',
    revise: 'void',
    send: notSendable,
    update_metadata: 'uncollectible',
    update_terms: frozen,
    void: 'void',
  },
  void: {
    add_lines: notEditable,
    attach_payment: noAttaching,
    delete: onlyDrafts,
    finalize: final,
    mark_uncollectible: notOpen,
    pay: { refused: 'This invoice can no longer be paid.' },
    pay_declined: { refused: 'This invoice can no longer be paid.' },
    pay_out_of_band: { refused: 'This invoice can no longer be paid.' },
    revise: revisableOnly('void'),
    send: notSendable,
    update_metadata: 'void',
    update_terms: frozen,
    void: notOpen,
  },
};

const sandbox = createSandbox();
afterAll(() => sandbox.close());
const httpClient = Stripe.createFetchHttpClient(sandbox.fetch);
const stripe = new Stripe('sk_test_invoice_transitions', { httpClient, maxNetworkRetries: 0 });
const customer = (async () => {
  const { id } = await stripe.customers.create({ email: 'bea@example.com' });
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer: id });
  await stripe.customers.update(id, { invoice_settings: { default_payment_method: method.id } });
  return id;
})();

async function invoiceIn(status: Status): Promise<string> {
  const { id } = await stripe.invoices.create({
    customer: await customer,
    collection_method: 'send_invoice',
    days_until_due: 5,
  });
  await stripe.invoiceItems.create({ customer: await customer, invoice: id, amount: 900, currency: 'usd' });
  if (status === 'draft') return id;
  await stripe.invoices.finalizeInvoice(id);
  if (status === 'paid') await stripe.invoices.pay(id);
  if (status === 'uncollectible') await stripe.invoices.markUncollectible(id);
  if (status === 'void') await stripe.invoices.voidInvoice(id);
  return id;
}

const actions: Record<Action, (id: string) => Promise<unknown>> = {
  add_lines: (id) => stripe.invoices.addLines(id, { lines: [{ amount: 100, description: 'more' }] }),
  attach_payment: async (id) => {
    const intent = await stripe.paymentIntents.create({
      amount: 900,
      currency: 'usd',
      customer: await customer,
    });
    await stripe.invoices.attachPayment(id, { payment_intent: intent.id });
  },
  delete: (id) => stripe.invoices.del(id),
  finalize: (id) => stripe.invoices.finalizeInvoice(id),
  mark_uncollectible: (id) => stripe.invoices.markUncollectible(id),
  pay: (id) => stripe.invoices.pay(id),
  pay_declined: async (id) => {
    const method = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', {
      customer: await customer,
    });
    await stripe.invoices.pay(id, { payment_method: method.id });
  },
  pay_out_of_band: (id) => stripe.invoices.pay(id, { paid_out_of_band: true }),
  revise: async (id) => {
    const revision = await stripe.invoices.create({ from_invoice: { action: 'revision', invoice: id } });
    await stripe.invoices.finalizeInvoice(revision.id);
  },
  send: (id) => stripe.invoices.sendInvoice(id),
  update_metadata: (id) => stripe.invoices.update(id, { metadata: { seen: 'yes' } }),
  update_terms: (id) => stripe.invoices.update(id, { description: 'other' }),
  void: (id) => stripe.invoices.voidInvoice(id),
};

describe.each(Object.entries(table))('an invoice that is %s', (status, row) => {
  test.each(Object.entries(row))('%s', async (action, expected) => {
    const id = await invoiceIn(status as Status);
    const outcome = actions[action as Action](id).then(
      async () => (action === 'delete' ? 'deleted' : (await stripe.invoices.retrieve(id)).status),
      (error: Stripe.errors.StripeError) => ({ refused: error.message.replace(id, 'in_') }),
    );
    expect(await outcome).toEqual(expected);
    if (typeof expected === 'object' && expected !== declined && expected !== onlyDrafts)
      expect((await stripe.invoices.retrieve(id)).status).toBe(status);
  });
});
