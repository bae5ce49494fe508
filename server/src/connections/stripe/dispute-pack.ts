import type Stripe from 'stripe';
import { spoken } from './amounts.ts';
import type { Evidence } from './evidence-fields.ts';
import { idOf } from './pages.ts';
import { time } from './views/shape.ts';

/** What Stripe knows around a disputed payment. Undefined: the key may not read it. */
export interface DisputeFacts {
  readonly dispute: Stripe.Dispute;
  readonly charge: Stripe.Charge;
  readonly customer: Stripe.Customer | undefined;
  readonly invoice: Stripe.Invoice | undefined;
  readonly subscription: Stripe.Subscription | undefined;
  readonly refunds: readonly Stripe.Refund[];
  /** The customer's other succeeded payments, newest first. */
  readonly others: readonly Stripe.Charge[];
}

const day = 86_400;
const date = (seconds: number): string => time(seconds).slice(0, 10);
const said = ({ amount, currency }: { amount: number; currency: string }): string => spoken(amount, currency);

function addressLine(address: Stripe.Address | null | undefined): string | undefined {
  if (!address) return undefined;
  const { line1, line2, postal_code: zip, city, state, country } = address;
  return (
    [line1, line2, [zip, city].filter(Boolean).join(' '), state, country].filter(Boolean).join(', ') ||
    undefined
  );
}

function bought({ invoice, charge }: DisputeFacts): string | undefined {
  const lines = invoice?.lines.data.map((line) => line.description).filter(Boolean) ?? [];
  return lines.length > 0 ? lines.join('\n') : (charge.description ?? undefined);
}

function whoAndWhat(facts: DisputeFacts): Evidence {
  const { charge, customer, invoice } = facts;
  const { name, email, address } = charge.billing_details;
  const line = invoice?.lines.data[0];
  return {
    customer_name: customer?.name ?? name ?? undefined,
    customer_email_address: customer?.email ?? email ?? undefined,
    billing_address: addressLine(address) ?? addressLine(customer?.address),
    product_description: bought(facts),
    service_date: line ? `${date(line.period.start)} to ${date(line.period.end)}` : date(charge.created),
  };
}

function shipped({ charge }: DisputeFacts): Evidence {
  const { shipping } = charge;
  return {
    shipping_address: addressLine(shipping?.address),
    shipping_carrier: shipping?.carrier ?? undefined,
    shipping_tracking_number: shipping?.tracking_number ?? undefined,
  };
}

const checks: Readonly<Record<string, string>> = {
  address_line1_check: 'street',
  address_postal_code_check: 'postal code',
  cvc_check: 'security code (CVC)',
};

/** What the bank itself said of the card holder at the time. */
function bankSaid({ charge }: DisputeFacts): string[] {
  const card = charge.payment_method_details?.card;
  const passed = Object.entries(card?.checks ?? {})
    .filter(([, result]) => result === 'pass')
    .map(([name]) => checks[name] ?? name);
  const secure = card?.three_d_secure?.result === 'authenticated';
  const risk = charge.outcome?.risk_level;
  return [
    ...(passed.length > 0 ? [`The issuing bank confirmed the ${passed.join(', the ')} of the card.`] : []),
    ...(secure ? ['The cardholder authenticated this payment with their bank by 3D Secure.'] : []),
    ...(risk ? [`Stripe judged the risk of this payment as ${risk} when it was made.`] : []),
  ];
}

function undisputed({ charge, others }: DisputeFacts): Stripe.Charge[] {
  return others.filter((one) => !one.disputed && one.amount_refunded === 0 && one.created < charge.created);
}

function sameCard(charge: Stripe.Charge, other: Stripe.Charge): boolean {
  const fingerprint = charge.payment_method_details?.card?.fingerprint;
  return Boolean(fingerprint) && other.payment_method_details?.card?.fingerprint === fingerprint;
}

function earlierPayments(facts: DisputeFacts): string[] {
  const earlier = undisputed(facts).filter((one) => sameCard(facts.charge, one));
  if (earlier.length === 0) return [];
  const rows = earlier.slice(0, 10).map((one) => `- ${date(one.created)}: ${said(one)} (${one.id})`);
  const many = earlier.length === 1 ? 'payment' : 'payments';
  return [`Earlier ${many} with the same card that nobody disputed:\n${rows.join('\n')}`];
}

function tookPart(facts: DisputeFacts): Evidence {
  const lines = [...bankSaid(facts), ...earlierPayments(facts)];
  return { uncategorized_text: lines.join('\n') || undefined };
}

/** What had been cancelled, and when, beside the payment that is disputed. */
function notCancelled({ charge, subscription }: DisputeFacts): Evidence {
  if (!subscription) return {};
  const { id, created, canceled_at: canceled } = subscription;
  const paid = `The disputed payment was made on ${date(charge.created)}.`;
  const begun = `The subscription ${id} began on ${date(created)}.`;
  if (canceled === null)
    return {
      cancellation_rebuttal: `${begun} ${paid} No cancellation has been received; it is ${subscription.status}.`,
    };
  const late = canceled > charge.created;
  return late
    ? { cancellation_rebuttal: `${begun} ${paid} It was cancelled on ${date(canceled)}, after that payment.` }
    : {};
}

function refunded({ refunds }: DisputeFacts): Evidence {
  const given = refunds.filter(({ status }) => status === 'succeeded' || status === 'pending');
  if (given.length === 0) return {};
  const rows = given.map((one) => `- ${date(one.created)}: ${said(one)}, refund ${one.id}, ${one.status}`);
  return { refund_refusal_explanation: `Refunded already:\n${rows.join('\n')}` };
}

/** The payment the customer may be taking this one for: the same amount within a month. */
function twinOf({ charge, others }: DisputeFacts): Stripe.Charge | undefined {
  return others.find(
    (one) =>
      one.amount === charge.amount &&
      one.currency === charge.currency &&
      Math.abs(one.created - charge.created) < 31 * day,
  );
}

function twoPayments(facts: DisputeFacts): Evidence {
  const twin = twinOf(facts);
  if (!twin) return {};
  const { charge } = facts;
  const about = (one: Stripe.Charge): string =>
    `${one.id}: ${said(one)} on ${date(one.created)}${one.description ? `, ${one.description}` : ''}`;
  return {
    duplicate_charge_id: twin.id,
    duplicate_charge_explanation: `Two payments were made:\n- ${about(charge)}\n- ${about(twin)}`,
  };
}

type Piece = (facts: DisputeFacts) => Evidence;

/** What speaks for the business, by the reason of the dispute. */
const byReason: Readonly<Record<string, readonly Piece[]>> = {
  fraudulent: [whoAndWhat, shipped, tookPart],
  unrecognized: [whoAndWhat, shipped, tookPart],
  product_not_received: [whoAndWhat, shipped],
  product_unacceptable: [whoAndWhat, shipped, refunded],
  subscription_canceled: [whoAndWhat, notCancelled],
  duplicate: [whoAndWhat, twoPayments, refunded],
  credit_not_processed: [whoAndWhat, refunded],
};
const general: readonly Piece[] = [whoAndWhat, shipped, tookPart];

/** What Stripe's own data can say, ready to be staged. Only facts: what is not known is left out. */
export function evidencePack(facts: DisputeFacts): { [field: string]: string } {
  const pieces = (byReason[facts.dispute.reason] ?? general).map((piece) => piece(facts));
  const all = Object.entries(Object.assign({}, ...pieces) as Evidence);
  return Object.fromEntries(all.flatMap(([field, value]) => (value ? [[field, value]] : [])));
}

/**
 * Payments that Visa's Compelling Evidence 3.0 can compare with this one: same customer, undisputed, 120 to 365 days
 * before it. Two are needed.
 */
export function comparable(facts: DisputeFacts): Stripe.Charge[] {
  const { charge } = facts;
  const age = (one: Stripe.Charge): number => charge.created - one.created;
  return undisputed(facts).filter(
    (one) =>
      age(one) >= 120 * day &&
      age(one) <= 365 * day &&
      idOf(one.customer) === idOf(charge.customer) &&
      sameCard(charge, one),
  );
}
