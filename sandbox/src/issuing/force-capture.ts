import type { Account } from '../account.ts';
import { exchanged } from '../balance/exchange.ts';
import { chargeCurrency } from '../charges/amounts.ts';
import { integer, type Parsed, required, text } from '../wire/params.ts';
import { cancelCard, namedCard } from './card.ts';
import { merchantFields, merchantOf } from './merchant.ts';
import { purchaseFields } from './purchase-details.ts';
import { paymentsOf } from './spending.ts';
import { recordCapture, recordCredit, type Transaction } from './transaction.ts';

export const forcedParams = {
  amount: required(integer(1, 99_999_999)),
  card: required(text()),
  currency: chargeCurrency,
  merchant_data: merchantFields,
  purchase_details: purchaseFields,
} as const;
type ForcedWish = Parsed<typeof forcedParams>;

/** A seller takes money without having asked, as an airplane without a connection does. */
export function forceCapture(account: Account, wish: ForcedWish): Transaction {
  const purchase = purchaseOf(account, wish);
  const made = recordCapture(account, purchase, wish.purchase_details);
  const { card } = purchase;
  const most = card.lifecycle_controls?.cancel_after.payment_count;
  if (most !== undefined && paymentsOf(account, card) >= most) cancelCard(account, card);
  return made;
}

/** A seller gives money that belongs to no purchase. */
export function creditUnlinked(account: Account, wish: ForcedWish): Transaction {
  return recordCredit(account, purchaseOf(account, wish), wish.purchase_details);
}

function purchaseOf(account: Account, wish: ForcedWish) {
  const card = namedCard(account, wish.card);
  const { amount, currency = card.currency } = wish;
  return {
    amount: exchanged(amount, currency, card.currency),
    merchantAmount: amount,
    merchantCurrency: currency,
    card,
    merchant: merchantOf(wish.merchant_data),
    authorization: null,
    authorizationCode: null,
    amountDetails: null,
    wallet: null,
  };
}
