import type Stripe from 'stripe';
import type { Json, ObjectRef } from '../../../tools/tool.ts';
import { shown, spoken } from '../amounts.ts';
import { idOf } from '../pages.ts';
import { customerFacts } from './customers.ts';
import { compact, metadataView, time } from './shape.ts';

const notes: Readonly<Record<string, string>> = {
  open: 'Waits for the customer: nothing is paid yet.',
  expired: 'Closed: the link does not work any more.',
};

export function checkoutRow(session: Stripe.Checkout.Session): { [key: string]: Json } {
  const facts = customerFacts(session.customer);
  return compact({
    id: session.id,
    mode: session.mode,
    status: session.status,
    payment_status: session.payment_status,
    total: amountOf(session, shown),
    ...facts,
    customer_name: facts.customer_name ?? session.customer_details?.name,
    customer_email: facts.customer_email ?? session.customer_details?.email ?? session.customer_email,
    payment_link: idOf(session.payment_link),
    created: time(session.created),
  });
}

export function checkoutView(
  session: Stripe.Checkout.Session,
  lines?: Stripe.ApiList<Stripe.LineItem>,
): { [key: string]: Json } {
  return compact({
    object: 'checkout.session',
    ...checkoutRow(session),
    lines: lines?.data.map((line) =>
      compact({
        description: line.description,
        quantity: line.quantity === 1 ? undefined : line.quantity,
        amount: shown(line.amount_total, line.currency),
      }),
    ),
    lines_complete: lines?.has_more ? false : undefined,
    url: session.url,
    expires_at: session.status === 'open' ? time(session.expires_at) : undefined,
    payment_intent: idOf(session.payment_intent),
    subscription: idOf(session.subscription),
    setup_intent: idOf(session.setup_intent),
    invoice: idOf(session.invoice),
    note: notes[session.status ?? ''],
    metadata: metadataView(session.metadata),
    livemode: session.livemode,
  });
}

function amountOf<T>(session: Stripe.Checkout.Session, as: (minor: number, currency: string) => T) {
  const { amount_total: total, currency } = session;
  return total === null || currency === null ? undefined : as(total, currency);
}

export function checkoutRef(session: Stripe.Checkout.Session): ObjectRef {
  return {
    type: 'checkout.session',
    id: session.id,
    label: amountOf(session, spoken) ?? `page to ${session.mode === 'setup' ? 'save a card' : 'pay'}`,
  };
}
