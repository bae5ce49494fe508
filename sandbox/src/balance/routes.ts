import { declare, found, listed, type Resource, route } from '../resource.ts';
import { datedPageParams } from '../wire/pages.ts';
import { text } from '../wire/params.ts';
import {
  balanceJob,
  balanceObject,
  balanceTransactions,
  clockFunds,
  currencyBalances,
  release,
} from './balance.ts';

const listParams = {
  ...datedPageParams,
  currency: text(3),
  payout: text(),
  source: text(),
  type: text(50),
} as const;

export const balanceResource: Resource = {
  collections: [declare(balanceTransactions), declare(clockFunds), declare(currencyBalances)],
  expand: { balance_transaction: { source: ['charges', 'refunds', 'payouts', 'disputes'] } },
  jobs: { [balanceJob]: release },
  routes: [
    route('GET', '/v1/balance', { permission: 'balance' }, ({ account }) => balanceObject(account)),
    route(
      'GET',
      '/v1/balance_transactions',
      { permission: 'balance_transaction_source', params: listParams },
      (call) => {
        const { currency, payout, source, type } = call.params;
        const index =
          source !== undefined
            ? { index: 'source', key: source }
            : payout !== undefined
              ? { index: 'payout', key: payout }
              : type !== undefined
                ? { index: 'type', key: type }
                : {};
        return listed(call, balanceTransactions, {
          ...index,
          where: (entry) =>
            (currency === undefined || entry.currency === currency) &&
            (type === undefined || entry.type === type),
        });
      },
    ),
    route('GET', '/v1/balance_transactions/:id', { permission: 'balance_transaction_source' }, (call) =>
      found(call, balanceTransactions, 'balance transaction'),
    ),
  ],
};
