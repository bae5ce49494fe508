import type { Account } from '../account.ts';
import { accountObject } from '../accounts.ts';
import { takeFee } from '../application-fees/fee.ts';
import type { BalanceTransaction, Movement } from '../balance/balance.ts';
import { book } from '../balance/balance.ts';
import { exchanged, settlementCurrency } from '../balance/exchange.ts';
import { actingApplication, applicationOf } from '../connect/application.ts';
import { refused } from '../resource.ts';
import { payableAccount, requireChargeable, settlingAccount } from '../transfers/destination.ts';
import { transferTo } from '../transfers/transfer.ts';
import { emptyable, integer, object, type Parsed, required, text } from '../wire/params.ts';
import type { Charge } from './charge.ts';

/** What Connect adds to anything that charges. */
export const splitFields = {
  application_fee_amount: integer(0),
  on_behalf_of: text(),
  transfer_data: object({ amount: integer(1), destination: required(text()) }),
  transfer_group: text(),
} as const;
type SplitParams = Parsed<typeof splitFields>;

/** What of it can be changed until the money is taken. */
export const splitUpdateFields = {
  application_fee_amount: emptyable(integer(0)),
  transfer_data: object({ amount: integer(1) }),
  transfer_group: text(),
} as const;
export type SplitUpdate = Omit<Parsed<typeof splitUpdateFields>, 'transfer_group'> & {
  readonly transfer_group?: string;
};

/** How a charge is shared between a platform and the accounts connected to it, as charges and intents show it. */
export type Split = Pick<
  Charge,
  'application' | 'application_fee_amount' | 'on_behalf_of' | 'transfer_data' | 'transfer_group'
>;

/** The split that a request asks for. Throws Stripe's refusals of what cannot be shared so. */
export function splitOf(account: Account, params: SplitParams, amount: number): Split {
  const {
    application_fee_amount: fee,
    on_behalf_of: behalf,
    transfer_data: data,
    transfer_group: group,
  } = params;
  requireChargeable(account);
  requirePartners(account, data?.destination, behalf);
  if (fee !== undefined && data?.amount !== undefined)
    throw refused(
      'application_fee_amount',
      'You may only specify one of these parameters: application_fee_amount, transfer_data[amount].',
    );
  const split: Split = {
    application: actingApplication(account),
    application_fee_amount: fee ?? null,
    on_behalf_of: behalf ?? null,
    transfer_data: data ? { amount: data.amount ?? null, destination: data.destination } : null,
    transfer_group: group ?? null,
  };
  requireFits(account, split, amount);
  return split;
}

/** Throws Stripe's refusals of accounts that are none of the platform's or cannot take part in a payment. */
export function requirePartners(
  account: Account,
  destination: string | undefined,
  behalf: string | null | undefined,
): void {
  if (destination !== undefined) payableAccount(account, destination, 'transfer_data[destination]');
  if (typeof behalf === 'string') settlingAccount(account, behalf, 'on_behalf_of');
}

/** Throws Stripe's refusals of a fee or a transfer that the amount does not cover, or a fee that nobody pays. */
function requireFits(account: Account, split: Split, amount: number): void {
  const { application_fee_amount: fee, transfer_data: data } = split;
  if (fee !== null && !account.platform && !data)
    throw refused(
      'application_fee_amount',
      'Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an OAuth key or Stripe-Account header) or destination payment (using `transfer_data[destination]`).',
    );
  if (fee !== null && fee > amount)
    throw refused(
      'application_fee_amount',
      `The application_fee_amount (${fee}) cannot be greater than the amount of the charge (${amount}).`,
      'amount_too_large',
    );
  if (data?.amount && data.amount > amount)
    throw refused(
      'transfer_data[amount]',
      `The transfer_data[amount] (${data.amount}) cannot be greater than the amount of the charge (${amount}).`,
      'amount_too_large',
    );
}

/** A split after a request's changes, for `amount` minor units. Throws Stripe's refusals of what does not fit. */
export function changedSplit(account: Account, before: Split, params: SplitUpdate, amount: number): Split {
  const { application_fee_amount: fee, transfer_data: data, transfer_group: group } = params;
  const next: Split = {
    ...before,
    ...(fee === undefined ? {} : { application_fee_amount: fee }),
    ...(group === undefined ? {} : { transfer_group: group }),
    ...(data?.amount && before.transfer_data
      ? { transfer_data: { ...before.transfer_data, amount: data.amount } }
      : {}),
  };
  requireFits(account, next, amount);
  return next;
}

/** What nobody shares in. */
export function unshared(account: Account): Split {
  return {
    application: actingApplication(account),
    application_fee_amount: null,
    on_behalf_of: null,
    transfer_data: null,
    transfer_group: null,
  };
}

/** Books a charge: with the platform's fee where it is made on a connected account, whose Stripe fee the platform may bear. */
export function bookCharge(account: Account, charge: Charge, movement: Movement): BalanceTransaction {
  const { platform } = account;
  const { fee = 0, ...rest } = movement;
  if (!platform) return book(account, movement);
  const isBorne = accountObject(account).controller?.fees?.payer === 'application';
  if (isBorne && fee > 0)
    book(platform, {
      amount: -fee,
      currency: settlementCurrency(account, movement.currency),
      description: `Stripe processing fees of ${account.id} for ${charge.id}`,
      source: null,
      type: 'stripe_fee',
      reportingCategory: 'fee',
    });
  const applicationFee = {
    amount: charge.application_fee === null ? (charge.application_fee_amount ?? 0) : 0,
    application: applicationOf(platform),
  };
  return book(account, { ...rest, fee: isBorne ? 0 : fee, applicationFee });
}

/** Shares out what was just booked: the platform's fee, or the transfer to the destination. Answers the charge with both. */
export function shareOut(
  account: Account,
  charge: Charge,
  amount: number,
  entry: BalanceTransaction,
): Charge {
  const { application_fee_amount: fee, currency, transfer_data: data } = charge;
  const isFirst = charge.application_fee === null;
  if (account.platform) {
    if (!fee || !isFirst) return charge;
    const taken = takeFee(account.platform, {
      amount: fee,
      currency,
      payer: account,
      charge: charge.id,
      originating: null,
      availableOn: entry.available_on,
    });
    return { ...charge, application_fee: taken.id };
  }
  if (!data) return charge;
  const group = charge.transfer_group ?? `group_${charge.payment_intent ?? charge.id}`;
  // What is sent on is what came in, in the currency that it is kept in.
  const settled = (part: number) => exchanged(part, currency, entry.currency);
  const { transfer, payment } = transferTo(account, {
    amount: settled(Math.min(data.amount ?? amount, amount)),
    currency: entry.currency,
    to: account.connected(data.destination),
    source: charge,
    group,
    applicationFee: isFirst ? settled(fee ?? 0) : 0,
    availableOn: entry.available_on,
  });
  return {
    ...charge,
    application_fee: charge.application_fee ?? payment.application_fee,
    transfer: transfer.id,
    transfer_group: group,
  };
}
