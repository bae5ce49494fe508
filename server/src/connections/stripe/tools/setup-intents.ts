import type Stripe from 'stripe';
import { z } from 'zod';
import type { Tool } from '../../../tools/tool.ts';
import { customerField } from '../fields.ts';
import { findMade, mark } from '../marks.ts';
import { idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import { type Desk, type Said, stripeWrite } from '../stripe-tool.ts';
import { customerNamed, customerRef, sealedWho, whoIs } from '../views/customers.ts';
import { compact, time } from '../views/shape.ts';
import { givenMethod } from './payment-choice.ts';

const notes: Readonly<Record<string, string>> = {
  requires_payment_method:
    'Nothing is saved yet. A page of the business completes it with Stripe.js and the client secret, which people find in the raw result of this call; for a link that needs no page of one’s own use create_checkout_session with purpose "save_card".',
  requires_action: 'Not saved yet: the customer has to authenticate with their bank on authentication_url.',
  succeeded: 'The payment method may now be charged without the customer being there.',
};

function said(intent: Stripe.SetupIntent, who: z.infer<typeof sealedWho>): Said {
  const state =
    intent.status === 'succeeded' ? 'the payment method is ready' : `its status is ${intent.status}`;
  return {
    view: compact({
      ...{ object: 'setup_intent', id: intent.id, status: intent.status },
      ...{ customer: who.id, customer_name: who.name, customer_email: who.email },
      payment_method: idOf(intent.payment_method),
      authentication_url: intent.next_action?.redirect_to_url?.url,
      note: notes[intent.status],
      created: time(intent.created),
    }),
    record: intent,
    summary: `Created a setup intent for ${customerNamed(who)}: ${state}`,
    objects: [{ type: 'setup_intent', id: intent.id }, customerRef(who)],
  };
}

/** Tools about saving payment methods for later, without charging anything. */
export function setupIntentTools(desk: Desk): Tool[] {
  return [
    stripeWrite(desk, {
      name: 'create_setup_intent',
      title: 'Prepare saving a card',
      description:
        'Prepares saving a payment method of a customer for later charges; takes no money. Without payment_method a page of the business completes it with the client secret, which people find in the raw result; with a saved one, it is set up at once, or a link is given on which the customer authenticates. To send the customer a Stripe page instead use create_checkout_session or create_portal_session.',
      effect: 'write',
      canUndo: 'a saved method can be removed again',
      input: z.strictObject({
        customer: customerField,
        payment_method: z
          .string()
          .min(3)
          .max(100)
          .optional()
          .describe(
            'A saved payment method id ("pm_…"), or in test mode a published test card, to set up now.',
          ),
      }),
      sealed: z.object({ who: sealedWho, method: z.string().optional(), returnUrl: z.string().optional() }),
      permissions: needs('customer:read', 'setup_intent:write'),
      words: {
        action: 'create',
        object: 'setup_intent',
        synonyms: ['save a card', 'save payment method', 'card for later', 'set up a card'],
      },
      async plan(input, api) {
        const customer = await resolveCustomer(api, input.customer);
        const given = input.payment_method;
        const method = given
          ? await givenMethod(api, given, { mode: desk.mode, customer: customer.id })
          : undefined;
        return {
          preview: {
            summary: `Prepare saving ${method ? method.label : 'a payment method'} for ${customerNamed(customer)}`,
            facts: [
              { label: 'Takes money', value: 'no' },
              { label: 'Afterwards', value: 'it may be charged without the customer being there' },
            ],
            objects: [
              customerRef(customer),
              ...(method ? [{ type: 'payment_method', id: method.id, label: method.label }] : []),
            ],
          },
          sealed: {
            who: whoIs(customer),
            method: method?.id,
            returnUrl: method && (await desk.profile(api)).returnUrl,
          },
        };
      },
      async act({ who, method, returnUrl }, api, context) {
        const now = method && {
          payment_method: method,
          confirm: true,
          ...(returnUrl && { return_url: returnUrl }),
        };
        const intent = await api.setupIntents.create(
          { customer: who.id, usage: 'off_session', ...now, ...mark(context) },
          { idempotencyKey: context.idempotencyKey(0) },
        );
        return said(intent, who);
      },
      async find({ who }, api, look) {
        const intent = await findMade(api.setupIntents.list({ customer: who.id, limit: 100 }), look);
        return intent && said(intent, who);
      },
    }),
  ];
}
