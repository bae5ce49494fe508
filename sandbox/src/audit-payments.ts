import type { Account } from './account.ts';
import { type BalanceTransaction, balanceTransactions } from './balance/balance.ts';
import { type Charge, charges } from './charges/charge.ts';
import { disputes } from './disputes/dispute.ts';
import { groupBy } from './group-by.ts';
import { type PaymentIntent, paymentIntents } from './payment-intents/intent.ts';
import { refunds } from './refunds/refund.ts';

/** Checks that no payment takes or gives back more than it may. Answers a sentence for each thing that is wrong. */
export function* auditPayments(account: Account): Generator<string> {
  const booked = groupBy(account.of(balanceTransactions).oldestFirst(), ({ source }) => source);
  for (const charge of account.of(charges).oldestFirst()) {
    if (charge.captured) yield* auditCharge(account, charge);
    yield* auditEntries(charge, booked.get(charge.id) ?? []);
  }
  for (const intent of account.of(paymentIntents).oldestFirst()) yield* auditIntent(account, intent);
}

function* auditCharge(account: Account, charge: Charge): Generator<string> {
  const { id, amount, amount_captured: captured, amount_refunded: refunded } = charge;
  const own = account.of(refunds).by('charge', id);
  const sum = (all: readonly { readonly amount: number }[]) =>
    all.reduce((total, one) => total + one.amount, 0);
  const given = sum(own.filter(({ status }) => status === 'succeeded'));
  if (given !== refunded) yield `${id}: ${refunded} refunded, but its refunds add up to ${given}`;
  const underWay = sum(own.filter(({ status }) => status === 'pending' || status === 'requires_action'));
  const lost = sum(
    account
      .of(disputes)
      .by('charge', id)
      .filter(({ balance_transactions: entries, status }) => entries.length > 0 && status !== 'won'),
  );
  if (refunded + underWay + lost > captured)
    yield `${id}: ${refunded} refunded, ${underWay} being refunded and ${lost} disputed of ${captured} captured`;
  if (captured > amount) yield `${id}: more captured (${captured}) than charged (${amount})`;
}

/** What a charge took is what was booked for it, where it was settled in its own currency. */
function* auditEntries(charge: Charge, entries: readonly BalanceTransaction[]): Generator<string> {
  const taken = entries.filter(({ type }) => type === 'charge' || type === 'payment');
  if (taken.some(({ currency }) => currency !== charge.currency)) return;
  const booked = taken.reduce((total, { amount }) => total + amount, 0);
  if (booked !== charge.amount_captured)
    yield `${charge.id}: ${charge.amount_captured} captured, but ${booked} booked`;
}

function* auditIntent(account: Account, intent: PaymentIntent): Generator<string> {
  const {
    amount_capturable: capturable,
    amount_received: received,
    id,
    latest_charge: latest,
    status,
  } = intent;
  const charge = latest === null ? undefined : account.of(charges).get(latest);
  const captured = charge?.status === 'succeeded' ? charge.amount_captured : 0;
  if (received !== captured && status !== 'requires_payment_method')
    yield `${id}: ${received} received, but its charge took ${captured}`;
  const isHeld = status === 'requires_capture';
  if (capturable !== (isHeld ? (charge?.amount ?? 0) - captured : 0))
    yield `${id}: ${capturable} can be captured while it is ${status}`;
}
