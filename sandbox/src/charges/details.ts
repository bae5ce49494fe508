import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import type { ThreeDSecure } from '../behaviours/authentication.ts';
import type { Decline } from '../behaviours/declines.ts';
import { day } from '../clock.ts';
import { randomDigits, randomText } from '../ids.ts';
import type { PaymentMethod } from '../payment-methods/payment-method.ts';
import type { Wire } from '../wire/shapes.ts';

/** How long an authorisation holds, in seconds; `extended` where that was asked for and granted. */
export const holdSeconds = { usual: 7 * day, extended: 30 * day } as const;

/** What was asked of a card beyond paying, and is granted in test mode. */
export interface CardWishes {
  readonly extended: boolean;
  readonly incremental: boolean;
  readonly multicapture: boolean;
  readonly overcapture: boolean;
  readonly moto: boolean;
}

interface Payment {
  readonly amount: number;
  readonly method: PaymentMethod;
  readonly capture: boolean;
  readonly threeDSecure: ThreeDSecure | null;
  readonly wishes?: CardWishes;
  readonly mandate?: string | null;
}

type Details = Wire<Stripe.Charge.PaymentMethodDetails>;

/** A method as a charge remembers it. */
export function detailsOf(account: Account, payment: Payment, decline: Decline | null): Details {
  const { method } = payment;
  if (method.card) return { card: cardDetails(account, payment, decline), type: 'card' };
  return { ...(debitDetails(payment) ?? otherDetails(method)), type: method.type };
}

/** Who answers for fraud, as the networks write it: 05 the issuer, 06 it was tried, 07 nobody asked. */
function indicatorOf(secure: ThreeDSecure | null): '05' | '06' | '07' {
  if (secure?.result === 'authenticated') return '05';
  return secure?.result === 'attempt_acknowledged' ? '06' : '07';
}

function cardDetails(
  account: Account,
  payment: Payment,
  decline: Decline | null,
): Wire<Stripe.Charge.PaymentMethodDetails.Card> {
  const { amount, capture, method, threeDSecure: secure, wishes } = payment;
  const { card } = method;
  const checks = card?.checks;
  const status = (granted: boolean | undefined) =>
    ({ status: granted ? 'available' : 'unavailable' }) as const;
  const holds = !capture && !decline;
  const hold = wishes?.extended ? holdSeconds.extended : holdSeconds.usual;
  return {
    amount_authorized: decline ? null : amount,
    authorization_code: randomDigits(6),
    brand: card?.brand ?? null,
    ...(holds ? { capture_before: account.now() + hold } : {}),
    checks: {
      address_line1_check: checks?.address_line1_check ?? null,
      address_postal_code_check: checks?.address_postal_code_check ?? null,
      cvc_check: checks?.cvc_check ?? null,
    },
    country: card?.country ?? null,
    electronic_commerce_indicator: indicatorOf(secure),
    exp_month: card?.exp_month ?? 1,
    exp_year: card?.exp_year ?? 2030,
    extended_authorization: { status: wishes?.extended ? 'enabled' : 'disabled' },
    fingerprint: card?.fingerprint ?? null,
    funding: card?.funding ?? null,
    incremental_authorization: status(wishes?.incremental),
    installments: null,
    last4: card?.last4 ?? null,
    mandate: payment.mandate ?? null,
    ...(wishes?.moto ? { moto: true } : {}),
    multicapture: status(wishes?.multicapture),
    network: card?.networks?.preferred ?? card?.brand ?? null,
    network_token: { used: false },
    network_transaction_id: randomDigits(15),
    overcapture: {
      maximum_amount_capturable: wishes?.overcapture ? amount + Math.floor(amount / 5) : amount,
      ...status(wishes?.overcapture),
    },
    regulated_status: 'unregulated',
    three_d_secure: secure ? secureDetails(secure) : null,
    transaction_link_id: null,
    wallet: null,
  };
}

/** 3D Secure as charges and attempts to save a card tell of it. */
export function secureDetails(
  secure: ThreeDSecure,
): Wire<Stripe.Charge.PaymentMethodDetails.Card.ThreeDSecure> {
  return {
    authentication_flow: secure.flow,
    electronic_commerce_indicator: indicatorOf(secure),
    exemption_indicator: null,
    result: secure.result,
    result_reason: secure.result === 'processing_error' ? 'protocol_error' : null,
    transaction_id: secure.flow === null ? null : randomText(36),
    version: secure.flow === null ? null : '2.2.0',
  };
}

function debitDetails({ mandate, method }: Payment): Partial<Details> | undefined {
  const agreed = mandate ?? null;
  const {
    us_bank_account: us,
    sepa_debit: sepa,
    bacs_debit: bacs,
    au_becs_debit: becs,
    acss_debit: acss,
  } = method;
  if (us) {
    return {
      us_bank_account: {
        account_holder_type: us.account_holder_type,
        account_type: us.account_type,
        bank_name: us.bank_name,
        fingerprint: us.fingerprint,
        last4: us.last4,
        ...(agreed === null ? {} : { mandate: agreed }),
        payment_reference: null,
        routing_number: us.routing_number,
      },
    };
  }
  if (sepa) {
    const { bank_code, branch_code, country, fingerprint, last4 } = sepa;
    return { sepa_debit: { bank_code, branch_code, country, fingerprint, last4, mandate: agreed } };
  }
  if (bacs) return { bacs_debit: { ...bacs, mandate: agreed } };
  if (becs) return { au_becs_debit: { ...becs, ...(agreed === null ? {} : { mandate: agreed }) } };
  if (acss) return { acss_debit: { ...acss, ...(agreed === null ? {} : { mandate: agreed }) } };
  return undefined;
}

const verified = { verified_name: 'Jenny Rosen' } as const;
const noBank = { bank_code: null, bank_name: null, bic: null } as const;
const noSepa = {
  generated_sepa_debit: null,
  generated_sepa_debit_mandate: null,
  iban_last4: null,
} as const;

function otherDetails(method: PaymentMethod): Partial<Details> {
  switch (method.type) {
    case 'bancontact':
      return { bancontact: { ...noBank, ...noSepa, preferred_language: 'en', ...verified } };
    case 'eps':
      return { eps: { bank: method.eps?.bank ?? null, ...verified } };
    case 'giropay':
      return { giropay: { ...noBank, ...verified } };
    case 'ideal':
      return {
        ideal: { bank: method.ideal?.bank ?? null, bic: null, ...noSepa, transaction_id: null, ...verified },
      };
    case 'klarna':
      return {
        klarna: { payer_details: null, payment_method_category: 'pay_later', preferred_locale: 'en-US' },
      };
    case 'link':
      return { link: { country: 'US' } };
    case 'p24':
      return { p24: { bank: method.p24?.bank ?? null, reference: reference(), ...verified } };
    case 'paypal':
      return {
        paypal: {
          country: 'US',
          payer_email: method.billing_details.email,
          payer_id: reference(),
          payer_name: method.billing_details.name,
          seller_protection: null,
          transaction_id: reference(),
        },
      };
    case 'sofort':
      return {
        sofort: {
          ...noBank,
          country: method.sofort?.country ?? null,
          ...noSepa,
          preferred_language: 'en',
          ...verified,
        },
      };
    default:
      return { [method.type]: withTransaction.has(method.type) ? { transaction_id: reference() } : {} };
  }
}

/** Kinds of which a charge tells the partner's own number. */
const withTransaction: ReadonlySet<string> = new Set([
  'affirm',
  'alipay',
  'alma',
  'amazon_pay',
  'billie',
  'bizum',
  'cashapp',
  'fpx',
  'grabpay',
  'kakao_pay',
  'kr_card',
  'naver_pay',
  'payco',
  'revolut_pay',
  'samsung_pay',
  'satispay',
  'scalapay',
  'sequra',
  'sunbit',
  'wechat_pay',
]);

function reference(): string {
  return randomText(16).toUpperCase();
}
