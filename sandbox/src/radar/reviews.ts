import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { type Charge, charges } from '../charges/charge.ts';
import type { Dispute } from '../disputes/dispute.ts';
import { advance, create } from '../events.ts';
import { newId } from '../ids.ts';
import type { Refund } from '../refunds/refund.ts';
import { type Call, declare, found, listed, type Resource, route } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { invalidRequest } from '../wire/errors.ts';
import { datedPageParams } from '../wire/pages.ts';
import type { Wire } from '../wire/shapes.ts';

// open ─▶ closed: approved | refunded | refunded_as_fraud | disputed

export type Review = Wire<Stripe.Review>;
export const reviews: CollectionSpec<Review> = { name: 'reviews', indexes: {} };

/** Puts a payment that Radar finds risky into the queue of those that somebody should look at. */
export function openReview(account: Account, charge: Charge): Review {
  const review: Review = {
    id: newId('prv', 24),
    object: 'review',
    billing_zip: charge.billing_details.address?.postal_code ?? null,
    charge: charge.id,
    closed_reason: null,
    created: account.now(),
    ip_address: null,
    ip_address_location: null,
    livemode: account.livemode,
    open: true,
    opened_reason: 'rule',
    ...(charge.payment_intent === null ? {} : { payment_intent: charge.payment_intent }),
    reason: 'rule',
    session: null,
  };
  account.of(charges).put({ ...charge, review: review.id });
  return create(account, reviews, review, 'review.opened');
}

type ClosedReason = NonNullable<Review['closed_reason']>;

function close(account: Account, review: Review, reason: ClosedReason): Review {
  const closed: Review = { ...review, closed_reason: reason, open: false, reason };
  return advance(account, reviews, closed, 'review.closed');
}

/** Ends the review of a charge, if one is open. */
function closeFor(account: Account, chargeId: string | null, reason: ClosedReason): void {
  const id = chargeId === null ? null : account.of(charges).get(chargeId)?.review;
  const review = typeof id === 'string' ? account.of(reviews).get(id) : undefined;
  if (review?.open) close(account, review, reason);
}

/** `POST /v1/reviews/:id/approve`. */
function approve(call: Call<unknown>): Review {
  const review = found(call, reviews, 'review', 'review');
  if (!review.open) throw invalidRequest('This review is already closed.');
  return close(call.account, review, 'approved');
}

export const reviewResource: Resource = {
  collections: [declare(reviews)],
  expand: { review: { charge: ['charges'], payment_intent: ['payment_intents'] } },
  listeners: {
    'charge.dispute.created': (account, object) => closeFor(account, (object as Dispute).charge, 'disputed'),
    'refund.created': (account, object) => {
      const { charge, reason } = object as Refund;
      closeFor(account, charge, reason === 'fraudulent' ? 'refunded_as_fraud' : 'refunded');
    },
  },
  routes: [
    route('GET', '/v1/reviews', { permission: 'review', params: datedPageParams }, (call) =>
      listed(call, reviews, { where: ({ open }) => open }),
    ),
    route('GET', '/v1/reviews/:review', { permission: 'review' }, (call) =>
      found(call, reviews, 'review', 'review'),
    ),
    route('POST', '/v1/reviews/:review/approve', { permission: 'review' }, approve),
  ],
};
