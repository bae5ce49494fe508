import type Stripe from 'stripe';
import type { Account } from './account.ts';
import { book } from './balance/balance.ts';
import { chargeCurrency } from './charges/amounts.ts';
import { day } from './clock.ts';
import { failureOfBank, numberOfTestToken } from './connect/bank-numbers.ts';
import { bankTokens } from './connect/external-accounts.ts';
import { create, update } from './events.ts';
import { newId, randomText } from './ids.ts';
import { declare, found, given, listed, type Resource, refused, route } from './resource.ts';
import type { CollectionSpec } from './store/collection.ts';
import { noSuch } from './wire/errors.ts';
import { datedPageParams } from './wire/pages.ts';
import {
  applyMetadata,
  inRange,
  integer,
  metadata,
  oneOf,
  type Parsed,
  required,
  text,
  timeRange,
  unsettableText,
  unsupported,
} from './wire/params.ts';
import type { Wire } from './wire/shapes.ts';

// pending ──(the bank pays)──▶ succeeded        pending ──(it does not)──▶ failed        pending ──cancel──▶ canceled

/** With the balance that it is for, where that is not the usual one: in Stripe's preview, not in the SDK's type. */
type Topup = Wire<Stripe.Topup> & { readonly destination_balance?: 'issuing' };
const topups: CollectionSpec<Topup, 'status'> = {
  name: 'topups',
  indexes: { status: (topup) => topup.status },
};

/** How a top-up will end, which its bank account decides. */
interface TopupEnd {
  readonly id: string;
  /** Why it fails; null when it succeeds. */
  readonly failure: string | null;
}
const topupEnds: CollectionSpec<TopupEnd> = { name: 'topup_ends', indexes: {} };

const endJob = 'topup.end';
/** How long a bank takes, in seconds. */
const bankSeconds = 1 * day;

const createParams = {
  amount: required(integer(1, 99_999_999)),
  currency: required(chargeCurrency),
  description: text(),
  destination_balance: oneOf('issuing', 'payments'),
  metadata: metadata(),
  payment_method: unsupported(),
  payment_method_options: unsupported(),
  source: text(),
  statement_descriptor: text(15),
  transfer_group: text(),
} as const;

function createTopup(account: Account, params: Parsed<typeof createParams>): Topup {
  if (account.platform)
    throw refused(
      'account',
      'Top-ups add to the balance of your own account only: leave out the Stripe-Account header.',
    );
  const failure = params.source === undefined ? null : failureOf(account, params.source);
  const topup = newTopup(account, params);
  account.of(topupEnds).put({ id: topup.id, failure });
  account.schedule(account.now() + bankSeconds, endJob, topup.id);
  return create(account, topups, topup, 'topup.created');
}

/** Adds to the Issuing balance what a bank transfer brings, or what the bank is asked for at once. */
export function topUpNow(
  account: Account,
  { amount, currency, description }: { amount: number; currency: string; description: string },
): Topup {
  const wish = { amount, currency, description, destination_balance: 'issuing' as const };
  const topup = create(account, topups, newTopup(account, wish), 'topup.created');
  return succeed(account, topup);
}

function newTopup(account: Account, params: Parsed<typeof createParams>): Topup {
  const { amount, currency, description = null, destination_balance: balance } = params;
  return {
    id: newId('tu', 24),
    object: 'topup',
    amount,
    balance_transaction: null,
    created: account.now(),
    currency,
    description,
    ...(balance === 'issuing' ? { destination_balance: balance } : {}),
    expected_availability_date: account.now() + bankSeconds,
    failure_code: null,
    failure_message: null,
    initiated_by: 'user',
    livemode: account.livemode,
    metadata: applyMetadata({}, params.metadata),
    source: sourceOf(account, amount, currency),
    statement_descriptor: params.statement_descriptor ?? null,
    status: 'pending',
    transfer_group: params.transfer_group ?? null,
  };
}

/** What comes of a source: a test token or one made of a test bank account. */
function failureOf(account: Account, source: string): string | null {
  const token = account.of(bankTokens).get(source);
  if (token) return token.failure;
  const number = numberOfTestToken(source);
  if (number === undefined) throw noSuch('source', source, 'source', 400);
  return failureOfBank(number);
}

/** The bank account that is debited, as top-ups show it. */
function sourceOf(account: Account, amount: number, currency: string): Wire<Stripe.Source> {
  return {
    id: newId('src', 24),
    object: 'source',
    ach_debit: {
      bank_name: 'STRIPE TEST BANK',
      country: 'US',
      fingerprint: randomText(16),
      last4: '6789',
      routing_number: '110000000',
      type: 'individual',
    },
    allow_redisplay: 'unspecified',
    amount,
    client_secret: `src_client_secret_${randomText(24)}`,
    created: account.now(),
    currency,
    flow: 'code_verification',
    livemode: account.livemode,
    metadata: {},
    owner: null,
    statement_descriptor: null,
    status: 'chargeable',
    type: 'ach_debit',
    usage: 'reusable',
  };
}

/** The bank has answered: the money is there, or is not to come. Runs as a due job. */
function end(account: Account, id: string): void {
  const topup = account.of(topups).get(id);
  if (topup?.status !== 'pending') return;
  const failure = account.of(topupEnds).get(id)?.failure ?? null;
  if (failure !== null) {
    const failure_message = failureMessages[failure] ?? 'The bank account could not be debited.';
    update(
      account,
      topups,
      { ...topup, status: 'failed', failure_code: failure, failure_message },
      'topup.failed',
    );
    return;
  }
  succeed(account, topup);
}

function succeed(account: Account, topup: Topup): Topup {
  const entry = book(account, {
    ...(topup.destination_balance === undefined ? {} : { balance: topup.destination_balance }),
    amount: topup.amount,
    currency: topup.currency,
    description: topup.description ?? 'TOPUP',
    source: topup.id,
    type: 'topup',
    reportingCategory: 'topup',
  });
  return update(
    account,
    topups,
    { ...topup, status: 'succeeded', balance_transaction: entry.id },
    'topup.succeeded',
  );
}

const failureMessages: Readonly<Record<string, string>> = {
  account_closed: 'The bank account has been closed.',
  debit_not_authorized: 'The bank account does not allow debits.',
  insufficient_funds: 'The bank account has insufficient funds to cover the top-up.',
  invalid_currency: 'The bank account does not support the currency of the top-up.',
  no_account: 'The bank account could not be found.',
};

/** `/v1/topups`: money from a bank account to the balance. */
export const topupResource: Resource = {
  collections: [declare(topups), declare(topupEnds)],
  expand: {
    topup: { balance_transaction: ['balance_transactions'], payment_method: ['payment_methods'] },
  },
  jobs: { [endJob]: end },
  routes: [
    route('POST', '/v1/topups', { permission: 'topup', params: createParams }, ({ account, params }) =>
      createTopup(account, params),
    ),
    route(
      'GET',
      '/v1/topups',
      {
        permission: 'topup',
        params: {
          ...datedPageParams,
          amount: timeRange(),
          status: oneOf('canceled', 'failed', 'pending', 'succeeded'),
        },
      },
      (call) => {
        const { amount, status } = call.params;
        return listed(call, topups, {
          ...(status === undefined ? {} : { index: 'status', key: status }),
          where: (topup) => inRange(topup.amount, amount),
        });
      },
    ),
    route('GET', '/v1/topups/:id', { permission: 'topup' }, (call) => found(call, topups, 'topup')),
    route(
      'POST',
      '/v1/topups/:id',
      { permission: 'topup', params: { description: unsettableText(), metadata: metadata() } },
      (call) => {
        const topup = found(call, topups, 'topup');
        const { description, metadata: meta } = call.params;
        // Stripe has no event for a changed description.
        return call.account.of(topups).put({
          ...topup,
          ...given({ description }),
          metadata: applyMetadata(topup.metadata, meta),
        });
      },
    ),
    route('POST', '/v1/topups/:id/cancel', { permission: 'topup' }, (call) => {
      const topup = found(call, topups, 'topup');
      if (topup.status !== 'pending')
        throw refused(
          'id',
          `Top-ups can only be canceled while they are pending. This top-up is ${topup.status}.`,
        );
      return update(call.account, topups, { ...topup, status: 'canceled' }, 'topup.canceled');
    }),
  ],
};
