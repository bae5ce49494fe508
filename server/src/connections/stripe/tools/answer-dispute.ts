import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { moved, spoken } from '../amounts.ts';
import {
  evidenceInput,
  evidenceNames,
  evidenceOf,
  mostEvidence,
  sealedEvidence,
} from '../evidence-fields.ts';
import { mark, wasChanged } from '../marks.ts';
import { expanded } from '../pages.ts';
import { needs } from '../permissions.ts';
import { disputeField, isAnswerable, readDispute } from '../references/disputes.ts';
import { type Desk, type Said, stripeWrite } from '../stripe-tool.ts';
import { ownerRefs } from '../views/customers.ts';
import { disputeRef, disputeView } from '../views/payments.ts';
import { time } from '../views/shape.ts';

const over = (dispute: Stripe.Dispute): string =>
  `the dispute over ${spoken(dispute.amount, dispute.currency)}`;

/** Everything a dispute touches. */
function touched(dispute: Stripe.Dispute) {
  const charge = expanded<Stripe.Charge>(dispute.charge);
  const id = charge?.id ?? String(dispute.charge);
  return [disputeRef(dispute), { type: 'charge', id }, ...ownerRefs(charge?.customer)];
}

/** @throws ToolError when the dispute waits for nobody any more */
async function answerable(api: Stripe, id: string): Promise<Stripe.Dispute> {
  const dispute = await readDispute(api, id);
  if (isAnswerable(dispute)) return dispute;
  const sent = dispute.evidence_details.submission_count > 0;
  throw new ToolError(
    'dispute_unexpected_state',
    `The dispute ${dispute.id} cannot be answered any more: its status is ${dispute.status}.`,
    {
      next: sent
        ? 'Evidence was sent already; wait for the decision of the bank.'
        : 'Nothing can be sent to the bank.',
      details: { dispute: dispute.id, status: dispute.status },
    },
  );
}

const deadline = (dispute: Stripe.Dispute) => ({
  label: 'Deadline',
  value: time(dispute.evidence_details.due_by) ?? 'none',
});

const short = (text: string): string =>
  text.length > 300 ? `${text.slice(0, 300)}… (${text.length} characters)` : text;
const nameOf = (field: string): string => `${field[0]?.toUpperCase()}${field.slice(1).replaceAll('_', ' ')}`;

function requireRoom(held: { [field: string]: string | undefined }): void {
  const length = Object.values(held).reduce((sum, value) => sum + (value?.length ?? 0), 0);
  if (length <= mostEvidence) return;
  throw new ToolError('evidence_too_long', `All evidence together would be ${length} characters long.`, {
    next: `Stripe takes ${mostEvidence} in all: shorten it.`,
  });
}

const sealedStage = z.object({ id: z.string(), evidence: sealedEvidence, before: sealedEvidence });

function staged(dispute: Stripe.Dispute, { evidence, before }: z.infer<typeof sealedStage>): Said {
  return {
    view: disputeView(dispute),
    record: dispute,
    summary: `Saved ${Object.keys(evidence).length} pieces of evidence for ${over(dispute)}; nothing was sent to the bank`,
    objects: touched(dispute),
    undo: {
      tool: 'stage_dispute_evidence',
      input: { dispute: dispute.id, evidence: before },
      label: 'Set the evidence back to what it was',
    },
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
    input: z.strictObject({ dispute: disputeField, evidence: evidenceInput }),
    sealed: sealedStage,
    permissions: needs('dispute:write'),
    words: {
      action: 'update',
      object: 'dispute',
      synonyms: ['stage evidence', 'save evidence', 'add evidence', 'prepare the answer', 'chargeback'],
    },
    async plan(input, api) {
      const dispute = await answerable(api, input.dispute);
      const held = evidenceOf(dispute);
      const given = evidenceNames.filter((field) => input.evidence[field] !== undefined);
      const evidence = Object.fromEntries(given.map((field) => [field, input.evidence[field] ?? '']));
      const before = Object.fromEntries(given.map((field) => [field, held[field] ?? '']));
      requireRoom({ ...held, ...evidence });
      return {
        preview: {
          summary: `Save evidence for ${over(dispute)} (${dispute.reason}), without sending it`,
          facts: [
            ...given.map((field) => ({
              label: nameOf(field),
              value: `${short(evidence[field] || 'taken out')}${before[field] ? ', instead of what was there' : ''}`,
            })),
            { label: 'Sent to the bank', value: 'no' },
            deadline(dispute),
          ],
          objects: touched(dispute),
        },
        sealed: { id: dispute.id, evidence, before },
      };
    },
    async act(sealed, api, context) {
      const params = { evidence: sealed.evidence, submit: false, ...mark(context) };
      const options = { idempotencyKey: context.idempotencyKey(0) };
      return staged(await api.disputes.update(sealed.id, params, options), sealed);
    },
    async find(sealed, api, look) {
      const dispute = await api.disputes.retrieve(sealed.id);
      const now = evidenceOf(dispute);
      const holds = (wanted: z.infer<typeof sealedEvidence>): boolean =>
        evidenceNames.every((field) => wanted[field] === undefined || (now[field] ?? '') === wanted[field]);
      const is = { asWanted: holds(sealed.evidence), asBefore: holds(sealed.before) };
      return wasChanged(dispute, look, is) ? staged(dispute, sealed) : null;
    },
  });
}

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
      synonyms: ['send evidence', 'answer the dispute', 'respond', 'contest', 'fight', 'chargeback'],
    },
    async plan(input, api) {
      const dispute = await answerable(api, input.dispute);
      const evidence = evidenceOf(dispute);
      if (Object.keys(evidence).length === 0)
        throw new ToolError('no_evidence', `No evidence is saved on the dispute ${dispute.id}.`, {
          next: 'Put it together with suggest_dispute_evidence and save it with stage_dispute_evidence first.',
        });
      return {
        preview: {
          summary: `Send the evidence for ${over(dispute)} (${dispute.reason}) to the bank`,
          facts: [
            ...Object.entries(evidence).map(([field, value]) => ({
              label: nameOf(field),
              value: short(value),
            })),
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
      const dispute = await answerable(api, input.dispute);
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
