import type { Account } from '../account.ts';
import type { ApplicationFee } from '../application-fees/fee.ts';
import type { Charge } from '../charges/charge.ts';
import type { Transfer } from './transfer.ts';

/** The payment by which a connected account sees a transfer to it. */
export function destinationPayment(
  to: Account,
  from: {
    readonly id: string;
    readonly transfer: Transfer;
    /** The balance transaction of the connected account. */
    readonly entry: string;
    readonly fee: ApplicationFee | null;
    readonly application: string;
  },
): Charge {
  const { transfer, fee } = from;
  return {
    id: from.id,
    object: 'charge',
    amount: transfer.amount,
    amount_captured: transfer.amount,
    amount_refunded: 0,
    application: from.application,
    application_fee: fee?.id ?? null,
    application_fee_amount: fee?.amount ?? null,
    balance_transaction: from.entry,
    billing_details: {
      address: { city: null, country: null, line1: null, line2: null, postal_code: null, state: null },
      email: null,
      name: null,
      phone: null,
      tax_id: null,
    },
    calculated_statement_descriptor: null,
    captured: true,
    created: to.now(),
    currency: transfer.currency,
    customer: null,
    description: transfer.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    livemode: to.livemode,
    metadata: {},
    on_behalf_of: null,
    outcome: null,
    paid: true,
    payment_intent: null,
    payment_method: null,
    payment_method_details: { stripe_account: {}, type: 'stripe_account' },
    receipt_email: null,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: transfer.id,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'succeeded',
    transfer_data: null,
    transfer_group: null,
  };
}
