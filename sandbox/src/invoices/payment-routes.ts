import { found, listed, type Route, route } from '../resource.ts';
import { datedPageParams } from '../wire/pages.ts';
import { object, oneOf, required, text } from '../wire/params.ts';
import { invoicePayments } from './payments.ts';

const listParams = {
  ...datedPageParams,
  invoice: text(),
  payment: object({
    payment_intent: text(),
    payment_record: text(),
    type: required(oneOf('payment_intent', 'payment_record')),
  }),
  status: oneOf('canceled', 'open', 'paid'),
} as const;

/** `/v1/invoice_payments`. */
export const paymentRoutes: readonly Route[] = [
  route('GET', '/v1/invoice_payments/:id', { permission: 'invoice' }, (call) =>
    found(call, invoicePayments, 'invoice payment'),
  ),
  route('GET', '/v1/invoice_payments', { permission: 'invoice', params: listParams }, (call) => {
    const { invoice, payment, status } = call.params;
    return listed(call, invoicePayments, {
      ...(invoice === undefined ? {} : { index: 'invoice', key: invoice }),
      where: (entry) =>
        (status === undefined || entry.status === status) &&
        (payment === undefined || payment.type === entry.payment.type) &&
        (payment?.payment_intent === undefined || entry.payment.payment_intent === payment.payment_intent),
    });
  }),
];
