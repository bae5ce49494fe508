import type Stripe from 'stripe';
import { z } from 'zod';
import type { Json, Tool } from '../../../tools/tool.ts';
import { fromStripe, spoken, totals } from '../amounts.ts';
import { periodFor } from '../desk.ts';
import { suggestedEvidence } from '../dispute-evidence.ts';
import { countAllField, createdField, limitField } from '../fields.ts';
import { follow, listSummary, listView } from '../pages.ts';
import { needs } from '../permissions.ts';
import { disputeField, isAnswerable, readDispute } from '../references/disputes.ts';
import { type Desk, expandedIfPermitted, stripeRead } from '../stripe-tool.ts';
import { disputeRef, disputeRow, disputeView } from '../views/payments.ts';
import { acceptDispute, submitEvidence } from './answer-dispute.ts';
import { stageEvidence } from './stage-evidence.ts';
import { suggestEvidence } from './suggest-evidence.ts';

const closed = new Set(['won', 'lost', 'warning_closed', 'prevented']);

const isOpen = (dispute: Stripe.Dispute): boolean => !closed.has(dispute.status);

/** What helps, for disputes that still wait for an answer. */
function withAdvice(dispute: Stripe.Dispute, row: { [key: string]: Json }): { [key: string]: Json } {
  if (!isAnswerable(dispute)) return row;
  return { ...row, suggested_evidence: [...suggestedEvidence(dispute.reason)] };
}

function listDisputes(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'list_disputes',
    title: 'List disputes',
    description:
      'Disputes (chargebacks), newest first: amount, reason, status, deadline for evidence, and what evidence would help. Set open true for those not decided yet. Nothing is submitted.',
    input: z.strictObject({
      status: z
        .enum([
          'needs_response',
          'under_review',
          'won',
          'lost',
          'warning_needs_response',
          'warning_under_review',
          'warning_closed',
        ])
        .optional()
        .describe('Only those in this status.'),
      open: z.boolean().optional().describe('true: only those not decided yet; false: only decided ones.'),
      due_within_days: z
        .number()
        .int()
        .min(1)
        .max(60)
        .optional()
        .describe('Only those that wait for an answer whose deadline is no more than so many days away.'),
      created: createdField.optional(),
      limit: limitField.optional(),
      count_all: countAllField.optional(),
    }),
    permissions: needs('dispute:read'),
    words: {
      action: 'list',
      object: 'dispute',
      synonyms: ['chargeback', 'claim', 'contested payment', 'evidence'],
    },
    async read(input, api) {
      const created = await periodFor(desk, api, input.created);
      const { status, open, due_within_days: days } = input;
      const dueBy = days === undefined ? undefined : desk.now().getTime() / 1000 + days * 86_400;
      const fits = (dispute: Stripe.Dispute): boolean =>
        (status === undefined || dispute.status === status) &&
        (open === undefined || isOpen(dispute) === open) &&
        (dueBy === undefined || (isAnswerable(dispute) && (dispute.evidence_details.due_by ?? 0) <= dueBy));
      // Open disputes are few and each has a deadline: all of them are shown unless a limit is given.
      const limit = input.limit ?? (open || days ? 100 : 10);
      const listed = await expandedIfPermitted(['data.charge', 'data.charge.customer'], (expand) =>
        follow((page) => api.disputes.list({ ...page, ...(created && { created }), ...expand }), {
          enough: input.count_all ? undefined : limit,
          ...((status !== undefined || open !== undefined || days !== undefined) && { fits }),
        }),
      );
      const sum = totals(listed.items.map((dispute) => fromStripe(dispute.amount, dispute.currency)));
      return {
        view: listView('dispute', listed, (dispute) => withAdvice(dispute, disputeRow(dispute)), {
          limit,
          totals: { amount: sum },
        }),
        record: listed.items.slice(0, limit),
        summary: listSummary(listed, open ? 'open dispute' : 'dispute'),
        objects: listed.items.slice(0, limit).map(disputeRef),
      };
    },
  });
}

function getDispute(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'get_dispute',
    title: 'Get dispute',
    description:
      'One dispute by id: amount, reason, status, deadline, how often evidence was sent, what is saved, whether Visa’s Compelling Evidence applies, and what would help. Nothing is submitted.',
    input: z.strictObject({ dispute: disputeField }),
    permissions: needs('dispute:read'),
    words: { action: 'get', object: 'dispute', synonyms: ['chargeback', 'claim', 'evidence'] },
    async read(input, api) {
      const dispute = await readDispute(api, input.dispute);
      return {
        view: withAdvice(dispute, disputeView(dispute)),
        record: dispute,
        summary: `Read the dispute over ${spoken(dispute.amount, dispute.currency)}: ${dispute.status}`,
        objects: [disputeRef(dispute)],
      };
    },
  });
}

/** Tools about disputes. */
export function disputeTools(desk: Desk): Tool[] {
  return [
    listDisputes(desk),
    getDispute(desk),
    suggestEvidence(desk),
    stageEvidence(desk),
    submitEvidence(desk),
    acceptDispute(desk),
  ];
}
