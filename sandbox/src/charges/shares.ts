import { money, scale } from '@purser/money';
import type { Account } from '../account.ts';
import { actingApplication } from '../connect/application.ts';
import { refused } from '../resource.ts';
import { requireChargeable } from '../transfers/destination.ts';
import { invalidRequest } from '../wire/errors.ts';
import { emptyable, object, param, required, text, unsettableText } from '../wire/params.ts';
import { requirePartners, type Split } from './split.ts';

/**
 * How payments that are yet to come are shared with a platform or connected accounts, in the names that subscriptions,
 * invoices, quotes and payment links have for it: parts as minor units, or as percentages of what a payment comes to.
 */
export interface Shares {
  readonly application_fee_amount?: number | null | undefined;
  readonly application_fee_percent?: number | null | undefined;
  readonly on_behalf_of?: string | null | undefined;
  readonly transfer_data?: SharedTransfer | null | undefined;
  readonly transfer_group?: string | null | undefined;
}
interface SharedTransfer {
  readonly amount?: number | null | undefined;
  readonly amount_percent?: number | null | undefined;
  readonly destination: string;
}

/** A percentage of at most 100 with at most two decimals. */
export const percentParam = param((value, path) => {
  if (typeof value === 'string' && /^(100(\.00?)?|\d{1,2}(\.\d{1,2})?)$/.test(value)) return Number(value);
  throw invalidRequest('Invalid decimal: must be between 0 and 100, with at most two decimal places.', {
    param: path,
  });
});

/** What subscriptions, and what starts them, take of it. */
export const recurringShareFields = {
  application_fee_percent: emptyable(percentParam),
  on_behalf_of: unsettableText(),
  transfer_data: emptyable(object({ amount_percent: percentParam, destination: required(text()) })),
} as const;

/** Throws Stripe's refusals of accounts that cannot be shared with and of parts that do not go together. */
export function checkShares(account: Account, shares: Shares): void {
  const { application_fee_amount: amount, application_fee_percent: percent, transfer_data: data } = shares;
  const fee = amount != null ? 'application_fee_amount' : 'application_fee_percent';
  const hasFee = amount != null || percent != null;
  if (hasFee || data || shares.on_behalf_of != null) requireChargeable(account);
  requirePartners(account, data?.destination, shares.on_behalf_of);
  if (hasFee && !account.platform && !data)
    throw refused(
      fee,
      `Can only apply an ${fee} when the request is made on behalf of another account (using an OAuth key, the Stripe-Account header, or the \`transfer_data[destination]\` parameter).`,
    );
  for (const part of ['amount', 'amount_percent'] as const)
    if (hasFee && data?.[part] != null)
      throw refused(
        fee,
        `You may only specify one of these parameters: ${fee}, transfer_data[${part}].`,
        'parameters_exclusive',
      );
}

/** How a payment of `total` minor units is shared; no part is more than the payment. */
export function splitBy(account: Account, shares: Shares, total: number, currency: string): Split {
  const { application_fee_amount: fee, application_fee_percent: percent, transfer_data: data } = shares;
  return {
    application: actingApplication(account),
    application_fee_amount: partOf(total, currency, fee, percent),
    on_behalf_of: shares.on_behalf_of ?? null,
    transfer_data: data
      ? {
          amount: partOf(total, currency, data.amount, data.amount_percent),
          destination: data.destination,
        }
      : null,
    transfer_group: shares.transfer_group ?? null,
  };
}

function partOf(
  total: number,
  currency: string,
  amount: number | null | undefined,
  percent: number | null | undefined,
): number | null {
  if (amount != null) return Math.min(amount, total);
  if (percent == null) return null;
  return Number(scale(money(total, currency), BigInt(Math.round(percent * 100)), 10_000n).minor);
}
