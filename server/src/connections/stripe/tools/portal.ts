import type Stripe from 'stripe';
import { z } from 'zod';
import type { Tool } from '../../../tools/tool.ts';
import { customerField } from '../fields.ts';
import { needs } from '../permissions.ts';
import { resolveCustomer } from '../references/customers.ts';
import { resolveSubscription } from '../references/payments.ts';
import { type Desk, stripeWrite } from '../stripe-tool.ts';
import { customerNamed, customerRef, sealedWho, whoIs } from '../views/customers.ts';
import { compact, time } from '../views/shape.ts';

const pages = ['home', 'payment_method_update', 'subscription_cancel', 'subscription_update'] as const;

/** What the customer does on each page. */
const purposes: Readonly<Record<(typeof pages)[number], string>> = {
  home: 'see invoices and change cards and subscriptions, as the portal is set up',
  payment_method_update: 'enter a new card',
  subscription_cancel: 'cancel the subscription',
  subscription_update: 'change the plan',
};

function flowOf(
  page: (typeof pages)[number],
  subscription: string | undefined,
): Stripe.BillingPortal.SessionCreateParams.FlowData | undefined {
  if (page === 'home') return undefined;
  if (page === 'payment_method_update' || !subscription) return { type: 'payment_method_update' };
  return { type: page, [page]: { subscription } };
}

/**
 * Tools about Stripe's page where customers help themselves. A session takes no mark and cannot be looked up; it is a
 * link that ends by itself, and another one does no harm.
 */
export function portalTools(desk: Desk): Tool[] {
  return [
    stripeWrite(desk, {
      name: 'create_portal_session',
      title: 'Create portal link',
      description:
        'Creates a short-lived link to the Stripe customer portal for one customer: the way to let them replace a failing card ("payment_method_update"), cancel or change a subscription by themselves. Sends nothing: pass the link on to that customer only, soon, since it expires unless it is opened.',
      effect: 'write',
      canUndo: 'no, but the link expires by itself',
      repeatable: true,
      input: z.strictObject({
        customer: customerField,
        page: z
          .enum(pages)
          .optional()
          .describe('Where the link leads: "home" (default), or straight to one thing to do.'),
      }),
      sealed: z.object({
        who: sealedWho,
        page: z.enum(pages),
        subscription: z.string().optional(),
        returnUrl: z.string(),
      }),
      permissions: needs('customer:read', 'customer_portal:write'),
      words: {
        action: 'create',
        object: 'billing_portal.session',
        synonyms: [
          'customer portal',
          'billing portal',
          'self-service link',
          'update card link',
          'portal link',
          'link to update card',
          'link to change card',
          'manage their subscription',
        ],
      },
      async plan(input, api) {
        const customer = await resolveCustomer(api, input.customer);
        const page = input.page ?? 'home';
        const subscription = page.startsWith('subscription_')
          ? (await resolveSubscription(api, { customer: customer.id })).id
          : undefined;
        return {
          preview: {
            summary: `Create a portal link for ${customerNamed(customer)}`,
            facts: [
              { label: 'What it lets them do', value: purposes[page] },
              { label: 'Who can use it', value: 'whoever has the link, as this customer' },
            ],
            objects: [
              customerRef(customer),
              ...(subscription ? [{ type: 'subscription', id: subscription }] : []),
            ],
          },
          sealed: {
            ...{ who: whoIs(customer), page, subscription },
            returnUrl: (await desk.profile(api)).returnUrl,
          },
        };
      },
      async act({ who, page, subscription, returnUrl }, api, context) {
        const flow = flowOf(page, subscription);
        const session = await api.billingPortal.sessions.create(
          { customer: who.id, return_url: returnUrl, ...(flow && { flow_data: flow }) },
          { idempotencyKey: context.idempotencyKey(0) },
        );
        return {
          view: compact({
            ...{ object: 'billing_portal.session', id: session.id, url: session.url, page },
            ...{ customer: who.id, customer_name: who.name, created: time(session.created) },
            note: 'Only for this customer: whoever opens it acts as them. It expires by itself.',
          }),
          record: session,
          summary: `Created a portal link for ${customerNamed(who)}: ${session.url}`,
          objects: [customerRef(who)],
        };
      },
    }),
  ];
}
