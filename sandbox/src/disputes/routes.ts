import type { Account } from '../account.ts';
import { charges } from '../charges/charge.ts';
import { update } from '../events.ts';
import { type Call, declare, found, listed, type Resource, refused, route } from '../resource.ts';
import { invalidRequest, noSuch, StripeFault } from '../wire/errors.ts';
import { datedPageParams } from '../wire/pages.ts';
import { applyMetadata, boolean, metadata, oneOf, type Parsed, text } from '../wire/params.ts';
import { type Dispute, deadlineJob, disputes, isOpen } from './dispute.ts';
import { type EvidenceChange, evidenceFields, withEvidence } from './evidence.ts';
import { evidenceFiles, requireEvidenceFiles } from './evidence-files.ts';
import { accept, decide, onRefunded, passDeadline, submit, verdictJob } from './verdict.ts';

const updateParams = {
  evidence: evidenceFields,
  intended_submission_method: oneOf('manual', 'prefer_manual', 'prefer_smart_disputes', 'smart_disputes'),
  metadata: metadata(),
  submit: boolean(),
} as const;
const listParams = { ...datedPageParams, charge: text(), payment_intent: text() } as const;

const permission = 'dispute';

function named(call: Call<unknown>): Dispute {
  return found(call, disputes, 'dispute', 'dispute');
}

/** The dispute of the charge that an address names, as it was addressed before disputes had ids of their own. */
function ofCharge(call: Call<unknown>): Dispute {
  const charge = found(call, charges, 'charge', 'charge');
  const [dispute] = call.account.of(disputes).by('charge', charge.id);
  if (dispute) return dispute;
  throw new StripeFault(404, {
    type: 'invalid_request_error',
    message: `No dispute for charge: ${charge.id}`,
  });
}

function requireUnsettled({ status }: Dispute): void {
  if (status === 'won' || status === 'lost' || status === 'warning_closed')
    throw invalidRequest('This dispute is already closed');
}

function updateFrom(account: Account, dispute: Dispute, params: Parsed<typeof updateParams>): Dispute {
  requireUnsettled(dispute);
  const { evidence, intended_submission_method: intended, submit: isFinal = evidence !== undefined } = params;
  if ((evidence || params.submit) && !isOpen(dispute))
    throw invalidRequest('This dispute is already under review: evidence can be submitted once.');
  if (evidence) requireEvidence(account, dispute, evidence);
  if (intended !== undefined && dispute.intended_submission_method === null)
    throw refused(
      'intended_submission_method',
      'This dispute is not eligible for Smart Disputes.',
      'smart_disputes_not_available',
    );
  const next: Dispute = {
    ...(evidence ? withEvidence(dispute, evidence) : dispute),
    ...(intended === undefined ? {} : { intended_submission_method: intended }),
    metadata: applyMetadata(dispute.metadata, params.metadata),
  };
  if (isFinal) return submit(account, next);
  return update(account, disputes, next, 'charge.dispute.updated');
}

/** Throws Stripe's refusals of files that are none and of earlier payments that are not. */
function requireEvidence(account: Account, dispute: Dispute, evidence: EvidenceChange): void {
  requireEvidenceFiles(account, { ...dispute.evidence, ...evidence });
  const prior = evidence.enhanced_evidence?.visa_compelling_evidence_3?.prior_undisputed_transactions ?? [];
  for (const [at, { charge: id }] of prior.entries()) {
    const param = `evidence[enhanced_evidence][visa_compelling_evidence_3][prior_undisputed_transactions][${at}][charge]`;
    const charge = account.of(charges).get(id);
    if (!charge) throw noSuch('charge', id, param);
    if (charge.disputed || id === dispute.charge)
      throw refused(param, `The charge ${id} was disputed: only undisputed payments can be compared.`);
  }
}

function close(account: Account, dispute: Dispute): Dispute {
  requireUnsettled(dispute);
  if (!isOpen(dispute)) throw invalidRequest('This dispute is under review and can no longer be closed.');
  return accept(account, dispute);
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
  listeners: { 'charge.refunded': onRefunded },
  routes: [
    route('GET', '/v1/disputes', { permission, params: listParams }, (call) => {
      const { charge, payment_intent: intent } = call.params;
      const index =
        charge !== undefined
          ? { index: 'charge', key: charge }
          : intent !== undefined
            ? { index: 'payment_intent', key: intent }
            : {};
      return listed(call, disputes, index);
    }),
    route('GET', '/v1/disputes/:dispute', { permission }, named),
    route('POST', '/v1/disputes/:dispute', { permission, params: updateParams }, (call) =>
      updateFrom(call.account, named(call), call.params),
    ),
    route('POST', '/v1/disputes/:dispute/close', { permission }, (call) => close(call.account, named(call))),
    route('GET', '/v1/charges/:charge/dispute', { permission }, ofCharge),
    route('POST', '/v1/charges/:charge/dispute', { permission, params: updateParams }, (call) =>
      updateFrom(call.account, ofCharge(call), call.params),
    ),
    route('POST', '/v1/charges/:charge/dispute/close', { permission }, (call) =>
      close(call.account, ofCharge(call)),
    ),
  ],
};
