import { update } from '../events.ts';
import { declare, found, listed, type Resource, refused, route } from '../resource.ts';
import { datedPageParams } from '../wire/pages.ts';
import { applyMetadata, boolean, metadata, object, text, unsettableText } from '../wire/params.ts';
import {
  type Dispute,
  deadlineJob,
  decide,
  disputes,
  isOpen,
  lose,
  passDeadline,
  submit,
  verdictJob,
} from './dispute.ts';
import { evidenceFiles, requireEvidenceFiles } from './evidence-files.ts';

/** Stripe's limit on all evidence together, in characters. */
const maxEvidence = 150_000;
const piece = unsettableText(maxEvidence);
const evidenceFields = {
  access_activity_log: piece,
  billing_address: piece,
  cancellation_policy: piece,
  cancellation_policy_disclosure: piece,
  cancellation_rebuttal: piece,
  customer_communication: piece,
  customer_email_address: piece,
  customer_name: piece,
  customer_purchase_ip: piece,
  customer_signature: piece,
  duplicate_charge_documentation: piece,
  duplicate_charge_explanation: piece,
  duplicate_charge_id: piece,
  product_description: piece,
  receipt: piece,
  refund_policy: piece,
  refund_policy_disclosure: piece,
  refund_refusal_explanation: piece,
  service_date: piece,
  service_documentation: piece,
  shipping_address: piece,
  shipping_carrier: piece,
  shipping_date: piece,
  shipping_documentation: piece,
  shipping_tracking_number: piece,
  uncategorized_file: piece,
  uncategorized_text: piece,
} as const;
const updateParams = { evidence: object(evidenceFields), metadata: metadata(), submit: boolean() } as const;

function withEvidence(
  dispute: Dispute,
  evidence: Readonly<Record<string, string | null | undefined>>,
): Dispute {
  const next = { ...dispute.evidence, ...evidence };
  const texts = Object.values(next).filter((value) => typeof value === 'string');
  if (texts.join('').length > maxEvidence)
    throw refused('evidence', `Evidence can have up to ${maxEvidence} characters in all.`);
  return {
    ...dispute,
    evidence: next,
    evidence_details: { ...dispute.evidence_details, has_evidence: texts.length > 0 },
  };
}

export const disputeResource: Resource = {
  collections: [declare(disputes)],
  expand: {
    dispute: {
      charge: ['charges'],
      payment_intent: ['payment_intents'],
      ...Object.fromEntries(evidenceFiles.map((name) => [`evidence.${name}`, ['files']])),
    },
  },
  jobs: { [deadlineJob]: passDeadline, [verdictJob]: decide },
  routes: [
    route(
      'GET',
      '/v1/disputes',
      { permission: 'dispute', params: { ...datedPageParams, charge: text(), payment_intent: text() } },
      (call) => {
        const { charge, payment_intent: intent } = call.params;
        const index =
          charge !== undefined
            ? { index: 'charge', key: charge }
            : intent !== undefined
              ? { index: 'payment_intent', key: intent }
              : {};
        return listed(call, disputes, index);
      },
    ),
    route('GET', '/v1/disputes/:id', { permission: 'dispute' }, (call) => found(call, disputes, 'dispute')),
    route('POST', '/v1/disputes/:id', { permission: 'dispute', params: updateParams }, (call) => {
      const { account, params } = call;
      const dispute = found(call, disputes, 'dispute');
      if (params.evidence) requireEvidenceFiles(account, { ...dispute.evidence, ...params.evidence });
      if ((params.evidence || params.submit) && !isOpen(dispute)) {
        throw refused(
          'id',
          dispute.status.endsWith('under_review')
            ? 'This dispute is already under review: evidence can be submitted once.'
            : 'This dispute is already closed.',
        );
      }
      const next = {
        ...(params.evidence ? withEvidence(dispute, params.evidence) : dispute),
        metadata: applyMetadata(dispute.metadata, params.metadata),
      };
      const updated = update(account, disputes, next, 'charge.dispute.updated');
      return params.submit || (params.evidence && params.submit === undefined)
        ? submit(account, updated)
        : updated;
    }),
    route('POST', '/v1/disputes/:id/close', { permission: 'dispute' }, (call) => {
      const dispute = found(call, disputes, 'dispute');
      if (!isOpen(dispute)) throw refused('id', 'This dispute is already closed.');
      return lose(call.account, dispute);
    }),
  ],
};
