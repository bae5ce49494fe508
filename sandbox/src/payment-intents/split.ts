import type { Account } from '../account.ts';
import { changedSplit, type Split, type SplitUpdate } from '../charges/split.ts';
import type { PaymentIntent } from './intent.ts';

type IntentSplit = Pick<
  PaymentIntent,
  'application' | 'application_fee_amount' | 'on_behalf_of' | 'transfer_data' | 'transfer_group'
>;

/** A split as an intent shows it. */
export function shownOnIntent(split: Split): IntentSplit {
  const { transfer_data: data, ...rest } = split;
  if (!data) return { ...rest, transfer_data: null };
  const { amount, destination } = data;
  return { ...rest, transfer_data: { destination, ...(amount === null ? {} : { amount }) } };
}

/** The split that an intent's charge gets. */
export function splitOfIntent(intent: PaymentIntent): Split {
  const { application, application_fee_amount: fee, on_behalf_of: behalf, transfer_data: data } = intent;
  return {
    application,
    application_fee_amount: fee,
    on_behalf_of: behalf,
    transfer_data: data ? { amount: data.amount ?? null, destination: data.destination } : null,
    transfer_group: intent.transfer_group,
  };
}

/** The intent with a changed split, for `amount` minor units. Throws Stripe's refusals of what does not fit. */
export function withSplit(
  account: Account,
  intent: PaymentIntent,
  params: SplitUpdate,
  amount: number,
): PaymentIntent {
  return { ...intent, ...shownOnIntent(changedSplit(account, splitOfIntent(intent), params, amount)) };
}
