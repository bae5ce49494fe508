import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { availableIn, book } from './balance/balance.ts';
import { chargeCurrency } from './charges/amounts.ts';
import { day } from './clock.ts';
import { create, update } from './events.ts';
import { derivedText, newId } from './ids.ts';
import { declare, found, listed, type Resource, refused, route } from './resource.ts';
import type { CollectionSpec } from './store/collection.ts';
import { datedPageParams } from './wire/pages.ts';
import {
  applyMetadata,
  inRange,
  integer,
  type MetadataChange,
  metadata,
  oneOf,
  required,
  text,
  timeRange,
} from './wire/params.ts';
import type { Wire } from './wire/shapes.ts';

// pending ──(sent)──▶ in_transit ──(arrival)──▶ paid        pending ──cancel──▶ canceled

export type Payout = Wire<Stripe.Payout>;
export const payouts: CollectionSpec<Payout, 'status'> = {
  name: 'payouts',
  indexes: { status: (payout) => payout.status },
};

const sentJob = 'payout.sent';
const arrivedJob = 'payout.arrived';

export interface PayoutInput {
  readonly amount: number;
  readonly currency: string;
  readonly automatic: boolean;
  readonly description?: string | null;
  readonly metadata?: MetadataChange;
  readonly method?: 'standard' | 'instant';
  readonly statementDescriptor?: string | null;
}

/** Sends available money to the bank. Throws Stripe's `balance_insufficient` when there is less. */
export function createPayout(account: Account, input: PayoutInput): Payout {
  const { amount, currency, automatic, method = 'standard' } = input;
  if (amount > availableIn(account, currency)) {
    throw refused(
      'amount',
      'You have insufficient funds in your Stripe account. One likely reason you have insufficient funds is that your funds are automatically being paid out; try enabling manual payouts by going to https://dashboard.stripe.com/account/payouts.',
      'balance_insufficient',
    );
  }
  const id = newId('po', 24);
  const entry = book(account, {
    amount: -amount,
    currency,
    description: 'STRIPE PAYOUT',
    source: id,
    type: 'payout',
    reportingCategory: 'payout',
  });
  const payout: Payout = {
    id,
    object: 'payout',
    amount,
    application_fee: null,
    application_fee_amount: null,
    arrival_date: method === 'instant' ? account.now() : arrival(account.now()),
    automatic,
    balance_transaction: entry.id,
    created: account.now(),
    currency,
    description: input.description ?? (automatic ? 'STRIPE PAYOUT' : null),
    destination: `ba_${derivedText(`bank of ${account.id} in ${currency}`, 24)}`,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    livemode: account.livemode,
    metadata: applyMetadata({}, input.metadata),
    method,
    original_payout: null,
    payout_method: null,
    reconciliation_status: automatic ? 'completed' : 'not_applicable',
    reversed_by: null,
    source_type: 'card',
    statement_descriptor: input.statementDescriptor ?? null,
    status: 'pending',
    trace_id: null,
    type: 'bank_account',
  };
  create(account, payouts, payout, 'payout.created');
  account.schedule(account.now() + day / 2, sentJob, id);
  account.schedule(Math.max(payout.arrival_date, account.now() + 1), arrivedJob, id);
  return payout;
}

/** Two days on at midnight UTC, and not on a weekend. */
function arrival(now: number): number {
  let at = (Math.floor(now / day) + 2) * day;
  while ([0, 6].includes(new Date(at * 1000).getUTCDay())) at += day;
  return at;
}

function move(account: Account, id: string, from: readonly string[], status: 'in_transit' | 'paid'): void {
  const payout = account.of(payouts).get(id);
  if (!payout || !from.includes(payout.status)) return;
  update(account, payouts, { ...payout, status }, status === 'paid' ? 'payout.paid' : 'payout.updated');
}

function cancel(account: Account, payout: Payout): Payout {
  if (payout.status !== 'pending')
    throw refused(
      'id',
      `Payouts can only be canceled while they are pending. This payout is ${payout.status}.`,
    );
  const entry = book(account, {
    amount: payout.amount,
    currency: payout.currency,
    description: 'PAYOUT CANCELED',
    source: payout.id,
    type: 'payout_cancel',
    reportingCategory: 'payout_reversal',
  });
  return update(
    account,
    payouts,
    { ...payout, status: 'canceled', failure_balance_transaction: entry.id },
    'payout.canceled',
  );
}

const createParams = {
  amount: required(integer(1)),
  currency: required(chargeCurrency),
  description: text(),
  destination: text(),
  metadata: metadata(),
  method: oneOf('standard', 'instant'),
  source_type: oneOf('bank_account', 'card', 'fpx'),
  statement_descriptor: text(22),
} as const;
const listParams = {
  ...datedPageParams,
  arrival_date: timeRange(),
  destination: text(),
  status: oneOf('pending', 'in_transit', 'paid', 'canceled', 'failed'),
} as const;

export const payoutResource: Resource = {
  collections: [declare(payouts)],
  expand: {
    payout: {
      balance_transaction: ['balance_transactions'],
      failure_balance_transaction: ['balance_transactions'],
    },
  },
  jobs: {
    [sentJob]: (account, id) => move(account, id, ['pending'], 'in_transit'),
    [arrivedJob]: (account, id) => move(account, id, ['pending', 'in_transit'], 'paid'),
  },
  routes: [
    route('POST', '/v1/payouts', { permission: 'payout', params: createParams }, ({ account, params }) => {
      const {
        amount,
        currency,
        description,
        metadata: meta,
        method,
        statement_descriptor: statementDescriptor,
      } = params;
      return createPayout(account, {
        amount,
        currency,
        automatic: false,
        description,
        metadata: meta,
        method,
        statementDescriptor,
      });
    }),
    route('GET', '/v1/payouts', { permission: 'payout', params: listParams }, (call) => {
      const { arrival_date: arrives, destination, status } = call.params;
      return listed(call, payouts, {
        ...(status === undefined ? {} : { index: 'status', key: status }),
        where: (payout) =>
          inRange(payout.arrival_date, arrives) &&
          (destination === undefined || payout.destination === destination),
      });
    }),
    route('GET', '/v1/payouts/:id', { permission: 'payout' }, (call) => found(call, payouts, 'payout')),
    route('POST', '/v1/payouts/:id', { permission: 'payout', params: { metadata: metadata() } }, (call) => {
      const payout = found(call, payouts, 'payout');
      return update(
        call.account,
        payouts,
        { ...payout, metadata: applyMetadata(payout.metadata ?? {}, call.params.metadata) },
        'payout.updated',
      );
    }),
    route('POST', '/v1/payouts/:id/cancel', { permission: 'payout' }, (call) =>
      cancel(call.account, found(call, payouts, 'payout')),
    ),
  ],
};
