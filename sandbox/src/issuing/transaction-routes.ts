import type { Account } from '../account.ts';
import { update } from '../events.ts';
import { type Call, declare, found, listed, type Resource, route } from '../resource.ts';
import type { Stored } from '../store/collection.ts';
import type { Lookup } from '../wire/expand.ts';
import { datedPageParams } from '../wire/pages.ts';
import { applyMetadata, integer, metadata, oneOf, text } from '../wire/params.ts';
import { carryTransaction } from './authorization.ts';
import { namedCard } from './card.ts';
import { creditUnlinked, forceCapture, forcedParams } from './force-capture.ts';
import { requireTestMode } from './issuer.ts';
import { purchaseDetails } from './purchase-details.ts';
import { givenBack, refundPurchase, type Transaction, transactions } from './transaction.ts';

const permission = 'issuing_transaction';
const listParams = {
  ...datedPageParams,
  card: text(),
  cardholder: text(),
  type: oneOf('capture', 'refund'),
} as const;

const named = (call: Call<unknown>): Transaction => found(call, transactions, 'transaction', 'transaction');

/** What sellers told of a purchase; null where they told nothing. */
function detailsOf(lookup: Lookup, { id }: Stored): unknown {
  const stored = lookup(purchaseDetails.name, id);
  return stored && 'details' in stored ? stored.details : null;
}

/** News of a transaction reach the authorization that shows it. */
const carry = (account: Account, object: unknown) => {
  carryTransaction(account, object as Transaction);
};

/** `/v1/issuing/transactions`: money that left or came back by cards. */
export const transactionResource: Resource = {
  collections: [declare(transactions), declare(givenBack), declare(purchaseDetails)],
  expand: {
    'issuing.transaction': {
      authorization: ['issuing_authorizations'],
      balance_transaction: ['balance_transactions'],
      card: ['issuing_cards'],
      cardholder: ['issuing_cardholders'],
      dispute: ['issuing_disputes'],
      purchase_details: detailsOf,
    },
  },
  listeners: { 'issuing_transaction.created': carry, 'issuing_transaction.updated': carry },
  routes: [
    route('GET', '/v1/issuing/transactions', { permission, params: listParams }, (call) => {
      const { card, cardholder, type } = call.params;
      return listed(call, transactions, {
        ...(card !== undefined
          ? { index: 'card', key: card }
          : cardholder !== undefined
            ? { index: 'cardholder', key: cardholder }
            : {}),
        where: (one) =>
          (cardholder === undefined || one.cardholder === cardholder) &&
          (type === undefined || one.type === type),
      });
    }),
    route('GET', '/v1/issuing/transactions/:transaction', { permission }, named),
    route(
      'POST',
      '/v1/issuing/transactions/:transaction',
      { permission, params: { metadata: metadata() } },
      (call) => {
        const before = named(call);
        const next = { ...before, metadata: applyMetadata(before.metadata, call.params.metadata) };
        return update(call.account, transactions, next, 'issuing_transaction.updated');
      },
    ),
    route(
      'POST',
      '/v1/test_helpers/issuing/transactions/create_force_capture',
      { permission, params: forcedParams },
      ({ account, params }) => {
        requireTestMode(account);
        return forceCapture(account, params);
      },
    ),
    route(
      'POST',
      '/v1/test_helpers/issuing/transactions/create_unlinked_refund',
      { permission, params: forcedParams },
      ({ account, params }) => {
        requireTestMode(account);
        return creditUnlinked(account, params);
      },
    ),
    route(
      'POST',
      '/v1/test_helpers/issuing/transactions/:transaction/refund',
      { permission, params: { refund_amount: integer(1, 99_999_999) } },
      (call) => {
        const { account, params } = call;
        requireTestMode(account);
        const purchase = named(call);
        return refundPurchase(account, purchase, namedCard(account, purchase.card), params.refund_amount);
      },
    ),
  ],
};
