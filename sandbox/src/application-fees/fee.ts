import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { book } from '../balance/balance.ts';
import { applicationOf } from '../connect/application.ts';
import { create } from '../events.ts';
import { newId } from '../ids.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { embeddedList } from '../wire/pages.ts';
import type { Wire } from '../wire/shapes.ts';

/** Kept with the platform. */
export type ApplicationFee = Wire<Stripe.ApplicationFee>;
export const applicationFees: CollectionSpec<ApplicationFee, 'charge'> = {
  name: 'application_fees',
  indexes: { charge: (fee) => fee.charge },
};

export interface FeeInput {
  /** Minor units; more than nothing. */
  readonly amount: number;
  readonly currency: string;
  /** The connected account that pays it, and the charge there that it is taken of. */
  readonly payer: Account;
  readonly charge: string;
  /** The platform's charge behind a destination payment. */
  readonly originating: string | null;
  /** Seconds since 1970. */
  readonly availableOn: number;
}

/** Books a fee on the platform. What the connected account pays is part of its charge's own balance transaction. */
export function takeFee(platform: Account, input: FeeInput): ApplicationFee {
  const id = newId('fee', 24);
  const entry = book(platform, {
    amount: input.amount,
    currency: input.currency,
    description: null,
    source: id,
    type: 'application_fee',
    reportingCategory: 'platform_earning',
    availableOn: input.availableOn,
  });
  const fee: ApplicationFee = {
    id,
    object: 'application_fee',
    account: input.payer.id,
    amount: input.amount,
    amount_refunded: 0,
    application: applicationOf(platform),
    balance_transaction: entry.id,
    charge: input.charge,
    created: platform.now(),
    currency: input.currency,
    fee_source: { charge: input.charge, type: 'charge' },
    livemode: platform.livemode,
    originating_transaction: input.originating,
    refunded: false,
    refunds: embeddedList([], `/v1/application_fees/${id}/refunds`),
  };
  return create(platform, applicationFees, fee, 'application_fee.created');
}
