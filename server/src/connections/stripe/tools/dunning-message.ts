import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { shown, spoken } from '../amounts.ts';
import { type Decline, explainDecline } from '../declines.ts';
import { idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { type Desk, permitted, stripeRead } from '../stripe-tool.ts';
import { invoiceLabel } from '../views/billing.ts';
import { compact, time } from '../views/shape.ts';
import { messageOf, type Situation } from './dunning-text.ts';
import { invoiceFields, invoiceIn, invoiceRefs, whoOf } from './invoice-steps.ts';
import { intentOf, paymentExpand } from './pay-invoice.ts';
import { day } from './subscription-cost.ts';

/** The page where customers sign in to the portal by themselves, where the account has one. */
async function portalPage(api: Stripe): Promise<string | undefined> {
  const found = await permitted(
    api.billingPortal.configurations.list({ is_default: true, active: true, limit: 1 }),
  );
  const page = found?.data[0]?.login_page;
  return (page?.enabled && page.url) || undefined;
}

/** The draft with what it was made from. */
function draftView(
  invoice: Stripe.Invoice,
  message: { subject: string; text: string },
  found: { decline: Decline | undefined; code: string | undefined; pay: string; portal: string | undefined },
) {
  return compact({
    object: 'message_draft',
    to: invoice.customer_email,
    ...message,
    sent: false,
    decline_code: found.code,
    decline_class: found.decline?.class,
    reason: found.decline?.reason,
    customer: idOf(invoice.customer),
    customer_name: invoice.customer_name,
    invoice: invoice.id,
    amount: shown(invoice.amount_remaining, invoice.currency),
    attempts: invoice.attempt_count,
    next_attempt: time(invoice.next_payment_attempt),
    payment_page: found.pay,
    portal_page: found.portal,
    note: invoice.customer_email ? undefined : 'The customer has no e-mail address: ask for it first.',
  });
}

/** A message about one unpaid invoice, written and not sent. */
export function draftDunningMessage(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'draft_dunning_message',
    title: 'Draft payment reminder',
    description:
      'Writes a kind message to a customer about an unpaid invoice: what happened, by the class of the decline, what to do, the page to pay on, and the portal. Sends nothing: pass subject and text on to send_message once the person agrees.',
    input: z
      .strictObject(invoiceFields)
      .refine((input) => input.invoice || input.customer, 'An invoice or a customer is needed.'),
    permissions: needs('invoice:read'),
    words: {
      action: 'draft',
      object: 'dunning_message',
      synonyms: [
        'reminder',
        'payment reminder',
        'dunning mail',
        'write to the customer',
        'failed payment mail',
      ],
    },
    async read(input, api) {
      const named = await invoiceIn(api, input, ['open', 'uncollectible'], 'reminded of');
      const full = await permitted(api.invoices.retrieve(named.id, { expand: paymentExpand }));
      const invoice = full ?? named;
      const pay = invoice.hosted_invoice_url;
      if (!pay) {
        throw new ToolError(
          'no_payment_page',
          `The invoice ${invoiceLabel(invoice)} has no page to pay on.`,
          {
            next: 'Make a page with create_payment_link.',
          },
        );
      }
      const error = intentOf(invoice)?.last_payment_error;
      const decline = error ? explainDecline(error.decline_code, error.code) : undefined;
      const situation: Situation = decline?.class ?? (invoice.attempted ? 'other_method' : 'unpaid');
      const portal = await portalPage(api);
      const message = messageOf(
        situation,
        {
          amount: spoken(invoice.amount_remaining, invoice.currency),
          invoice: invoiceLabel(invoice),
          business: invoice.account_name ?? desk.account.name ?? '',
          retry: invoice.next_payment_attempt === null ? undefined : day(invoice.next_payment_attempt),
          due: invoice.due_date === null ? undefined : day(invoice.due_date),
        },
        { pay, portal, name: invoice.customer_name },
      );
      return {
        view: draftView(invoice, message, {
          decline,
          code: error?.decline_code ?? error?.code ?? undefined,
          pay,
          portal,
        }),
        record: invoice,
        summary: `Drafted a message to ${whoOf(invoice)} about the invoice ${invoiceLabel(invoice)}; it is not sent`,
        objects: invoiceRefs(invoice),
      };
    },
  });
}
