/** A subscription whose payment failed, and the invoice that is open for it, as they are now. */
import { type Money, money } from '@purser/money';
import type Stripe from 'stripe';
import { languagesOf } from '../mail-texts.ts';
import type { Surroundings } from '../playbook.ts';

export interface Overdue {
  readonly invoice: {
    readonly id: string;
    readonly number: string;
    readonly status: Stripe.Invoice.Status;
    readonly open: Money;
    readonly paid: Money;
    readonly page: string | null;
  };
  readonly subscription: {
    readonly id: string;
    readonly status: Stripe.Subscription.Status;
    readonly isPaused: boolean;
    /** Of its first item. */
    readonly price: string | null;
  };
  /** What the unpaid time was billed by: where a downgrade goes back to. */
  readonly billedPrice: string | null;
  /** An older invoice is open too: its run looks after the subscription. */
  readonly isSecond: boolean;
  readonly customer: {
    readonly name: string | null;
    readonly email: string | null;
    readonly languages: readonly string[];
  };
}

/** @returns null where the invoice is none of a subscription. @throws ToolError */
export async function readOverdue(
  { read }: Pick<Surroundings, 'read'>,
  invoiceId: string,
): Promise<Overdue | null> {
  return read(async (api) => {
    const invoice = await api.invoices.retrieve(invoiceId, { expand: ['customer'] });
    const subscriptionId = idOf(invoice.parent?.subscription_details?.subscription);
    if (!subscriptionId) return null;
    const subscription = await api.subscriptions.retrieve(subscriptionId);
    const customer =
      typeof invoice.customer === 'object' && !invoice.customer?.deleted ? invoice.customer : null;
    const customerId = idOf(invoice.customer);
    const open = customerId
      ? (
          await api.invoices.list({
            customer: customerId,
            subscription: subscriptionId,
            status: 'open',
            limit: 100,
          })
        ).data
      : [];
    const line = invoice.lines.data.find(({ parent }) => parent?.type === 'subscription_item_details');
    return {
      invoice: {
        id: invoice.id,
        number: invoice.number ?? invoice.id,
        status: invoice.status ?? 'draft',
        open: money(BigInt(invoice.amount_remaining), invoice.currency),
        paid: money(BigInt(invoice.amount_paid), invoice.currency),
        page: invoice.hosted_invoice_url ?? null,
      },
      subscription: {
        id: subscription.id,
        status: subscription.status,
        isPaused: subscription.pause_collection !== null,
        price: subscription.items.data[0]?.price.id ?? null,
      },
      billedPrice: idOf(line?.pricing?.price_details?.price) ?? null,
      isSecond: open.some((other) => other.created < invoice.created && other.attempted),
      customer: {
        name: invoice.customer_name ?? customer?.name ?? null,
        email: invoice.customer_email ?? customer?.email ?? null,
        languages: languagesOf(customer?.preferred_locales),
      },
    };
  });
}

const idOf = (value: string | { id: string } | null | undefined) =>
  typeof value === 'string' ? value : value?.id;
