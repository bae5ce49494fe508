import type Stripe from 'stripe';
import type { Json, ObjectRef } from '../../../tools/tool.ts';
import { shown, spoken } from '../amounts.ts';
import { idOf } from '../pages.ts';
import { compact, metadataView, time } from './shape.ts';

export function balanceView(balance: Stripe.Balance): { [key: string]: Json } {
  const amounts = (
    funds: readonly { amount: number; currency: string }[] | undefined,
  ): string[] | undefined => funds?.map(({ amount, currency }) => shown(amount, currency));
  return {
    object: 'balance',
    available: amounts(balance.available) ?? [],
    pending: amounts(balance.pending) ?? [],
    ...(balance.instant_available && { instant_available: amounts(balance.instant_available) ?? [] }),
    livemode: balance.livemode,
  };
}

/** `$1,234.50 available, $90.00 pending`. */
export function balanceSummary(balance: Stripe.Balance): string {
  const said = (funds: readonly { amount: number; currency: string }[]): string =>
    funds.map(({ amount, currency }) => spoken(amount, currency)).join(', ') || 'nothing';
  return `Read the balance: ${said(balance.available)} available; ${said(balance.pending)} pending`;
}

export function balanceTransactionRow(transaction: Stripe.BalanceTransaction): Json {
  return compact({
    id: transaction.id,
    type: transaction.type,
    amount: shown(transaction.amount, transaction.currency),
    fee: transaction.fee === 0 ? undefined : shown(transaction.fee, transaction.currency),
    net: shown(transaction.net, transaction.currency),
    source: idOf(transaction.source as string | { id: string } | null),
    description: transaction.description,
    status: transaction.status,
    available_on: time(transaction.available_on),
    created: time(transaction.created),
  });
}

export function payoutRow(payout: Stripe.Payout): { [key: string]: Json } {
  return compact({
    id: payout.id,
    amount: shown(payout.amount, payout.currency),
    status: payout.status,
    arrival_date: time(payout.arrival_date),
    automatic: payout.automatic,
    method: payout.method,
    description: payout.description,
    failure_message: payout.failure_message,
    created: time(payout.created),
  });
}

export function payoutView(payout: Stripe.Payout): { [key: string]: Json } {
  return compact({
    object: 'payout',
    ...payoutRow(payout),
    destination: idOf(payout.destination as string | { id: string } | null),
    trace_id: payout.trace_id?.value,
    reconciliation_status: payout.automatic ? payout.reconciliation_status : undefined,
    failure_code: payout.failure_code,
    metadata: metadataView(payout.metadata),
    livemode: payout.livemode,
  });
}

export function payoutRef(payout: Stripe.Payout): ObjectRef {
  return { type: 'payout', id: payout.id, label: spoken(payout.amount, payout.currency) };
}

/** An event as one line: what happened, to which object. */
export function eventRow(event: Stripe.Event): Json {
  const object = event.data.object as { id?: string; object?: string };
  return compact({
    id: event.id,
    type: event.type,
    of: object.object,
    about: object.id,
    created: time(event.created),
  });
}
