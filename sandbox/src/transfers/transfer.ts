import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { takeFee } from '../application-fees/fee.ts';
import { book } from '../balance/balance.ts';
import { type Charge, charges } from '../charges/charge.ts';
import { applicationOf } from '../connect/application.ts';
import { create } from '../events.ts';
import { newId } from '../ids.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { embeddedList } from '../wire/pages.ts';
import type { Narrowed, Wire } from '../wire/shapes.ts';
import { destinationPayment } from './destination-payment.ts';

/** Kept with the platform. */
export type Transfer = Narrowed<
  Wire<Stripe.Transfer>,
  { readonly destination: string; readonly destination_payment: string }
>;
export const transfers: CollectionSpec<Transfer, 'destination' | 'group' | 'source'> = {
  name: 'transfers',
  indexes: {
    destination: (transfer) => transfer.destination,
    group: (transfer) => transfer.transfer_group,
    source: (transfer) => transfer.source_transaction,
  },
};

export interface TransferInput {
  readonly amount: number;
  readonly currency: string;
  readonly to: Account;
  readonly description?: string | null;
  readonly metadata?: Readonly<Record<string, string>>;
  /** The platform's charge that the money comes from. */
  readonly source?: { readonly id: string } | null;
  readonly group?: string | null;
  readonly sourceType?: string;
  /** What the platform takes of it, in minor units. */
  readonly applicationFee?: number;
  /** When the money can be used, in seconds since 1970: as the charge's, where there is one. */
  readonly availableOn?: number;
}

/** Moves money from a platform to an account connected to it, on both sides at once. Checks nothing. */
export function transferTo(
  platform: Account,
  input: TransferInput,
): { readonly transfer: Transfer; readonly payment: Charge } {
  const { amount, currency, to, source = null, applicationFee = 0, availableOn = platform.now() } = input;
  const id = newId('tr', 24);
  const paymentId = newId('py', 24);
  const entry = book(platform, {
    amount: -amount,
    currency,
    description: input.description ?? null,
    source: id,
    type: 'transfer',
    reportingCategory: 'transfer',
    availableOn,
  });
  const fee =
    applicationFee === 0
      ? null
      : takeFee(platform, {
          amount: applicationFee,
          currency,
          payer: to,
          charge: paymentId,
          originating: source?.id ?? null,
          availableOn,
        });
  const received = book(to, {
    amount,
    currency,
    applicationFee: { amount: applicationFee, application: applicationOf(platform) },
    description: input.description ?? null,
    source: paymentId,
    type: 'payment',
    reportingCategory: 'charge',
    availableOn,
  });
  const transfer: Transfer = {
    id,
    object: 'transfer',
    amount,
    amount_reversed: 0,
    balance_transaction: entry.id,
    created: platform.now(),
    currency,
    description: input.description ?? null,
    destination: to.id,
    destination_payment: paymentId,
    livemode: platform.livemode,
    metadata: { ...input.metadata },
    reversals: embeddedList([], `/v1/transfers/${id}/reversals`),
    reversed: false,
    source_transaction: source?.id ?? null,
    source_type: input.sourceType ?? 'card',
    transfer_group: input.group ?? null,
  };
  const payment = destinationPayment(to, {
    id: paymentId,
    transfer,
    entry: received.id,
    fee,
    application: applicationOf(platform),
  });
  create(platform, transfers, transfer, 'transfer.created');
  create(to, charges, payment, 'charge.succeeded');
  return { transfer, payment };
}
