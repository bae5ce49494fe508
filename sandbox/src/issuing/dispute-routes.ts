import { balanceTransactions } from '../balance/balance.ts';
import { type Call, declare, found, listed, type Resource, route } from '../resource.ts';
import { datedPageParams } from '../wire/pages.ts';
import { integer, metadata, oneOf, text, unsupported } from '../wire/params.ts';
import {
  createDispute,
  type Dispute,
  decideSubmitted,
  decisionJob,
  disputes,
  expireUnsubmitted,
  submitDispute,
  tooLateJob,
  updateDispute,
} from './dispute.ts';
import { evidenceFields } from './dispute-evidence.ts';

const permission = 'issuing_dispute';
const common = { amount: integer(1, 99_999_999), evidence: evidenceFields, metadata: metadata() } as const;
const listParams = {
  ...datedPageParams,
  status: oneOf('expired', 'lost', 'submitted', 'unsubmitted', 'won'),
  transaction: text(),
} as const;

const named = (call: Call<unknown>): Dispute => found(call, disputes, 'dispute', 'dispute');

const reasons = [
  'canceled',
  'duplicate',
  'fraudulent',
  'merchandise_not_as_described',
  'no_valid_authorization',
  'not_received',
  'other',
  'service_not_as_described',
] as const;
const documents = reasons.map(
  (reason) => [`evidence.${reason}.additional_documentation`, ['files']] as const,
);

/** `/v1/issuing/disputes`: purchases that a cardholder does not want to have made. */
export const issuingDisputeResource: Resource = {
  collections: [declare(disputes)],
  expand: {
    'issuing.dispute': {
      transaction: ['issuing_transactions'],
      balance_transactions: (lookup, { id }) =>
        [...lookup.by(balanceTransactions.name, 'source', id)].reverse(),
      'evidence.duplicate.card_statement': ['files'],
      'evidence.duplicate.cash_receipt': ['files'],
      'evidence.duplicate.check_image': ['files'],
      ...Object.fromEntries(documents),
    },
  },
  jobs: { [tooLateJob]: expireUnsubmitted, [decisionJob]: decideSubmitted },
  routes: [
    route(
      'POST',
      '/v1/issuing/disputes',
      { permission, params: { ...common, transaction: text(), treasury: unsupported() } },
      ({ account, params }) => createDispute(account, params),
    ),
    route('GET', '/v1/issuing/disputes', { permission, params: listParams }, (call) => {
      const { status, transaction } = call.params;
      return listed(call, disputes, {
        ...(transaction === undefined ? {} : { index: 'transaction', key: transaction }),
        where: (dispute) => status === undefined || dispute.status === status,
      });
    }),
    route('GET', '/v1/issuing/disputes/:dispute', { permission }, named),
    route('POST', '/v1/issuing/disputes/:dispute', { permission, params: common }, (call) =>
      updateDispute(call.account, named(call), call.params),
    ),
    route(
      'POST',
      '/v1/issuing/disputes/:dispute/submit',
      { permission, params: { metadata: metadata() } },
      (call) => submitDispute(call.account, named(call), call.params.metadata),
    ),
  ],
};
