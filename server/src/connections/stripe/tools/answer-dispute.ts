import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { moved, spoken } from '../amounts.ts';
import { comparedWith } from '../compelling-evidence.ts';
import { evidenceOf, sealedEvidence } from '../evidence-fields.ts';
import { mark } from '../marks.ts';
import { needs } from '../permissions.ts';
import { answerableDispute, disputeField } from '../references/disputes.ts';
import { type Desk, type Said, stripeWrite } from '../stripe-tool.ts';
import { disputeView } from '../views/payments.ts';
import { deadline, over, pieceFact, touched } from './dispute-words.ts';

function submitted(dispute: Stripe.Dispute): Said {
  return {
    view: disputeView(dispute),
    record: dispute,
    summary: `Sent the evidence for ${over(dispute)} to the bank; its status is ${dispute.status}`,
    objects: touched(dispute),
  };
}

/** Sends what was saved, which the bank takes once. */
export function submitEvidence(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'submit_dispute_evidence',
    title: 'Send evidence to the bank',
    description:
      'Sends the evidence saved on a dispute to the bank. Cannot be undone or repeated: the bank normally takes evidence once, so use it only on the person’s word, when everything is there.',
    effect: 'destructive',
    input: z.strictObject({ dispute: disputeField }),
    sealed: z.object({ id: z.string(), evidence: sealedEvidence, before: z.number().int() }),
    permissions: needs('dispute:write'),
    words: {
      action: 'submit',
      object: 'dispute',
      synonyms: [
        'send evidence',
        'chargeback',
        'send the evidence',
        'submit evidence',
        'hand in the evidence',
      ],
    },
    async plan(input, api) {
      const dispute = await answerableDispute(api, input.dispute);
      const evidence = evidenceOf(dispute);
      const compared = comparedWith(dispute);
      if (Object.keys(evidence).length === 0 && !compared)
        throw new ToolError('no_evidence', `No evidence is saved on the dispute ${dispute.id}.`, {
          next: 'Put it together with suggest_dispute_evidence and save it with stage_dispute_evidence first.',
        });
      return {
        preview: {
          summary: `Send the evidence for ${over(dispute)} (${dispute.reason}) to the bank`,
          facts: [
            ...Object.entries(evidence).map(([field, value]) => pieceFact(field, value)),
            ...(compared ? [{ label: 'Compared with', value: compared }] : []),
            deadline(dispute),
            { label: 'Can be undone', value: 'no: the bank takes evidence once' },
          ],
          objects: touched(dispute),
        },
        sealed: { id: dispute.id, evidence, before: dispute.evidence_details.submission_count },
      };
    },
    async act({ id }, api, context) {
      const params = { submit: true, ...mark(context) };
      return submitted(await api.disputes.update(id, params, { idempotencyKey: context.idempotencyKey(0) }));
    },
    async find({ id, before }, api) {
      const dispute = await api.disputes.retrieve(id);
      return dispute.evidence_details.submission_count > before ? submitted(dispute) : null;
    },
  });
}

function accepted(dispute: Stripe.Dispute): Said {
  return {
    view: disputeView(dispute),
    record: dispute,
    summary: `Accepted ${over(dispute)} as lost`,
    objects: touched(dispute),
  };
}

/** Gives a dispute up. */
export function acceptDispute(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'accept_dispute',
    title: 'Accept dispute',
    description:
      'Gives a dispute up: it is closed as lost and the cardholder keeps the money. Cannot be undone. Do not refund the payment besides.',
    effect: 'destructive',
    input: z.strictObject({ dispute: disputeField }),
    sealed: z.object({ id: z.string() }),
    permissions: needs('dispute:write'),
    words: {
      action: 'accept',
      object: 'dispute',
      synonyms: ['concede', 'give up', 'close the dispute', 'lose', 'chargeback'],
    },
    async plan(input, api) {
      const dispute = await answerableDispute(api, input.dispute);
      const fee = dispute.balance_transactions.reduce((sum, { fee: one }) => sum + one, 0);
      const feeCurrency = dispute.balance_transactions[0]?.currency;
      return {
        preview: {
          summary: `Accept ${over(dispute)} (${dispute.reason}) as lost`,
          facts: [
            { label: 'The cardholder keeps', value: spoken(dispute.amount, dispute.currency) },
            ...(fee > 0 && feeCurrency ? [{ label: 'Fee that stays', value: spoken(fee, feeCurrency) }] : []),
            deadline(dispute),
            { label: 'Can be undone', value: 'no' },
          ],
          amount: moved(dispute.amount, dispute.currency),
          objects: touched(dispute),
        },
        sealed: { id: dispute.id },
      };
    },
    async act({ id }, api, context) {
      return accepted(await api.disputes.close(id, {}, { idempotencyKey: context.idempotencyKey(0) }));
    },
    async find({ id }, api) {
      const dispute = await api.disputes.retrieve(id);
      return dispute.status === 'lost' || dispute.status === 'warning_closed' ? accepted(dispute) : null;
    },
  });
}
