import type Stripe from 'stripe';
import { z } from 'zod';
import { type Json, type Tool, ToolError } from '../../../tools/tool.ts';
import { shown, spoken } from '../amounts.ts';
import { periodFor } from '../desk.ts';
import { countAllField, createdField, idField, limitField } from '../fields.ts';
import { expanded, follow, idOf, listSummary, listView } from '../pages.ts';
import { needs } from '../permissions.ts';
import { type Desk, expandedIfPermitted, type Said, stripeRead, stripeWrite } from '../stripe-tool.ts';
import { customerFacts, ownerRefs } from '../views/customers.ts';
import { payer } from '../views/payments.ts';
import { compact, time } from '../views/shape.ts';

const chargeAndPayer = ['data.charge', 'data.charge.customer'];

/** What a payment that is suspected is about. */
function suspected(reference: string | Stripe.Charge | null): { [key: string]: Json } {
  const charge = expanded<Stripe.Charge>(reference);
  return compact({
    charge: idOf(reference),
    amount: charge && shown(charge.amount, charge.currency),
    refunded:
      charge && charge.amount_refunded > 0 ? shown(charge.amount_refunded, charge.currency) : undefined,
    disputed: charge?.disputed || undefined,
    risk_level: charge?.outcome?.risk_level,
    ...customerFacts(charge?.customer),
  });
}

function warningRow(warning: Stripe.Radar.EarlyFraudWarning): Json {
  return compact({
    ...{ id: warning.id, fraud_type: warning.fraud_type, actionable: warning.actionable },
    ...suspected(warning.charge),
    note: warning.actionable
      ? 'A dispute is likely: refunding it in full now with reason "fraudulent" avoids the dispute and its fee.'
      : undefined,
    created: time(warning.created),
  });
}

function listWarnings(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'list_early_fraud_warnings',
    title: 'List fraud warnings',
    description:
      'Payments that a bank says are fraudulent before anybody disputes them, newest first. Set actionable true for those where a refund can still avoid the dispute. Nothing is refunded.',
    input: z.strictObject({
      actionable: z
        .boolean()
        .optional()
        .describe('true: only those that are neither refunded nor disputed yet.'),
      created: createdField.optional(),
      limit: limitField.optional(),
      count_all: countAllField.optional(),
    }),
    permissions: needs('radar_early_fraud_warning:read'),
    words: {
      action: 'list',
      object: 'early_fraud_warning',
      synonyms: ['fraud warning', 'fraud alert', 'suspected fraud', 'early fraud warnings'],
    },
    async read(input, api) {
      const created = await periodFor(desk, api, input.created);
      const { actionable } = input;
      const listed = await expandedIfPermitted(chargeAndPayer, (expand) =>
        follow(
          (page) => api.radar.earlyFraudWarnings.list({ ...page, ...(created && { created }), ...expand }),
          {
            enough: input.count_all ? undefined : (input.limit ?? 10),
            ...(actionable !== undefined && {
              fits: (one: Stripe.Radar.EarlyFraudWarning) => one.actionable === actionable,
            }),
          },
        ),
      );
      const rows = listed.items.slice(0, input.limit ?? 10);
      return {
        view: listView('radar.early_fraud_warning', listed, warningRow, { limit: input.limit }),
        record: rows,
        summary: listSummary(listed, 'fraud warning'),
        objects: rows.map(({ id }) => ({ type: 'radar.early_fraud_warning', id })),
      };
    },
  });
}

function reviewRow(review: Stripe.Review): { [key: string]: Json } {
  return compact({
    ...{ id: review.id, open: review.open, reason: review.reason, closed_reason: review.closed_reason },
    ...suspected(review.charge),
    payment_intent: idOf(review.payment_intent),
    ip_address: review.ip_address,
    ip_country: review.ip_address_location?.country,
    created: time(review.created),
  });
}

function listReviews(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'list_reviews',
    title: 'List reviews',
    description:
      'Payments that Stripe Radar put aside for a person to look at, newest first, with amount, customer and risk. Only open ones are listed. approve_review clears one; create_refund ends one that is fraud.',
    input: z.strictObject({
      created: createdField.optional(),
      limit: limitField.optional(),
      count_all: countAllField.optional(),
    }),
    permissions: needs('review:read'),
    words: {
      action: 'list',
      object: 'review',
      synonyms: ['review queue', 'manual review', 'suspicious payment', 'risky payment', 'radar'],
    },
    async read(input, api) {
      const created = await periodFor(desk, api, input.created);
      const listed = await expandedIfPermitted(chargeAndPayer, (expand) =>
        follow((page) => api.reviews.list({ ...page, ...(created && { created }), ...expand }), {
          enough: input.count_all ? undefined : (input.limit ?? 10),
        }),
      );
      const rows = listed.items.slice(0, input.limit ?? 10);
      return {
        view: listView('review', listed, reviewRow, { limit: input.limit }),
        record: rows,
        summary: listSummary(listed, 'open review'),
        objects: rows.map(({ id }) => ({ type: 'review', id })),
      };
    },
  });
}

function approved(review: Stripe.Review): Said {
  return {
    view: { object: 'review', ...reviewRow(review) },
    record: review,
    summary: `Approved the payment of the review ${review.id}`,
    objects: [{ type: 'review', id: review.id }],
  };
}

function approveReview(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'approve_review',
    title: 'Approve payment in review',
    description:
      'Clears a payment that was put aside for review: it counts as good and the review is closed for good. Use it only when a person judged the payment; for fraud use create_refund with reason "fraudulent".',
    effect: 'money',
    input: z.strictObject({ review: idField('review', 'prv_') }),
    sealed: z.object({ id: z.string() }),
    permissions: needs('review:write'),
    words: {
      action: 'approve',
      object: 'review',
      synonyms: ['clear the review', 'release the payment', 'accept the payment', 'mark as safe'],
    },
    async plan(input, api) {
      const review = await expandedIfPermitted(['charge', 'charge.customer'], (expand) =>
        api.reviews.retrieve(input.review.trim(), expand),
      );
      if (!review.open)
        throw new ToolError('review_closed', `The review ${review.id} is closed: ${review.closed_reason}.`, {
          next: 'Nothing needs to be done.',
        });
      const charge = expanded<Stripe.Charge>(review.charge);
      const who = charge && payer(charge);
      const what = charge
        ? `the payment of ${spoken(charge.amount, charge.currency)}`
        : `the review ${review.id}`;
      const chargeId = idOf(review.charge);
      return {
        preview: {
          summary: `Approve ${what}${who ? ` from ${who}` : ''} that is in review`,
          facts: [
            { label: 'Why it is in review', value: review.reason },
            { label: 'Risk', value: charge?.outcome?.risk_level ?? 'unknown' },
            { label: 'Can be undone', value: 'no' },
          ],
          objects: [
            { type: 'review', id: review.id },
            ...(chargeId ? [{ type: 'charge', id: chargeId }] : []),
            ...ownerRefs(charge?.customer),
          ],
        },
        sealed: { id: review.id },
      };
    },
    async act({ id }, api, context) {
      return approved(await api.reviews.approve(id, {}, { idempotencyKey: context.idempotencyKey(0) }));
    },
    async find({ id }, api) {
      const review = await api.reviews.retrieve(id);
      return review.closed_reason === 'approved' ? approved(review) : null;
    },
  });
}

/** Tools about payments that somebody suspects. */
export function radarTools(desk: Desk): Tool[] {
  return [listWarnings(desk), listReviews(desk), approveReview(desk)];
}
