import { formatMoney, money } from '@purser/money';
import type { Hono } from 'hono';
import type { Account } from './account.ts';
import type { Directory } from './directory.ts';
import { attemptPayment } from './invoices/collect.ts';
import { currentInvoice, type Invoice } from './invoices/invoice.ts';
import { intentOf } from './invoices/payments.ts';
import { paymentIntents } from './payment-intents/intent.ts';
import { linkItems, paymentLinks } from './payment-links.ts';
import { createPaymentMethod } from './payment-methods/payment-method.ts';
import type { Player } from './seeds/seed.ts';
import { clockOf } from './test-clocks/bound.ts';
import { inTimeOf } from './test-clocks/test-clock.ts';
import { noSuch, StripeFault } from './wire/errors.ts';
import { decodeForm } from './wire/form.ts';

const invoicePath = '/_sandbox/invoices/:account/:id/:secret';
const linkPath = '/_sandbox/pay/:account/:id';

interface Card {
  readonly number: string;
  readonly exp_month: number;
  readonly exp_year: number;
  readonly cvc: string;
}

/** Pages where a person pays an invoice or through a payment link, with Stripe's test cards. */
export function addHostedPages(app: Hono, directory: Directory, playOn: (account: Account) => Player): void {
  app.get(invoicePath, async (context) => {
    const { invoice } = await invoiceAt(directory, context.req.param());
    return context.html(invoicePage(invoice));
  });
  // There is no printer here: the page stands in for the file.
  app.get(`${invoicePath}/pdf`, (context) => context.redirect(context.req.path.replace(/\/pdf$/, '')));
  app.post(invoicePath, async (context) => {
    const { account, invoice } = await invoiceAt(directory, context.req.param());
    const form = formOf(await context.req.text());
    const outcome = tried(() =>
      account.transact(() =>
        inTimeOf(account, clockOf(account, invoice.id), () =>
          payInvoice(account, invoice, cardOf(form, account)),
        ),
      ),
    );
    await account.flush();
    if (typeof outcome === 'object') return context.redirect(outcome.next, 303);
    const now = currentInvoice(account, invoice.id) ?? invoice;
    return context.html(invoicePage(now, outcome), outcome === '' ? 200 : 402);
  });
  app.get(linkPath, async (context) => {
    const { account, id } = await linkAt(directory, context.req.param());
    return context.html(linkPage(account, id));
  });
  app.post(linkPath, async (context) => {
    const { account, id } = await linkAt(directory, context.req.param());
    const form = formOf(await context.req.text());
    const outcome = tried(() => account.transact(() => payLink(account, id, form, playOn(account))));
    await account.flush();
    if (typeof outcome === 'object') return context.redirect(outcome.next, 303);
    if (outcome !== '') return context.html(linkPage(account, id, outcome), 402);
    const after = account.of(paymentLinks).get(id)?.after_completion;
    if (after?.redirect) return context.redirect(after.redirect.url, 303);
    const thanks = after?.hosted_confirmation?.custom_message ?? 'Thanks for your payment.';
    return context.html(page('Paid', `<h1>Paid</h1><p>${escaped(thanks)}</p>`));
  });
}

/** What a payment came to: '' when it is done, the refusal in words, or where the customer must go next. */
type Outcome = string | { readonly next: string };

function tried(pay: () => Outcome): Outcome {
  try {
    return pay();
  } catch (error) {
    if (error instanceof StripeFault) return error.message;
    throw error;
  }
}

async function invoiceAt(directory: Directory, path: { account: string; id: string; secret: string }) {
  const account = await directory.find(path.account);
  const invoice = account && currentInvoice(account, path.id);
  if (!account || !invoice?.hosted_invoice_url?.endsWith(`/${path.secret}`))
    throw noSuch('invoice', path.id, 'id');
  return { account, invoice };
}

async function linkAt(directory: Directory, path: { account: string; id: string }) {
  const account = await directory.find(path.account);
  if (!account?.of(paymentLinks).get(path.id)) throw noSuch('payment link', path.id, 'id');
  return { account, id: path.id };
}

function payInvoice(account: Account, invoice: Invoice, card: Card): Outcome {
  if (invoice.status !== 'open') return 'This invoice is not waiting for a payment.';
  const method = createPaymentMethod(account, { card });
  const { fault } = attemptPayment(account, invoice, { method, offSession: false });
  if (fault) return fault.message;
  return actionOf(account, intentOf(account, invoice)?.id);
}

function actionOf(account: Account, intent: string | undefined): Outcome {
  const action = intent === undefined ? null : account.of(paymentIntents).get(intent)?.next_action;
  const sdk = action?.use_stripe_sdk;
  const url = action?.redirect_to_url?.url ?? (sdk && 'stripe_js' in sdk ? sdk.stripe_js : null);
  return typeof url === 'string' ? { next: url } : '';
}

interface Named {
  readonly id: string;
}

function payLink(account: Account, id: string, form: Fields, play: Player): Outcome {
  const link = account.of(paymentLinks).get(id);
  if (!link?.active) return link?.inactive_message ?? 'This link is no longer active.';
  const items = account.of(linkItems).get(id)?.items ?? [];
  const customer = play.post<Named>('/v1/customers', { email: form.email, name: form.name || undefined }).id;
  const card = { ...cardOf(form, account) };
  const method = play.post<Named>('/v1/payment_methods', { type: 'card', card }).id;
  const metadata = { ...link.metadata, payment_link: id };
  const lines = (recurring: boolean) =>
    items
      .filter((item) => (item.price.recurring !== null) === recurring)
      .map((item) => ({ price: item.price.id, quantity: item.quantity ?? 1 }));
  if (lines(true).length > 0) {
    play.post(`/v1/payment_methods/${method}/attach`, { customer });
    play.post('/v1/subscriptions', {
      customer,
      items: lines(true),
      add_invoice_items: lines(false),
      default_payment_method: method,
      payment_behavior: 'error_if_incomplete',
      metadata,
    });
    return '';
  }
  const amount = items.reduce((sum, item) => sum + item.amount_total, 0);
  const intent = play.post<Named>('/v1/payment_intents', {
    amount,
    currency: link.currency,
    customer,
    payment_method: method,
    confirm: true,
    return_url: link.url,
    metadata,
  });
  return actionOf(account, intent.id);
}

type Fields = Readonly<Record<'email' | 'name' | 'number' | 'expiry' | 'cvc', string>>;

function formOf(body: string): Fields {
  const form = decodeForm(body);
  const field = (name: string) => {
    const value = form[name];
    return typeof value === 'string' ? value.trim() : '';
  };
  return {
    email: field('email'),
    name: field('name'),
    number: field('number'),
    expiry: field('expiry'),
    cvc: field('cvc'),
  };
}

function cardOf(form: Fields, account: Account): Card {
  const nextYear = new Date(account.now() * 1000).getUTCFullYear() + 1;
  const [month = '12', year = String(nextYear)] = form.expiry.split('/').map((part) => part.trim());
  return {
    number: form.number,
    exp_month: Number(month) || 12,
    exp_year: Number(year) || nextYear,
    cvc: form.cvc || '123',
  };
}

function invoicePage(invoice: Invoice, problem = ''): string {
  const amount = (minor: number) => escaped(formatMoney(money(minor, invoice.currency)));
  const lines = invoice.lines.data
    .map((line) => `<tr><td>${escaped(line.description ?? 'Item')}</td><td>${amount(line.amount)}</td></tr>`)
    .join('');
  const title = `Invoice ${invoice.number ?? ''}`;
  const form = invoice.status === 'open' ? cardForm(`Pay ${amount(invoice.amount_remaining)}`, problem) : '';
  return page(
    title,
    `<h1>${escaped(title)}</h1><p>${escaped(invoice.account_name ?? '')} to ${escaped(invoice.customer_name ?? invoice.customer_email ?? '')}: <strong>${invoice.status}</strong></p>
<table>${lines}<tr><th>Total</th><th>${amount(invoice.total)}</th></tr></table>${form}`,
  );
}

function linkPage(account: Account, id: string, problem = ''): string {
  const link = account.of(paymentLinks).get(id);
  if (!link?.active)
    return page('Inactive', `<p>${escaped(link?.inactive_message ?? 'This link is no longer active.')}</p>`);
  const items = account.of(linkItems).get(id)?.items ?? [];
  const amount = (minor: number) => escaped(formatMoney(money(minor, link.currency)));
  const rows = items
    .map((item) => {
      const every = item.price.recurring ? ` / ${item.price.recurring.interval}` : '';
      return `<tr><td>${item.quantity ?? 1} × ${escaped(item.description ?? 'Item')}</td><td>${amount(item.amount_total)}${every}</td></tr>`;
    })
    .join('');
  const total = items.reduce((sum, item) => sum + item.amount_total, 0);
  const who =
    '<label>E-mail <input name="email" type="email" required></label><label>Name <input name="name"></label>';
  return page('Pay', `<h1>Pay</h1><table>${rows}</table>${cardForm(`Pay ${amount(total)}`, problem, who)}`);
}

function cardForm(label: string, problem: string, before = ''): string {
  const refused = problem === '' ? '' : `<p role="alert">${escaped(problem)}</p>`;
  return `<form method="post">${refused}${before}
<label>Card number <input name="number" inputmode="numeric" value="4242 4242 4242 4242" required></label>
<label>Expiry <input name="expiry" placeholder="12/34"></label><label>CVC <input name="cvc" inputmode="numeric"></label>
<button>${label}</button><p>Only Stripe's test cards work here.</p></form>`;
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title>
<style>body{font:16px/1.5 system-ui;max-width:32rem;margin:4rem auto;padding:0 1rem}table{width:100%}td:last-child,th:last-child{text-align:right}th{text-align:left}label{display:block;margin:.6rem 0}input,button{font:inherit;padding:.4rem .6rem}[role=alert]{color:#b00020}</style>
</head><body>${body}</body></html>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
