import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { comparedWith, comparisonFor, comparisonInput, sealedComparison } from '../compelling-evidence.ts';
import {
  evidenceInput,
  evidenceNames,
  evidenceOf,
  mostEvidence,
  sealedEvidence,
} from '../evidence-fields.ts';
import { mark, wasChanged } from '../marks.ts';
import { needs } from '../permissions.ts';
import { answerableDispute, disputeField } from '../references/disputes.ts';
import { type Desk, type Said, stripeWrite } from '../stripe-tool.ts';
import { disputeView } from '../views/payments.ts';
import { deadline, over, pieceFact, touched } from './dispute-words.ts';

function requireRoom(held: { [field: string]: string | undefined }): void {
  const length = Object.values(held).reduce((sum, value) => sum + (value?.length ?? 0), 0);
  if (length <= mostEvidence) return;
  throw new ToolError('evidence_too_long', `All evidence together would be ${length} characters long.`, {
    next: `Stripe takes ${mostEvidence} in all: shorten it.`,
  });
}

const none = 'none';

const sealedStage = z.object({
  id: z.string(),
  evidence: sealedEvidence,
  before: sealedEvidence,
  /** What Visa compares; `none` takes it out again. */
  comparison: z.union([z.literal(none), sealedComparison]).optional(),
  /** What was compared before. */
  compared: z.string(),
});
type Sealed = z.infer<typeof sealedStage>;

function paramsOf({ evidence, comparison }: Sealed): Stripe.DisputeUpdateParams.Evidence {
  if (comparison === undefined) return evidence;
  const enhanced = comparison === none ? '' : { visa_compelling_evidence_3: comparison };
  return { ...evidence, enhanced_evidence: enhanced };
}

/** The charges that would be compared, as `comparedWith` tells them. */
function comparing({ comparison, compared }: Sealed): string {
  if (comparison === undefined) return compared;
  if (comparison === none) return '';
  return comparison.prior_undisputed_transactions.map((one) => one.charge).join(', ');
}

function staged(dispute: Stripe.Dispute, sealed: Sealed): Said {
  const { evidence, before, comparison, compared } = sealed;
  const pieces = Object.keys(evidence).length + (comparison === undefined ? 0 : 1);
  return {
    view: disputeView(dispute),
    record: dispute,
    summary: `Saved ${pieces} ${pieces === 1 ? 'piece' : 'pieces'} of evidence for ${over(dispute)}; nothing was sent to the bank`,
    objects: touched(dispute),
    // What Visa compared before cannot be put together again from its ids alone.
    ...((comparison === undefined || compared === '') && {
      undo: {
        tool: 'stage_dispute_evidence',
        input: {
          dispute: dispute.id,
          ...(Object.keys(before).length > 0 && { evidence: before }),
          ...(comparison !== undefined && { compelling_evidence_3: none }),
        },
        label: 'Set the evidence back to what it was',
      },
    }),
  };
}

/** Saves evidence for later. */
export function stageEvidence(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'stage_dispute_evidence',
    title: 'Save evidence',
    description:
      'Saves evidence on a dispute without sending it to the bank: it can still be changed, and is seen in the Stripe Dashboard. Take what suggest_dispute_evidence found and what the person gave; never make facts up. submit_dispute_evidence sends it.',
    effect: 'write',
    canUndo: 'yes, until it is submitted',
    input: z
      .strictObject({
        dispute: disputeField,
        evidence: evidenceInput.optional(),
        compelling_evidence_3: z
          .union([z.literal(none), comparisonInput])
          .optional()
          .describe('Only where get_dispute shows compelling_evidence_3. "none" takes it out again.'),
      })
      .refine((input) => input.evidence || input.compelling_evidence_3, 'No evidence was given.'),
    sealed: sealedStage,
    permissions: needs('dispute:write'),
    words: {
      action: 'update',
      object: 'dispute',
      synonyms: ['stage evidence', 'save evidence', 'add evidence', 'prepare the answer', 'chargeback'],
    },
    async plan({ dispute: id, evidence: texts = {}, compelling_evidence_3: wanted }, api) {
      const dispute = await answerableDispute(api, id);
      const held = evidenceOf(dispute);
      const given = evidenceNames.filter((field) => texts[field] !== undefined);
      const evidence = Object.fromEntries(given.map((field) => [field, texts[field] ?? '']));
      const before = Object.fromEntries(given.map((field) => [field, held[field] ?? '']));
      requireRoom({ ...held, ...evidence });
      const comparison =
        wanted === undefined || wanted === none ? wanted : await comparisonFor(api, dispute, wanted);
      const sealed = { id: dispute.id, evidence, before, comparison, compared: comparedWith(dispute) };
      const pieces = given.map((field) =>
        pieceFact(field, evidence[field] || 'taken out', before[field] ? ', instead of what was there' : ''),
      );
      return {
        preview: {
          summary: `Save evidence for ${over(dispute)} (${dispute.reason}), without sending it`,
          facts: [
            ...pieces,
            ...(comparison === undefined
              ? []
              : [{ label: 'Compared with', value: comparing(sealed) || 'nothing any more' }]),
            { label: 'Sent to the bank', value: 'no' },
            deadline(dispute),
          ],
          objects: touched(dispute),
        },
        sealed,
      };
    },
    async act(sealed, api, context) {
      const params = { evidence: paramsOf(sealed), submit: false, ...mark(context) };
      const options = { idempotencyKey: context.idempotencyKey(0) };
      return staged(await api.disputes.update(sealed.id, params, options), sealed);
    },
    async find(sealed, api, look) {
      const dispute = await api.disputes.retrieve(sealed.id);
      const now = evidenceOf(dispute);
      const holds = (wanted: z.infer<typeof sealedEvidence>): boolean =>
        evidenceNames.every((field) => wanted[field] === undefined || (now[field] ?? '') === wanted[field]);
      const compared = comparedWith(dispute);
      const is = {
        asWanted: holds(sealed.evidence) && compared === comparing(sealed),
        asBefore: holds(sealed.before) && compared === sealed.compared,
      };
      return wasChanged(dispute, look, is) ? staged(dispute, sealed) : null;
    },
  });
}
