import type Stripe from 'stripe';
import { type ApplicationFee, applicationFees } from '../application-fees/fee.ts';
import { feeRefunds } from '../application-fees/refund.ts';
import { type Charge, charges } from '../charges/charge.ts';
import { connectedObject } from '../connect/connected-account.ts';
import { type Customer, customers } from '../customers.ts';
import { type Dispute, disputes } from '../disputes/dispute.ts';
import { currentInvoice, type Invoice } from '../invoices/invoice.ts';
import { invoicePayments } from '../invoices/payments.ts';
import { type Payout, payouts } from '../payouts/payout.ts';
import { type Refund, refunds } from '../refunds/refund.ts';
import { transferReversals } from '../transfers/reversal.ts';
import { type Transfer, transfers } from '../transfers/transfer.ts';
import type { Wire } from '../wire/shapes.ts';
import type { Line } from './lines.ts';

/** What is known about the reason of a balance transaction. */
export interface Facts {
  readonly charge: Charge | null;
  readonly customer: Customer | null;
  readonly dispute: Dispute | null;
  /** On a platform: what it took of a connected account. */
  readonly fee: ApplicationFee | null;
  readonly invoice: Invoice | null;
  readonly payout: Payout | null;
  readonly refund: Refund | null;
  /** On a platform: what it sent to a connected account. */
  readonly transfer: Transfer | null;
  /** On a platform: the connected account that it is about. */
  readonly connected: Wire<Stripe.Account> | null;
}

/** Looks up what a line came from. */
export function factsOf({ account, entry: { source } }: Line): Facts {
  const id = source ?? '';
  const refund = account.of(refunds).get(id) ?? null;
  const dispute = account.of(disputes).get(id) ?? null;
  const charge = account.of(charges).get(refund?.charge ?? dispute?.charge ?? id) ?? null;
  const customer = charge?.customer ? account.of(customers).get(charge.customer) : undefined;
  const fee = account.of(applicationFees).get(account.of(feeRefunds).get(id)?.fee ?? id) ?? null;
  const reversal = account.of(transferReversals).get(id);
  const transfer = account.of(transfers).get(reversal?.transfer ?? id) ?? null;
  const partner = transfer?.destination ?? fee?.account ?? null;
  return {
    charge,
    customer: customer && !customer.deleted ? customer : null,
    dispute,
    fee,
    invoice: charge ? invoiceOf(account, charge) : null,
    payout: account.of(payouts).get(id) ?? null,
    refund,
    transfer,
    connected: (partner !== null && connectedObject(account, partner)) || null,
  };
}

function invoiceOf(account: Line['account'], charge: Charge): Invoice | null {
  if (charge.payment_intent === null) return null;
  const payment = account.of(invoicePayments).newestBy('payment_intent', charge.payment_intent);
  return (payment && currentInvoice(account, payment.invoice)) ?? null;
}
