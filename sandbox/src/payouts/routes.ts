import { morningJob, payoutMornings } from '../balance/mornings.ts';
import { chargeCurrency } from '../charges/amounts.ts';
import { update } from '../events.ts';
import { declare, found, given, listed, type Resource, route } from '../resource.ts';
import { datedPageParams } from '../wire/pages.ts';
import {
  applyMetadata,
  inRange,
  integer,
  metadata,
  oneOf,
  required,
  text,
  timeRange,
  unsupported,
} from '../wire/params.ts';
import { partsMarks, payoutParts } from './parts.ts';
import { arrive, arrivedJob, createPayout, insufficientFunds, payouts, send, sentJob } from './payout.ts';
import { minimumBalances, payThisMorning } from './schedule.ts';
import { balanceSettings, changeBalanceSettings, settingsParams } from './settings.ts';
import { cancelPayout, reversePayout } from './undo.ts';

const permission = 'payout';
const createParams = {
  amount: required(integer(1)),
  currency: required(chargeCurrency),
  description: text(),
  destination: text(),
  metadata: metadata(),
  method: oneOf('standard', 'instant'),
  payout_method: unsupported(),
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
  collections: [
    declare(payouts),
    declare(payoutParts),
    declare(partsMarks),
    declare(payoutMornings),
    declare(minimumBalances),
  ],
  expand: {
    payout: {
      balance_transaction: ['balance_transactions'],
      destination: ['external_accounts'],
      failure_balance_transaction: ['balance_transactions'],
      original_payout: ['payouts'],
      reversed_by: ['payouts'],
    },
  },
  jobs: { [sentJob]: send, [arrivedJob]: arrive, [morningJob]: payThisMorning },
  routes: [
    route('POST', '/v1/payouts', { permission, params: createParams }, ({ account, params }) => {
      const { amount, currency, statement_descriptor: statementDescriptor, source_type: source } = params;
      // All money here came from cards; of other kinds there is none.
      if (source !== undefined && source !== 'card') throw insufficientFunds();
      const { description, destination, metadata: meta, method } = params;
      return createPayout(account, {
        amount,
        currency,
        automatic: false,
        ...given({ description, destination, metadata: meta, method, statementDescriptor }),
      });
    }),
    route('GET', '/v1/payouts', { permission, params: listParams }, (call) => {
      const { arrival_date: arrives, destination, status } = call.params;
      return listed(call, payouts, {
        ...(status === undefined ? {} : { index: 'status', key: status }),
        where: (payout) =>
          inRange(payout.arrival_date, arrives) &&
          (destination === undefined || payout.destination === destination),
      });
    }),
    route('GET', '/v1/payouts/:id', { permission }, (call) => found(call, payouts, 'payout')),
    route('POST', '/v1/payouts/:id', { permission, params: { metadata: metadata() } }, (call) => {
      const payout = found(call, payouts, 'payout');
      const next = { ...payout, metadata: applyMetadata(payout.metadata ?? {}, call.params.metadata) };
      return update(call.account, payouts, next, 'payout.updated');
    }),
    route('POST', '/v1/payouts/:id/cancel', { permission }, (call) =>
      cancelPayout(call.account, found(call, payouts, 'payout')),
    ),
    route('POST', '/v1/payouts/:id/reverse', { permission, params: { metadata: metadata() } }, (call) =>
      reversePayout(call.account, found(call, payouts, 'payout'), call.params.metadata),
    ),
    route('GET', '/v1/balance_settings', { permission: 'balance' }, ({ account }) =>
      balanceSettings(account),
    ),
    route(
      'POST',
      '/v1/balance_settings',
      { permission: 'balance', params: settingsParams },
      ({ account, params }) => changeBalanceSettings(account, params),
    ),
  ],
};
