import type { Account } from '../account.ts';
import { countRedemption, existingCoupon } from '../coupons.ts';
import { existingCustomer } from '../customers.ts';
import { advance } from '../events.ts';
import { type PaymentMethod, paymentMethods } from '../payment-methods/payment-method.ts';
import { countCode, promotionCodes } from '../promotion-codes/code.ts';
import { taxIdsOf } from '../tax/tax-id.ts';
import type { Attempt, Collected } from './attempt.ts';
import { enrichCustomer, nameOf } from './customer.ts';
import { receiptOf } from './receipt.ts';
import { type CustomField, type Session, sessions, termsOf } from './session.ts';

/** What a completed session led to. */
interface Made {
  readonly subscription?: string;
  readonly invoice?: string | null;
}

/** Completes a session: everything the customer told is kept with it, and it is announced. */
export function completeSession(
  account: Account,
  session: Session,
  attempt: Attempt,
  paymentStatus: Session['payment_status'],
  made: Made = {},
): Session {
  const { collected } = attempt;
  enrichCustomer(account, session, collected);
  markRedisplay(account, session, attempt);
  if (session.mode === 'payment') countDiscounts(account, session);
  const receipt = paymentStatus === 'paid' ? receiptOf(account, session, attempt) : null;
  const invoice = made.invoice ?? receipt;
  const done: Session = {
    ...session,
    status: 'complete',
    payment_status: paymentStatus,
    url: null,
    customer: attempt.customer ?? session.customer,
    customer_details: detailsOf(account, session, attempt),
    collected_information: {
      business_name: collected.businessName,
      individual_name: collected.individualName,
      shipping_details: collected.shipping,
    },
    consent: consentOf(session, collected),
    custom_fields: session.custom_fields.map((field) => filledIn(field, collected.fields)),
    invoice: invoice ?? session.invoice,
    subscription: made.subscription ?? session.subscription,
  };
  return advance(account, sessions, done, 'checkout.session.completed');
}

function detailsOf(
  account: Account,
  session: Session,
  attempt: Attempt,
): NonNullable<Session['customer_details']> {
  const { collected } = attempt;
  const customer = attempt.customer === null ? null : existingCustomer(account, attempt.customer);
  return {
    address: session.mode === 'setup' ? null : collected.address,
    business_name: collected.businessName,
    email: collected.email ?? customer?.email ?? session.customer_email,
    individual_name: collected.individualName,
    name: nameOf(collected),
    phone: collected.phone,
    tax_exempt: customer?.tax_exempt ?? 'none',
    tax_ids: taxIdsAfter(account, attempt),
  };
}

/** What is known of their tax ids: all that the customer has, or what a guest told. */
function taxIdsAfter(account: Account, { customer, collected }: Attempt) {
  if (customer !== null) return taxIdsOf(account, customer);
  return collected.taxId ? [collected.taxId] : [];
}

function consentOf(session: Session, collected: Collected): Session['consent'] {
  if (!session.consent_collection) return null;
  return { promotions: collected.promotions, terms_of_service: collected.terms };
}

function filledIn(field: CustomField, values: Collected['fields']): CustomField {
  const value = values[field.key] ?? null;
  return {
    ...field,
    ...(field.dropdown ? { dropdown: { ...field.dropdown, value } } : {}),
    ...(field.numeric ? { numeric: { ...field.numeric, value } } : {}),
    ...(field.text ? { text: { ...field.text, value } } : {}),
  };
}

/** Marks whether the card may be offered to the customer the next time. */
function markRedisplay(account: Account, session: Session, { method: id, save }: Attempt): void {
  const wanted = termsOf(account, session.id).params.payment_method_data?.allow_redisplay;
  const allow = save ? 'always' : wanted;
  const method: PaymentMethod | undefined = id === null ? undefined : account.of(paymentMethods).get(id);
  if (method && allow !== undefined && method.allow_redisplay !== allow)
    account.of(paymentMethods).put({ ...method, allow_redisplay: allow });
}

/** Subscriptions redeem what they take over; a single payment is counted here. */
function countDiscounts(account: Account, session: Session): void {
  for (const { coupon, promotion_code: code } of session.discounts) {
    countRedemption(account, existingCoupon(account, coupon));
    const promotion = code === null ? undefined : account.of(promotionCodes).get(code);
    if (promotion) countCode(account, promotion);
  }
}
