import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { create, emit } from '../events.ts';
import { newId, randomDigits } from '../ids.ts';
import { referred, refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import type { Wire } from '../wire/shapes.ts';
import type { Card } from './card.ts';
import { bookIssuing, cover } from './funds.ts';
import type { Merchant } from './merchant.ts';
import { type PurchaseWish, purchaseDetails, purchaseOf } from './purchase-details.ts';

export type Transaction = Wire<Stripe.Issuing.Transaction>;

export const transactions: CollectionSpec<Transaction, 'card' | 'cardholder' | 'authorization'> = {
  name: 'issuing_transactions',
  indexes: {
    card: (transaction) => transaction.card,
    cardholder: (transaction) => transaction.cardholder,
    authorization: (transaction) => transaction.authorization,
  },
};

/** What of a purchase came back. */
interface GivenBack {
  /** The refund, or the dispute that was won. */
  readonly id: string;
  readonly purchase: string;
  /** In minor units of the card's currency. */
  readonly amount: number;
}
export const givenBack: CollectionSpec<GivenBack, 'purchase'> = {
  name: 'issuing_given_back',
  indexes: { purchase: (back) => back.purchase },
};

interface Purchase {
  /** In the card's currency, in minor units, above zero. */
  readonly amount: number;
  readonly merchantAmount: number;
  readonly merchantCurrency: string;
  readonly card: Card;
  readonly merchant: Merchant;
  readonly authorization: string | null;
  readonly authorizationCode: string | null;
  readonly amountDetails: Transaction['amount_details'];
  readonly wallet: Transaction['wallet'];
}

/** Money leaves for something that was bought. What is not there is fetched from the bank first. */
export function recordCapture(account: Account, purchase: Purchase, details?: PurchaseWish): Transaction {
  cover(account, purchase.amount, purchase.card.currency);
  const made = record(account, purchase, 'capture');
  if (!details) return made;
  account.of(purchaseDetails).put({ id: made.id, details: purchaseOf(details) });
  if (details.receipt?.length) emit(account, 'issuing_transaction.purchase_details_receipt_updated', made);
  return made;
}

/** Money comes back that belongs to no purchase one knows of. */
export function recordCredit(account: Account, purchase: Purchase, details?: PurchaseWish): Transaction {
  const made = record(account, purchase, 'refund');
  if (details) account.of(purchaseDetails).put({ id: made.id, details: purchaseOf(details) });
  return made;
}

/** What of a purchase can still be given back, in minor units of the card's currency. */
export function refundable(account: Account, purchase: Transaction): number {
  return account
    .of(givenBack)
    .by('purchase', purchase.id)
    .reduce((left, { amount }) => left - amount, -purchase.amount);
}

/** A seller gives back a purchase, or a part of it. */
export function refundPurchase(
  account: Account,
  purchase: Transaction,
  card: Card,
  wish?: number,
): Transaction {
  if (purchase.type !== 'capture')
    throw refused('transaction', 'Only transactions of type `capture` can be refunded.');
  const left = refundable(account, purchase);
  const amount = wish ?? left;
  if (left === 0) throw refused('transaction', 'This transaction has already been fully refunded.');
  if (amount > left)
    throw refused(
      'refund_amount',
      `The refund amount (${amount}) is greater than what is left to refund of this transaction (${left}).`,
    );
  const isWhole = amount === -purchase.amount;
  const made = record(
    account,
    {
      amount,
      merchantAmount: isWhole ? -purchase.merchant_amount : share(purchase, amount),
      merchantCurrency: purchase.merchant_currency,
      card,
      merchant: purchase.merchant_data,
      authorization: purchase.authorization,
      authorizationCode: purchase.network_data?.authorization_code ?? null,
      amountDetails: null,
      wallet: purchase.wallet,
    },
    'refund',
  );
  account.of(givenBack).put({ id: made.id, purchase: purchase.id, amount });
  return made;
}

/** The transaction a parameter names. */
export function namedTransaction(account: Account, id: string): Transaction {
  return referred(account, transactions, 'transaction', id, 'transaction');
}

/** A part of a purchase, in the currency of its seller. */
function share(purchase: Transaction, amount: number): number {
  return Math.round((purchase.merchant_amount / purchase.amount) * amount);
}

function record(account: Account, purchase: Purchase, type: Transaction['type']): Transaction {
  const { card, merchant } = purchase;
  const sign = type === 'capture' ? -1 : 1;
  const id = newId('ipi', 24);
  const entry = bookIssuing(account, {
    amount: sign * purchase.amount,
    currency: card.currency,
    description: merchant.name,
    source: id,
    type: 'issuing_transaction',
  });
  const transaction: Transaction = {
    id,
    object: 'issuing.transaction',
    amount: sign * purchase.amount,
    amount_details: purchase.amountDetails,
    authorization: purchase.authorization,
    balance_transaction: entry.id,
    card: card.id,
    cardholder: card.cardholder.id,
    created: account.now(),
    currency: card.currency,
    dispute: null,
    livemode: account.livemode,
    merchant_amount: sign * purchase.merchantAmount,
    merchant_currency: purchase.merchantCurrency,
    merchant_data: merchant,
    metadata: {},
    network_data: {
      authorization_code: purchase.authorizationCode,
      processing_date: new Date(account.now() * 1000).toISOString().slice(0, 10),
      transaction_id: randomDigits(15),
    },
    token: null,
    type,
    wallet: purchase.wallet,
  };
  return create(account, transactions, transaction, 'issuing_transaction.created');
}
