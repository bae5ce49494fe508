import { html } from 'hono/html';
import type { Account } from '../account.ts';
import { attemptPayment } from '../invoices/collect.ts';
import { currentInvoice, type Invoice } from '../invoices/invoice.ts';
import { allLines } from '../invoices/line-list.ts';
import { intentOf } from '../invoices/payments.ts';
import { type PaymentMethod, paymentMethods } from '../payment-methods/payment-method.ts';
import { taxRates } from '../tax-rates.ts';
import { noSuch } from '../wire/errors.ts';
import { cardFields, enteredCard, problemOf } from './card.ts';
import { alert, type Filled } from './fields.ts';
import { emptyForm, type Form } from './form.ts';
import type { Answer, HostedPage, Visit } from './frame.ts';
import { type Html, layout } from './layout.ts';
import { testCards } from './test-cards.ts';
import { amountText, businessName, dayText } from './words.ts';

/** An invoice as its customer sees it, and where they pay it. */
export const invoicePage: HostedPage = {
  path: '/_sandbox/invoices/:account/:id/:secret',
  show: (visit) => {
    const invoice = invoiceAt(visit);
    const problem = visit.query('returned') === '' ? null : lastProblem(visit.account, invoice);
    if (problem === null || !isPayable(invoice))
      return pageOf(visit.account, invoice, { form: emptyForm, problems: {} }, 200);
    return pageOf(visit.account, invoice, { form: emptyForm, problems: { number: problem } }, 402);
  },
  act: (visit, form) => pay(visit, invoiceAt(visit), form),
  refuse: (visit, form, fault) => {
    const filled = { form, problems: problemOf(fault, form) };
    return pageOf(visit.account, invoiceAt(visit), filled, fault.status === 402 ? 402 : 400);
  },
};

function invoiceAt({ account, path }: Visit): Invoice {
  const invoice = currentInvoice(account, path('id'));
  if (!invoice?.hosted_invoice_url?.endsWith(`/${path('secret')}`)) throw noSuch('invoice', path('id'), 'id');
  return invoice;
}

function pay(visit: Visit, invoice: Invoice, form: Form): Answer {
  const { account } = visit;
  if (!isPayable(invoice)) return { next: visit.url };
  const entry = enteredCard(account, form, savedCards(account, invoice));
  if (entry.problems) return pageOf(account, invoice, { form, problems: entry.problems }, 400);
  const { fault } = attemptPayment(account, invoice, {
    method: entry.method,
    offSession: false,
    returnUrl: `${invoice.hosted_invoice_url}?returned=1`,
  });
  if (fault) {
    const now = currentInvoice(account, invoice.id) ?? invoice;
    return pageOf(account, now, { form, problems: problemOf(fault, form) }, 402);
  }
  const action = intentOf(account, invoice)?.next_action?.redirect_to_url?.url;
  return { next: action ?? visit.url };
}

function isPayable({ status }: Invoice): boolean {
  return status === 'open' || status === 'uncollectible';
}

function lastProblem(account: Account, invoice: Invoice): string | null {
  return intentOf(account, invoice)?.last_payment_error?.message ?? null;
}

function savedCards(account: Account, invoice: Invoice): PaymentMethod[] {
  return account
    .of(paymentMethods)
    .by('customer', invoice.customer)
    .filter(({ allow_redisplay: allow, card }) => card && allow === 'always');
}

function pageOf(account: Account, invoice: Invoice, filled: Filled, status: 200 | 400 | 402): Answer {
  const body = html`${bill(account, invoice)}${isPayable(invoice) ? payment(account, invoice, filled) : outcome(invoice)}`;
  const title = `Invoice ${invoice.number ?? ''} from ${invoice.account_name ?? businessName(account)}`;
  return { page: layout({ title, shape: 'two', body, livemode: account.livemode }), status };
}

function bill(account: Account, invoice: Invoice): Html {
  const text = (minor: number) => amountText(minor, invoice.currency);
  const { pre_payment_credit_notes_amount: credited } = invoice;
  const to = [invoice.customer_name, invoice.customer_email].filter(Boolean).join(', ');
  return html`<section aria-label="Invoice">
<p class="business">${invoice.account_name ?? businessName(account)}</p>
<h1>Invoice ${invoice.number}</h1>
<p class="total">${text(invoice.status === 'paid' ? invoice.total : invoice.amount_remaining)}</p>
<p class="quiet">${dueText(invoice)}</p>
<dl class="sums"><div><dt>To</dt><dd>${to}</dd></div>
<div><dt>Status</dt><dd><span class="tag">${invoice.status}</span></dd></div></dl>
<ul class="lines">${allLines(account, invoice).map((line) => html`<li><span>${line.description ?? 'Item'}</span><span>${text(line.amount)}</span>${(line.quantity ?? 1) === 1 ? '' : html`<span class="below small quiet">Quantity ${line.quantity}</span>`}</li>`)}</ul>
<dl class="sums"><div><dt>Subtotal</dt><dd>${text(invoice.subtotal)}</dd></div>
${discountLine(invoice)}
${(invoice.total_taxes ?? []).map((tax) => html`<div><dt>${taxName(account, tax.tax_rate_details?.tax_rate)}</dt><dd>${text(tax.amount)}</dd></div>`)}
${invoice.amount_shipping > 0 ? html`<div><dt>Shipping</dt><dd>${text(invoice.amount_shipping)}</dd></div>` : ''}
<div class="sum"><dt>Total</dt><dd>${text(invoice.total)}</dd></div>
${balanceApplied(invoice) === 0 ? '' : html`<div><dt>Balance applied</dt><dd>${text(balanceApplied(invoice))}</dd></div>`}
${credited === 0 ? '' : html`<div><dt>Credit notes</dt><dd>${text(-credited)}</dd></div>`}
${invoice.amount_paid > 0 ? html`<div><dt>Paid</dt><dd>${text(-invoice.amount_paid)}</dd></div>` : ''}
<div class="sum"><dt>Due</dt><dd>${text(invoice.amount_remaining)}</dd></div></dl>
${invoice.invoice_pdf ? html`<p class="small"><a href="${new URL(invoice.invoice_pdf).pathname}">Download PDF</a></p>` : ''}
${invoice.description === null ? '' : html`<p class="small">${invoice.description}</p>`}
${invoice.footer === null ? '' : html`<p class="small quiet">${invoice.footer}</p>`}
</section>`;
}

/** What the customer's balance added to the total or, below nothing, took off it. */
function balanceApplied({ ending_balance: end, starting_balance: start }: Invoice): number {
  return start - (end ?? start);
}

function dueText(invoice: Invoice): string {
  if (invoice.status === 'paid') {
    const at = invoice.status_transitions.paid_at;
    return at === null ? 'Paid' : `Paid on ${dayText(at)}`;
  }
  return invoice.due_date === null ? 'Due now' : `Due on ${dayText(invoice.due_date)}`;
}

function discountLine(invoice: Invoice): Html | string {
  const off = (invoice.total_discount_amounts ?? []).reduce((sum, { amount }) => sum + amount, 0);
  return off === 0 ? '' : html`<div><dt>Discount</dt><dd>${amountText(-off, invoice.currency)}</dd></div>`;
}

function taxName(account: Account, id: string | undefined): string {
  const rate = id === undefined ? undefined : account.of(taxRates).get(id);
  return rate ? `${rate.display_name} (${rate.percentage}%${rate.inclusive ? ' incl.' : ''})` : 'Tax';
}

function payment(account: Account, invoice: Invoice, filled: Filled): Html {
  return html`<section class="card" aria-label="Payment">
${alert(filled.problems)}
<form method="post" novalidate>
${cardFields(savedCards(account, invoice), filled)}
<button class="main">Pay ${amountText(invoice.amount_remaining, invoice.currency)}</button>
</form>
${testCards()}</section>`;
}

function outcome({ status }: Invoice): Html {
  const said =
    status === 'paid'
      ? html`<p class="done">This invoice is paid. Thank you.</p>`
      : html`<p>This invoice was voided: there is nothing to pay.</p>`;
  return html`<section class="card" aria-label="Payment">${said}</section>`;
}
