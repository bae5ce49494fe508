import { payoutParts } from '../payouts/parts.ts';
import { type Call, declare, found, listed, type Resource, route } from '../resource.ts';
import { datedPageParams, type Page, type PageRequest, pageOf } from '../wire/pages.ts';
import { text } from '../wire/params.ts';
import {
  type BalanceTransaction,
  balanceJob,
  balanceTransactions,
  clockFunds,
  currencyBalances,
  issuingBalances,
  release,
} from './balance.ts';
import { balanceObject } from './object.ts';

const listParams = {
  ...datedPageParams,
  currency: text(3),
  payout: text(),
  source: text(),
  type: text(50),
} as const;

/** The transactions that an automatic payout paid out, itself among them. */
function partsOf(
  call: Call<PageRequest>,
  payout: string,
  where: (entry: BalanceTransaction) => boolean,
): Page<BalanceTransaction> {
  const transactions = call.account.of(balanceTransactions);
  const { data, ...page } = pageOf(call.account.of(payoutParts), call.url, call.params, {
    index: 'payout',
    key: payout,
    where: ({ id }) => {
      const entry = transactions.get(id);
      return entry !== undefined && where(entry);
    },
  });
  return { ...page, data: data.flatMap(({ id }) => transactions.get(id) ?? []) };
}

export const balanceResource: Resource = {
  collections: [
    declare(balanceTransactions),
    declare(clockFunds),
    declare(currencyBalances),
    declare(issuingBalances),
  ],
  expand: {
    balance_transaction: {
      source: [
        'charges',
        'refunds',
        'payouts',
        'disputes',
        'transfers',
        'transfer_reversals',
        'application_fees',
        'fee_refunds',
        'topups',
        'issuing_authorizations',
        'issuing_transactions',
        'issuing_disputes',
      ],
    },
  },
  jobs: { [balanceJob]: release },
  routes: [
    route('GET', '/v1/balance', { permission: 'balance' }, ({ account }) => balanceObject(account)),
    route(
      'GET',
      '/v1/balance_transactions',
      { permission: 'balance_transaction_source', params: listParams },
      (call) => {
        const { currency, payout, source, type } = call.params;
        const where = (entry: BalanceTransaction) =>
          (currency === undefined || entry.currency === currency) &&
          (source === undefined || entry.source === source) &&
          (type === undefined || entry.type === type);
        if (payout !== undefined && call.account.of(payoutParts).newestBy('payout', payout))
          return partsOf(call, payout, where);
        const index =
          source !== undefined
            ? { index: 'source', key: source }
            : payout !== undefined
              ? { index: 'payout', key: payout }
              : type !== undefined
                ? { index: 'type', key: type }
                : {};
        return listed(call, balanceTransactions, { ...index, where });
      },
    ),
    route('GET', '/v1/balance_transactions/:id', { permission: 'balance_transaction_source' }, (call) =>
      found(call, balanceTransactions, 'balance transaction'),
    ),
  ],
};
