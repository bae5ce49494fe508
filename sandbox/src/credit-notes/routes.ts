import type { Account } from '../account.ts';
import { advance, update } from '../events.ts';
import { currentInvoice, saveInvoice } from '../invoices/invoice.ts';
import { fitIntent } from '../invoices/payments.ts';
import { type Call, declare, found, listed, type Resource, route } from '../resource.ts';
import { invalidRequest } from '../wire/errors.ts';
import { pageOfList, pageParams } from '../wire/pages.ts';
import { applyMetadata } from '../wire/params.ts';
import { type CreditNote, creditNotes } from './credit-note.ts';
import { issueNote } from './issue.ts';
import { createParams, listParams, previewLinesParams, updateParams } from './params.ts';

const permission = 'credit_note';

/** Takes a note back, which the invoice then asks for again. Throws Stripe's 400 once nothing can be asked for any more. */
function voidNote(account: Account, note: CreditNote): CreditNote {
  const invoice = currentInvoice(account, note.invoice);
  if (note.status === 'void') throw invalidRequest('This credit note has already been voided.');
  if (invoice?.status !== 'open')
    throw invalidRequest('You can only void a credit note if the associated invoice is open.');
  const { pre_payment_amount: amount } = note;
  const open = saveInvoice(account, {
    ...invoice,
    amount_due: invoice.amount_due + amount,
    amount_remaining: invoice.amount_remaining + amount,
    pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount - amount,
  });
  fitIntent(account, open);
  const gone: CreditNote = { ...note, status: 'void', voided_at: account.now() };
  return advance(account, creditNotes, gone, 'credit_note.voided');
}

function existing(call: Call<unknown>): CreditNote {
  return found(call, creditNotes, 'credit note');
}

/** `/v1/credit_notes`. */
export const creditNoteResource: Resource = {
  collections: [declare(creditNotes)],
  expand: {
    credit_note: {
      customer: ['customers'],
      'discount_amounts.discount': ['discounts'],
      'pretax_credit_amounts.credit_balance_transaction': ['billing_credit_balance_transactions'],
      'pretax_credit_amounts.discount': ['discounts'],
      customer_balance_transaction: ['customer_balance_transactions'],
      invoice: ['invoices'],
      'refunds.refund': ['refunds'],
      'shipping_cost.shipping_rate': ['shipping_rates'],
    },
  },
  routes: [
    route('POST', '/v1/credit_notes', { permission, params: createParams }, ({ account, params }) =>
      issueNote(account, params),
    ),
    route('GET', '/v1/credit_notes/preview', { permission, params: createParams }, ({ account, params }) =>
      account.imagine(() => issueNote(account, params)),
    ),
    route('GET', '/v1/credit_notes/preview/lines', { permission, params: previewLinesParams }, (call) => {
      const { account, params, url } = call;
      const { lines } = account.imagine(() => issueNote(account, params));
      return pageOfList(lines.data, url, params, 'credit_note_line_item');
    }),
    route('GET', '/v1/credit_notes/:id', { permission }, existing),
    route('POST', '/v1/credit_notes/:id', { permission, params: updateParams }, (call) => {
      const note = existing(call);
      const { memo = note.memo, metadata: meta } = call.params;
      const next: CreditNote = { ...note, memo, metadata: applyMetadata(note.metadata ?? {}, meta) };
      return update(call.account, creditNotes, next, 'credit_note.updated');
    }),
    route('POST', '/v1/credit_notes/:id/void', { permission }, (call) =>
      voidNote(call.account, existing(call)),
    ),
    route('GET', '/v1/credit_notes/:id/lines', { permission, params: pageParams }, (call) =>
      pageOfList(existing(call).lines.data, call.url, call.params, 'credit_note_line_item'),
    ),
    route('GET', '/v1/credit_notes', { permission, params: listParams }, (call) => {
      const { customer, invoice } = call.params;
      return listed(call, creditNotes, {
        ...(invoice !== undefined
          ? { index: 'invoice', key: invoice }
          : customer !== undefined
            ? { index: 'customer', key: customer }
            : {}),
        where: (note) => customer === undefined || note.customer === customer,
      });
    }),
  ],
};
