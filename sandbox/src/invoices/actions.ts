import type { Account } from '../account.ts';
import { emit } from '../events.ts';
import { paymentIntents } from '../payment-intents/intent.ts';
import { resolveMethod } from '../payment-methods/payment-method.ts';
import { type Call, referred, refused } from '../resource.ts';
import { invalidRequest, missingParam, StripeFault } from '../wire/errors.ts';
import type { Parsed } from '../wire/params.ts';
import { attemptPayment } from './collect.ts';
import { payOutOfBand } from './end.ts';
import { finalizeInvoice } from './finalize.ts';
import { currentInvoice, type Invoice, saveInvoice } from './invoice.ts';
import type { payParams } from './params.ts';
import { attachIntent, intentOf } from './payments.ts';
import { collectedLater, existing } from './update.ts';

/** `POST /v1/invoices/:id/pay`: a draft is finalized first. Throws Stripe's refusals and the card's. */
export function payFrom(call: Call<Parsed<typeof payParams>>): Invoice {
  const { account, params } = call;
  const before = existing(call);
  if (before.status === 'paid') throw invalidRequest('Invoice is already paid');
  if (before.status === 'void') throw invalidRequest('This invoice can no longer be paid.');
  const method = params.payment_method ?? params.source;
  if (params.paid_out_of_band && method !== undefined)
    throw refused(
      'paid_out_of_band',
      'You may only specify one of these parameters: paid_out_of_band, payment_method.',
    );
  const open = before.status === 'draft' ? finalizeInvoice(account, before) : before;
  if (open.status === 'paid') return open;
  if (params.paid_out_of_band) return payOutOfBand(account, open);
  const { invoice, fault } = attemptPayment(account, open, {
    method: method === undefined ? undefined : resolveMethod(account, method, 'payment_method'),
    offSession: params.off_session ?? true,
  });
  if (fault) throw fault;
  if (intentOf(account, invoice)?.status === 'requires_action') throw actionNeeded();
  return invoice;
}

function actionNeeded(): StripeFault {
  const message =
    'This payment requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with the invoice.';
  const code = 'invoice_payment_intent_requires_action';
  return new StripeFault(402, { type: 'card_error', code, message }, { keeps: true });
}

/** `POST /v1/invoices/:id/send`: a draft is finalized first. */
export function sendFrom(call: Call<unknown>): Invoice {
  const before = existing(call, 'invoice');
  if (before.collection_method !== 'send_invoice')
    throw invalidRequest("You can only manually send an invoice if its collection method is 'send_invoice'");
  if (before.status !== 'draft' && before.status !== 'open')
    throw invalidRequest(
      'This invoice cannot be sent right now. Please contact us via https://support.stripe.com/contact with details, so we can help.',
    );
  const open = before.status === 'draft' ? finalizeInvoice(call.account, before) : before;
  emit(call.account, 'invoice.sent', open);
  return open;
}

/** `POST /v1/invoices/:id/finalize`. */
export function finalizeFrom(call: Call<{ auto_advance?: boolean }>): Invoice {
  const { account, params } = call;
  const draft = existing(call);
  const auto_advance = params.auto_advance ?? draft.auto_advance ?? false;
  return collectionOf(account, finalizeInvoice(account, { ...draft, auto_advance }));
}

function collectionOf(account: Account, open: Invoice): Invoice {
  if (!open.auto_advance || open.status !== 'open') return open;
  if (open.collection_method === 'send_invoice') emit(account, 'invoice.sent', open);
  return saveInvoice(account, collectedLater(account, open));
}

/** `POST /v1/invoices/:id/attach_payment`. */
export function attachFrom(call: Call<{ payment_intent?: string }>): Invoice {
  const { account, params } = call;
  const invoice = existing(call, 'invoice');
  if (params.payment_intent === undefined) throw missingParam('payment_intent');
  const intent = referred(account, paymentIntents, 'payment_intent', params.payment_intent, 'payment_intent');
  attachIntent(account, invoice, intent);
  return currentInvoice(account, invoice.id) ?? invoice;
}
