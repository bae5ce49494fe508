import { update } from '../events.ts';
import { type Call, declare, found, listed, type Resource, route } from '../resource.ts';
import { noSuch } from '../wire/errors.ts';
import { datedPageParams, pageParams } from '../wire/pages.ts';
import { applyMetadata, integer, metadata, text } from '../wire/params.ts';
import { type ApplicationFee, applicationFees } from './fee.ts';
import { creditPayer, type FeeRefund, feeRefunds, refundFee } from './refund.ts';

const permission = 'application_fee';

function feeIn(call: Call<unknown>): ApplicationFee {
  return found(call, applicationFees, 'application fee', 'fee');
}

function refundIn(call: Call<unknown>): FeeRefund {
  const refund = found(call, feeRefunds, 'fee refund');
  if (refund.fee !== feeIn(call).id) throw noSuch('fee refund', refund.id, 'id');
  return refund;
}

/** `/v1/application_fees` and their refunds: what a platform takes of charges on its connected accounts. */
export const applicationFeeResource: Resource = {
  collections: [declare(applicationFees), declare(feeRefunds)],
  expand: {
    application_fee: {
      account: ['accounts'],
      balance_transaction: ['balance_transactions'],
      charge: { account: 'account', collections: ['charges'] },
      originating_transaction: ['charges'],
    },
    fee_refund: { balance_transaction: ['balance_transactions'], fee: ['application_fees'] },
  },
  routes: [
    route(
      'GET',
      '/v1/application_fees',
      { permission, params: { ...datedPageParams, charge: text() } },
      (call) => {
        const { charge } = call.params;
        return listed(call, applicationFees, charge === undefined ? {} : { index: 'charge', key: charge });
      },
    ),
    route('GET', '/v1/application_fees/:id', { permission }, (call) =>
      found(call, applicationFees, 'application fee'),
    ),
    route(
      'POST',
      '/v1/application_fees/:fee/refunds',
      { permission, params: { amount: integer(1), metadata: metadata() } },
      (call) => {
        const fee = feeIn(call);
        const { amount = fee.amount - fee.amount_refunded, metadata: meta } = call.params;
        const refund = refundFee(call.account, fee, amount, meta);
        creditPayer(call.account, fee, refund);
        return refund;
      },
    ),
    route('GET', '/v1/application_fees/:fee/refunds', { permission, params: pageParams }, (call) =>
      listed(call, feeRefunds, { index: 'fee', key: feeIn(call).id }),
    ),
    route('GET', '/v1/application_fees/:fee/refunds/:id', { permission }, refundIn),
    route(
      'POST',
      '/v1/application_fees/:fee/refunds/:id',
      { permission, params: { metadata: metadata() } },
      (call) => {
        const refund = refundIn(call);
        const next = { ...refund, metadata: applyMetadata(refund.metadata ?? {}, call.params.metadata) };
        return update(call.account, feeRefunds, next, 'application_fee.refund.updated');
      },
    ),
  ],
};
