import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { periodFor } from '../desk.ts';
import { countAllField, createdField, customerField, idField, limitField } from '../fields.ts';
import { follow, listSummary, listView } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import { type Desk, permitted, type Said, stripeRead, stripeWrite } from '../stripe-tool.ts';
import { checkoutRef, checkoutRow, checkoutView } from '../views/checkout.ts';
import { ownerRefs } from '../views/customers.ts';
import { createCheckout } from './create-checkout.ts';

const sessionField = idField('Checkout Session', 'cs_');

function listSessions(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'list_checkout_sessions',
    title: 'List checkout pages',
    description:
      'Hosted payment pages (Checkout Sessions), newest first: whether they are open, paid or expired, and over how much. Filter by customer, status or time.',
    input: z.strictObject({
      customer: customerField.optional(),
      status: z.enum(['open', 'complete', 'expired']).optional().describe('Only those in this status.'),
      created: createdField.optional(),
      limit: limitField.optional(),
      count_all: countAllField.optional(),
    }),
    permissions: needs('checkout_session:read'),
    words: {
      action: 'list',
      object: 'checkout_session',
      synonyms: ['checkout page', 'payment page', 'abandoned cart', 'abandoned checkout', 'checkout'],
    },
    async read(input, api) {
      const created = await periodFor(desk, api, input.created);
      const customer = input.customer ? await resolveCustomer(api, input.customer) : undefined;
      const filter = {
        ...(customer && { customer: customer.id }),
        ...(input.status && { status: input.status }),
        ...(created && { created }),
      };
      const listed = await follow((page) => api.checkout.sessions.list({ ...page, ...filter }), {
        enough: input.count_all ? undefined : (input.limit ?? 10),
      });
      const rows = listed.items.slice(0, input.limit ?? 10);
      return {
        view: listView('checkout.session', listed, checkoutRow, { limit: input.limit }),
        record: rows,
        summary: listSummary(listed, 'checkout page'),
        objects: rows.map(checkoutRef),
      };
    },
  });
}

function getSession(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'get_checkout_session',
    title: 'Get checkout page',
    description:
      'One hosted payment page (Checkout Session) by id: status, what is bought, whether it was paid, its link while it is open.',
    input: z.strictObject({ session: sessionField }),
    permissions: needs('checkout_session:read'),
    words: {
      action: 'get',
      object: 'checkout_session',
      synonyms: ['checkout page', 'payment page', 'checkout'],
    },
    async read(input, api) {
      const id = input.session.trim();
      const session = await api.checkout.sessions.retrieve(id);
      const lines = await permitted(api.checkout.sessions.listLineItems(id, { limit: 20 }));
      return {
        view: checkoutView(session, lines),
        record: { session, lines: lines?.data },
        summary: `Read the checkout page over ${checkoutRef(session).label}: ${session.status}, ${session.payment_status}`,
        objects: [checkoutRef(session), ...ownerRefs(session.customer)],
      };
    },
  });
}

function expired(session: Stripe.Checkout.Session): Said {
  return {
    view: checkoutView(session),
    record: session,
    summary: `Closed the checkout page over ${checkoutRef(session).label}`,
    objects: [checkoutRef(session), ...ownerRefs(session.customer)],
  };
}

function expireSession(desk: Desk): Tool {
  return stripeWrite(desk, {
    name: 'expire_checkout_session',
    title: 'Close checkout page',
    description:
      'Closes an open hosted payment page, so that nobody can pay on it any more. Cannot be undone; a new page can be made. What was paid stays: for money back use create_refund.',
    effect: 'destructive',
    input: z.strictObject({ session: sessionField }),
    sealed: z.object({ id: z.string() }),
    permissions: needs('checkout_session:write'),
    words: {
      action: 'expire',
      object: 'checkout_session',
      synonyms: [
        'close the page',
        'cancel checkout',
        'end checkout',
        'invalidate the link',
        'close the checkout',
        'expire checkout',
        'close the checkout page',
      ],
    },
    async plan(input, api) {
      const session = await api.checkout.sessions.retrieve(input.session.trim());
      if (session.status !== 'open') {
        const paid = session.status === 'complete';
        throw new ToolError(
          'checkout_session_unexpected_state',
          `The checkout page ${session.id} is ${paid ? 'completed' : 'closed'} already.`,
          {
            next: paid ? 'For money back use create_refund.' : 'Nothing needs to be done.',
            details: { session: session.id, status: session.status, payment_status: session.payment_status },
          },
        );
      }
      return {
        preview: {
          summary: `Close the checkout page ${session.id} over ${checkoutRef(session).label}`,
          facts: [
            { label: 'Paid on it', value: 'nothing' },
            { label: 'Can be undone', value: 'no' },
          ],
          objects: [checkoutRef(session), ...ownerRefs(session.customer)],
        },
        sealed: { id: session.id },
      };
    },
    async act({ id }, api, context) {
      const options = { idempotencyKey: context.idempotencyKey(0) };
      return expired(await api.checkout.sessions.expire(id, {}, options));
    },
    async find({ id }, api) {
      const session = await api.checkout.sessions.retrieve(id);
      return session.status === 'expired' ? expired(session) : null;
    },
  });
}

/** Tools about hosted pages on which one customer pays once. */
export function checkoutTools(desk: Desk): Tool[] {
  return [createCheckout(desk), listSessions(desk), getSession(desk), expireSession(desk)];
}
