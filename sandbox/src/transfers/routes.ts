import type { Account } from '../account.ts';
import { availableIn, balanceTransactions } from '../balance/balance.ts';
import { chargeCurrency } from '../charges/amounts.ts';
import { type Charge, charges } from '../charges/charge.ts';
import { update } from '../events.ts';
import { refunds } from '../refunds/refund.ts';
import {
  type Call,
  declare,
  found,
  given,
  listed,
  type Resource,
  referred,
  refused,
  route,
} from '../resource.ts';
import type { Stored } from '../store/collection.ts';
import { invalidRequest, missingParam, noSuch } from '../wire/errors.ts';
import type { Lookup } from '../wire/expand.ts';
import { datedPageParams, pageParams } from '../wire/pages.ts';
import {
  applyMetadata,
  boolean,
  integer,
  metadata,
  oneOf,
  type Parsed,
  required,
  text,
  unsettableText,
} from '../wire/params.ts';
import { payableAccount } from './destination.ts';
import { reverseTransfer, type TransferReversal, transferReversals } from './reversal.ts';
import { type Transfer, transfers, transferTo } from './transfer.ts';

const permission = 'transfer';
const createParams = {
  amount: integer(1),
  currency: required(chargeCurrency),
  description: text(),
  destination: required(text()),
  metadata: metadata(),
  source_transaction: text(),
  source_type: oneOf('bank_account', 'card', 'fpx'),
  transfer_group: text(),
} as const;
const reversalParams = {
  amount: integer(1),
  description: text(),
  metadata: metadata(),
  refund_application_fee: boolean(),
} as const;

function create(account: Account, params: Parsed<typeof createParams>): Transfer {
  const { currency, description, source_transaction: sourceId, source_type: sourceType } = params;
  if (account.platform)
    throw invalidRequest('Transfers can only be created by a platform: leave out the Stripe-Account header.');
  const to = payableAccount(account, params.destination, 'destination');
  const source = sourceId === undefined ? null : sourceCharge(account, sourceId, currency);
  const amount = params.amount ?? (source ? leftOf(account, source) : undefined);
  if (amount === undefined) throw missingParam('amount');
  if (source) requireLeft(account, source, amount);
  else if (amount > availableIn(account, currency)) throw insufficientFunds();
  const entry = source?.balance_transaction
    ? account.of(balanceTransactions).get(source.balance_transaction)
    : undefined;
  const group = groupFor(source, params.transfer_group);
  if (source && source.transfer_group === null && group !== null)
    update(account, charges, { ...source, transfer_group: group }, 'charge.updated');
  return transferTo(account, {
    amount,
    currency,
    to,
    description: description ?? null,
    metadata: applyMetadata({}, params.metadata),
    source,
    group,
    ...(sourceType === undefined ? {} : { sourceType }),
    ...(entry?.status === 'pending' ? { availableOn: entry.available_on } : {}),
  }).transfer;
}

function sourceCharge(account: Account, id: string, currency: string): Charge {
  const charge = referred(account, charges, 'charge', id, 'source_transaction');
  if (charge.status !== 'succeeded' || !charge.captured)
    throw refused(
      'source_transaction',
      `Cannot use the charge ${id} as source_transaction: it has not been captured successfully.`,
    );
  const { currency: kept } = settledOf(account, charge);
  if (kept !== currency)
    throw refused(
      'currency',
      `The currency of source_transaction's balance transaction (${kept}) must be the same as the transfer currency (${currency})`,
    );
  return charge;
}

/** What a charge brought to the balance before fees, in the currency that it is kept in. */
function settledOf(account: Account, charge: Charge): { readonly amount: number; readonly currency: string } {
  const entries = account
    .of(balanceTransactions)
    .by('source', charge.id)
    .filter(({ type }) => type === 'charge' || type === 'payment');
  const amount = entries.reduce((total, entry) => total + entry.amount, 0);
  return { amount, currency: entries[0]?.currency ?? charge.currency };
}

/** What of a charge has not been transferred yet; what was taken back can be transferred again. */
function leftOf(account: Account, charge: Charge): number {
  const sent = account
    .of(transfers)
    .by('source', charge.id)
    .reduce((total, transfer) => total + transfer.amount - transfer.amount_reversed, 0);
  return settledOf(account, charge).amount - sent;
}

function requireLeft(account: Account, charge: Charge, amount: number): void {
  const left = leftOf(account, charge);
  if (amount > left)
    throw refused(
      'amount',
      `The transfers from the charge ${charge.id} cannot add up to more than it: ${left} of ${settledOf(account, charge).amount} is left to transfer, which is less than ${amount}.`,
    );
}

/** A charge and the transfers from it are one group, which the first transfer makes where there is none. */
function groupFor(source: Charge | null, wanted: string | undefined): string | null {
  if (!source) return wanted ?? null;
  const own = source.transfer_group;
  if (own !== null && wanted !== undefined && wanted !== own)
    throw refused(
      'transfer_group',
      `You cannot set transfer_group to ${wanted}: the charge ${source.id} given as source_transaction is in the group ${own}.`,
    );
  return own ?? wanted ?? `group_${source.payment_intent ?? source.id}`;
}

function insufficientFunds() {
  return refused(
    'amount',
    'You have insufficient available funds in your Stripe account. Try adding funds directly to your available balance by creating Charges using the 4000000000000077 test card. See: https://stripe.com/docs/testing#available-balance',
    'balance_insufficient',
  );
}

function reversalIn(call: Call<unknown>): TransferReversal {
  const transfer = found(call, transfers, 'transfer', 'transfer');
  const reversal = found(call, transferReversals, 'transfer reversal');
  if (reversal.transfer !== transfer.id) throw noSuch('transfer reversal', reversal.id, 'id');
  return reversal;
}

/** The refund of the payment on the other side, which that account keeps. */
function refundThere(lookup: Lookup, object: Stored): unknown {
  const { destination_payment_refund: refund, transfer } = object as TransferReversal;
  const destination = (lookup(transfers.name, transfer) as Transfer | undefined)?.destination;
  if (refund === null || !destination) return refund;
  lookup.alsoIn(destination);
  return lookup(refunds.name, refund) ?? refund;
}

/** `/v1/transfers` and their reversals: money from a platform to its connected accounts. */
export const transferResource: Resource = {
  collections: [declare(transfers), declare(transferReversals)],
  expand: {
    transfer: {
      balance_transaction: ['balance_transactions'],
      destination: ['accounts'],
      destination_payment: { account: 'destination', collections: ['charges'] },
      source_transaction: ['charges'],
    },
    transfer_reversal: {
      balance_transaction: ['balance_transactions'],
      destination_payment_refund: refundThere,
      source_refund: ['refunds'],
      transfer: ['transfers'],
    },
  },
  routes: [
    route('POST', '/v1/transfers', { permission, params: createParams }, ({ account, params }) =>
      create(account, params),
    ),
    route(
      'GET',
      '/v1/transfers',
      { permission, params: { ...datedPageParams, destination: text(), transfer_group: text() } },
      (call) => {
        const { destination, transfer_group: group } = call.params;
        const index =
          group !== undefined
            ? { index: 'group', key: group }
            : destination !== undefined
              ? { index: 'destination', key: destination }
              : {};
        return listed(call, transfers, {
          ...index,
          where: (transfer) => destination === undefined || transfer.destination === destination,
        });
      },
    ),
    route('GET', '/v1/transfers/:id', { permission }, (call) => found(call, transfers, 'transfer')),
    route(
      'POST',
      '/v1/transfers/:id',
      { permission, params: { description: unsettableText(), metadata: metadata() } },
      (call) => {
        const transfer = found(call, transfers, 'transfer');
        const { description, metadata: meta } = call.params;
        const next = {
          ...transfer,
          ...given({ description }),
          metadata: applyMetadata(transfer.metadata, meta),
        };
        return update(call.account, transfers, next, 'transfer.updated');
      },
    ),
    route('POST', '/v1/transfers/:transfer/reversals', { permission, params: reversalParams }, (call) => {
      const { amount, description, metadata: meta, refund_application_fee: feeBack } = call.params;
      const transfer = found(call, transfers, 'transfer', 'transfer');
      return reverseTransfer(call.account, transfer, { amount, description, metadata: meta, feeBack });
    }),
    route('GET', '/v1/transfers/:transfer/reversals', { permission, params: pageParams }, (call) =>
      listed(call, transferReversals, {
        index: 'transfer',
        key: found(call, transfers, 'transfer', 'transfer').id,
      }),
    ),
    route('GET', '/v1/transfers/:transfer/reversals/:id', { permission }, reversalIn),
    route(
      'POST',
      '/v1/transfers/:transfer/reversals/:id',
      { permission, params: { metadata: metadata() } },
      (call) => {
        const reversal = reversalIn(call);
        const next = { ...reversal, metadata: applyMetadata(reversal.metadata ?? {}, call.params.metadata) };
        return call.account.of(transferReversals).put(next);
      },
    ),
  ],
};
