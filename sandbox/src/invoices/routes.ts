import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { existingCustomer } from '../customers.ts';
import { applyDiscounts, discountsParam } from '../discounts.ts';
import { emit } from '../events.ts';
import { attachMethod, resolveMethod } from '../payment-methods/payment-method.ts';
import { priceCurrency } from '../prices.ts';
import {
  type Call,
  declare,
  found,
  given,
  listed,
  type Resource,
  refused,
  route,
  searched,
} from '../resource.ts';
import { existingTaxRates } from '../tax-rates.ts';
import { noSuch } from '../wire/errors.ts';
import { datedPageParams, embeddedList, pageParams } from '../wire/pages.ts';
import {
  applyMetadata,
  boolean,
  emptyable,
  inRange,
  integer,
  list,
  metadata,
  object,
  oneOf,
  type Parsed,
  required,
  text,
  timeRange,
  unsettableText,
} from '../wire/params.ts';
import { searchParams } from '../wire/search.ts';
import {
  advanceInvoice,
  attemptPayment,
  onActionRequired,
  onIntentFailed,
  onIntentSucceeded,
  overdueInvoice,
  retryInvoice,
  retryJob,
} from './collect.ts';
import { draftInvoice, draftSeconds, finalizeJob, newInvoiceId, withTotals } from './draft.ts';
import { deleteDraft, markUncollectible, payOutOfBand, voidInvoice } from './end.ts';
import { finalizeInvoice, overdueJob, saveInvoice } from './finalize.ts';
import {
  type Invoice,
  type InvoicePayment,
  invoicePayments,
  invoices,
  paymentIdOf,
  type StoredInvoice,
  subscriptionOf,
} from './invoice.ts';
import { pendingItems, takeItems } from './items.ts';

const collectionMethod = oneOf('charge_automatically', 'send_invoice');
const customFields = emptyable(list(object({ name: required(text(40)), value: required(text(140)) }), 4));
const common = {
  auto_advance: boolean(),
  collection_method: collectionMethod,
  custom_fields: customFields,
  days_until_due: integer(0),
  default_payment_method: unsettableText(),
  default_tax_rates: emptyable(list(text(), 20)),
  description: unsettableText(1500),
  discounts: discountsParam,
  due_date: integer(),
  footer: unsettableText(),
  metadata: metadata(),
  number: unsettableText(26),
  statement_descriptor: text(22),
} as const;
const createParams = {
  ...common,
  currency: priceCurrency,
  customer: required(text()),
  pending_invoice_items_behavior: oneOf('exclude', 'include'),
  subscription: text(),
} as const;
const payParams = {
  forgive: boolean(),
  off_session: boolean(),
  paid_out_of_band: boolean(),
  payment_method: text(),
} as const;
const listParams = {
  ...datedPageParams,
  collection_method: collectionMethod,
  customer: text(),
  due_date: timeRange(),
  status: oneOf('draft', 'open', 'paid', 'uncollectible', 'void'),
  subscription: text(),
} as const;
const searchFields = {
  created: 'number',
  currency: 'token',
  customer: 'token',
  number: 'token',
  receipt_number: 'token',
  status: 'token',
  'parent.subscription_details.subscription': 'token',
  total: 'number',
} as const;

function existing(call: Call<unknown>): Invoice {
  const invoice = found<StoredInvoice>(call, invoices, 'invoice');
  if (invoice.deleted) throw noSuch('invoice', invoice.id, 'id');
  return invoice;
}

function ownMethod(account: Account, customer: string, id: string | null | undefined): string | null {
  if (id === undefined || id === null) return null;
  return attachMethod(account, resolveMethod(account, id, 'default_payment_method'), customer).id;
}

function createFrom({ account, params }: Call<Parsed<typeof createParams>>): Invoice {
  const customer = existingCustomer(account, params.customer);
  const currency = params.currency ?? customer.currency ?? 'usd';
  const method = params.collection_method ?? 'charge_automatically';
  if (method === 'charge_automatically' && (params.days_until_due ?? params.due_date) !== undefined)
    throw refused(
      params.due_date === undefined ? 'days_until_due' : 'due_date',
      `\`${params.due_date === undefined ? 'days_until_due' : 'due_date'}\` may only be specified for invoices with \`collection_method\`='send_invoice'.`,
    );
  if (method === 'send_invoice' && (params.days_until_due ?? params.due_date) === undefined)
    throw refused(
      'days_until_due',
      "If invoice `collection_method`='send_invoice', you must pass one of `due_date` or `days_until_due`.",
    );
  const id = newInvoiceId();
  const items =
    params.pending_invoice_items_behavior === 'include'
      ? pendingItems(account, customer.id, { currency, subscription: params.subscription })
      : [];
  return draftInvoice(account, {
    id,
    customer,
    currency,
    lines: takeItems(account, items, id),
    billingReason: 'manual',
    collectionMethod: method,
    autoAdvance: params.auto_advance ?? false,
    customFields: params.custom_fields ?? null,
    daysUntilDue: params.days_until_due,
    defaultPaymentMethod: ownMethod(account, customer.id, params.default_payment_method),
    defaultTaxRates: existingTaxRates(account, params.default_tax_rates ?? [], 'default_tax_rates'),
    description: params.description,
    discounts: applyDiscounts(account, params.discounts ?? [], { customer: customer.id, invoice: id }),
    dueDate: params.due_date,
    footer: params.footer,
    metadata: applyMetadata({}, params.metadata),
    number: params.number,
    statementDescriptor: params.statement_descriptor,
  });
}

function updateFrom(call: Call<Parsed<typeof common>>): Invoice {
  const { account, params } = call;
  const invoice = existing(call);
  const { auto_advance, metadata: meta, default_payment_method: methodId, ...terms } = params;
  if (invoice.status !== 'draft' && Object.values(terms).some((value) => value !== undefined))
    throw refused(
      Object.keys(terms)[0] ?? 'id',
      "Finalized invoices can't be updated in this way.",
      'invoice_not_editable',
    );
  const {
    discounts,
    default_tax_rates: rates,
    days_until_due: days,
    custom_fields: fields,
    ...plain
  } = terms;
  const advance = auto_advance ?? invoice.auto_advance ?? false;
  const finalizesAt = advance && invoice.status === 'draft' ? account.now() + draftSeconds : null;
  const next: Invoice = {
    ...invoice,
    ...given(plain),
    ...(fields === undefined ? {} : { custom_fields: fields }),
    ...(days === undefined ? {} : { due_date: account.now() + days * 86_400 }),
    ...(methodId === undefined
      ? {}
      : { default_payment_method: ownMethod(account, invoice.customer, methodId) }),
    ...(rates === undefined
      ? {}
      : { default_tax_rates: existingTaxRates(account, rates ?? [], 'default_tax_rates') }),
    ...(discounts === undefined
      ? {}
      : {
          discounts: applyDiscounts(account, discounts ?? [], {
            customer: invoice.customer,
            invoice: invoice.id,
          }),
        }),
    auto_advance: advance,
    automatically_finalizes_at: advance ? (invoice.automatically_finalizes_at ?? finalizesAt) : null,
    metadata: applyMetadata(invoice.metadata ?? {}, meta),
  };
  if (next.automatically_finalizes_at !== null && invoice.automatically_finalizes_at === null)
    account.schedule(next.automatically_finalizes_at, finalizeJob, invoice.id);
  return saveInvoice(account, invoice.status === 'draft' ? withTotals(account, next, next.lines.data) : next);
}

function payFrom(call: Call<Parsed<typeof payParams>>): Invoice {
  const { account, params } = call;
  const before = existing(call);
  const open = before.status === 'draft' ? finalizeInvoice(account, before) : before;
  if (open.status === 'paid' && before.status === 'draft') return open;
  if (open.status === 'paid') throw refused('id', 'Invoice is already paid', 'invoice_already_paid');
  if (open.status === 'void')
    throw refused('id', 'This invoice is voided and cannot be paid.', 'invoice_not_payable');
  if (params.paid_out_of_band) return payOutOfBand(account, open);
  const method =
    params.payment_method === undefined
      ? undefined
      : resolveMethod(account, params.payment_method, 'payment_method');
  const { invoice, fault } = attemptPayment(account, open, {
    method,
    offSession: params.off_session ?? true,
  });
  if (fault) throw fault;
  return invoice;
}

function sendFrom(call: Call<unknown>): Invoice {
  const before = existing(call);
  const open = before.status === 'draft' ? finalizeInvoice(call.account, before) : before;
  if (open.status !== 'open' && open.status !== 'paid')
    throw refused('id', `You can only send open invoices. This invoice is ${open.status}.`);
  emit(call.account, 'invoice.sent', open);
  return open;
}

function finalizeFrom(call: Call<{ auto_advance?: boolean }>): Invoice {
  const { account, params } = call;
  const draft = existing(call);
  const advance = params.auto_advance ?? draft.auto_advance ?? false;
  const open = finalizeInvoice(account, { ...draft, auto_advance: advance });
  if (!advance || open.status !== 'open') return open;
  if (open.collection_method === 'send_invoice') emit(account, 'invoice.sent', open);
  else return collectLater(account, open);
  return open;
}

/** An invoice that was finalized by hand is charged an hour later, unless it is paid before. */
function collectLater(account: Account, invoice: Invoice): Invoice {
  const at = account.now() + draftSeconds;
  account.schedule(at, retryJob, invoice.id);
  return saveInvoice(account, { ...invoice, next_payment_attempt: at });
}

/** `/v1/invoices` and `/v1/invoice_payments`. */
export const invoiceResource: Resource = {
  collections: [declare(invoices), declare(invoicePayments)],
  expand: {
    invoice: {
      customer: ['customers'],
      default_payment_method: ['payment_methods'],
      discounts: ['discounts'],
      'parent.subscription_details.subscription': ['subscriptions'],
      payments: (lookup, invoice) => {
        const payment = lookup('invoice_payments', paymentIdOf(invoice.id));
        return embeddedList(payment ? [payment] : [], `/v1/invoice_payments?invoice=${invoice.id}`);
      },
      confirmation_secret: (lookup, invoice) => {
        const payment = lookup('invoice_payments', paymentIdOf(invoice.id)) as InvoicePayment | undefined;
        const intent = payment && lookup('payment_intents', payment.payment.payment_intent);
        if (!intent || !('client_secret' in intent)) return null;
        return { client_secret: intent.client_secret, type: 'payment_intent' };
      },
    },
    invoice_payment: { invoice: ['invoices'], 'payment.payment_intent': ['payment_intents'] },
    line_item: {
      discounts: ['discounts'],
      subscription: ['subscriptions'],
      'pricing.price_details.price': ['prices'],
    },
  },
  jobs: { [finalizeJob]: advanceInvoice, [retryJob]: retryInvoice, [overdueJob]: overdueInvoice },
  listeners: {
    'payment_intent.succeeded': onIntentSucceeded,
    'payment_intent.payment_failed': onIntentFailed,
    'payment_intent.requires_action': onActionRequired,
  },
  routes: [
    route('POST', '/v1/invoices', { permission: 'invoice', params: createParams }, createFrom),
    route('GET', '/v1/invoices/search', { permission: 'invoice', params: searchParams }, (call) =>
      searched<StoredInvoice>(call, invoices, searchFields),
    ),
    route('GET', '/v1/invoices/:id', { permission: 'invoice' }, existing),
    route('POST', '/v1/invoices/:id', { permission: 'invoice', params: common }, updateFrom),
    route(
      'DELETE',
      '/v1/invoices/:id',
      { permission: 'invoice' },
      (call): Stripe.DeletedInvoice => deleteDraft(call.account, existing(call)),
    ),
    route(
      'POST',
      '/v1/invoices/:id/finalize',
      { permission: 'invoice', params: { auto_advance: boolean() } },
      finalizeFrom,
    ),
    route('POST', '/v1/invoices/:id/pay', { permission: 'invoice', params: payParams }, payFrom),
    route('POST', '/v1/invoices/:id/send', { permission: 'invoice' }, sendFrom),
    route('POST', '/v1/invoices/:id/void', { permission: 'invoice' }, (call) =>
      voidInvoice(call.account, existing(call)),
    ),
    route('POST', '/v1/invoices/:id/mark_uncollectible', { permission: 'invoice' }, (call) =>
      markUncollectible(call.account, existing(call)),
    ),
    route('GET', '/v1/invoices/:id/lines', { permission: 'invoice', params: pageParams }, (call) =>
      embeddedList(existing(call).lines.data, call.url),
    ),
    route('GET', '/v1/invoices', { permission: 'invoice', params: listParams }, (call) => {
      const { collection_method: method, customer, due_date: due, status, subscription } = call.params;
      return listed<StoredInvoice>(call, invoices, {
        ...indexFor({ customer, subscription, status }),
        where: (invoice) =>
          !invoice.deleted &&
          (customer === undefined || invoice.customer === customer) &&
          (subscription === undefined || subscriptionOf(invoice) === subscription) &&
          (status === undefined || invoice.status === status) &&
          (method === undefined || invoice.collection_method === method) &&
          (due === undefined || (invoice.due_date !== null && inRange(invoice.due_date, due))),
      });
    }),
    route('GET', '/v1/invoice_payments/:id', { permission: 'invoice' }, (call) =>
      found(call, invoicePayments, 'invoice payment'),
    ),
    route(
      'GET',
      '/v1/invoice_payments',
      {
        permission: 'invoice',
        params: {
          ...datedPageParams,
          invoice: text(),
          payment: object({ payment_intent: text(), type: required(oneOf('payment_intent')) }),
          status: oneOf('canceled', 'open', 'paid'),
        },
      },
      (call) => {
        const { invoice, payment, status } = call.params;
        return listed(call, invoicePayments, {
          ...(invoice === undefined ? {} : { index: 'invoice', key: invoice }),
          where: (entry) =>
            (status === undefined || entry.status === status) &&
            (payment?.payment_intent === undefined ||
              entry.payment.payment_intent === payment.payment_intent),
        });
      },
    ),
  ],
};

function indexFor(wanted: { customer?: string; subscription?: string; status?: string }) {
  if (wanted.subscription !== undefined) return { index: 'subscription', key: wanted.subscription };
  if (wanted.customer !== undefined) return { index: 'customer', key: wanted.customer };
  return wanted.status === undefined ? {} : { index: 'status', key: wanted.status };
}
