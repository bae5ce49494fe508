import type Stripe from 'stripe';
import { addressFields, addressOf } from '../addresses.ts';
import { refused } from '../resource.ts';
import {
  boolean,
  emptyable,
  list,
  object,
  oneOf,
  type Parsed,
  required,
  text,
  unsettableText,
  unsupported,
} from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import type { Dispute } from './dispute.ts';

/** Stripe's limit on all evidence together, in characters. */
const maxEvidence = 150_000;
const piece = unsettableText(maxEvidence);
const short = unsettableText(5000);

/** What Visa wants to see on both sides of a comparison. */
const identifiers = {
  customer_account_id: short,
  customer_device_fingerprint: short,
  customer_device_id: short,
  customer_email_address: short,
  customer_purchase_ip: short,
  product_description: short,
  shipping_address: object(addressFields),
} as const;
const enhancedFields = object({
  mastercard_compliance: object({ fee_acknowledged: boolean() }),
  visa_compelling_evidence_3: object({
    disputed_transaction: object({
      ...identifiers,
      merchandise_or_services: oneOf('merchandise', 'services'),
    }),
    prior_undisputed_transactions: list(object({ ...identifiers, charge: required(text()) }), 5),
  }),
  visa_compliance: object({ fee_acknowledged: boolean() }),
});
const pieces = {
  access_activity_log: piece,
  billing_address: piece,
  cancellation_policy: piece,
  cancellation_policy_disclosure: piece,
  cancellation_rebuttal: piece,
  customer_communication: piece,
  customer_email_address: piece,
  customer_name: piece,
  customer_purchase_ip: piece,
  customer_signature: piece,
  duplicate_charge_documentation: piece,
  duplicate_charge_explanation: piece,
  duplicate_charge_id: piece,
  product_description: piece,
  receipt: piece,
  refund_policy: piece,
  refund_policy_disclosure: piece,
  refund_refusal_explanation: piece,
  service_date: piece,
  service_documentation: piece,
  shipping_address: piece,
  shipping_carrier: piece,
  shipping_date: piece,
  shipping_documentation: piece,
  shipping_tracking_number: piece,
  uncategorized_file: piece,
  uncategorized_text: piece,
} as const;
/** `evidence` as a dispute takes it. */
export const evidenceFields = object({
  ...pieces,
  appeal: unsupported(),
  enhanced_evidence: emptyable(enhancedFields),
});
export type EvidenceChange = NonNullable<Parsed<{ e: typeof evidenceFields }>['e']>;
type Enhanced = Wire<Stripe.Dispute.Evidence.EnhancedEvidence>;
type CompellingEvidence = NonNullable<Enhanced['visa_compelling_evidence_3']>;

/** A dispute with more evidence than before. Throws Stripe's refusal of too much. */
export function withEvidence(dispute: Dispute, change: EvidenceChange): Dispute {
  const { enhanced_evidence: enhanced, appeal: _, ...texts } = change;
  const evidence: Dispute['evidence'] = {
    ...dispute.evidence,
    ...texts,
    ...(enhanced === undefined
      ? {}
      : {
          enhanced_evidence:
            enhanced === null ? {} : enhancedAfter(dispute.evidence.enhanced_evidence, enhanced),
        }),
  };
  const written = Object.values(evidence).filter((value) => typeof value === 'string');
  if (written.join('').length > maxEvidence)
    throw refused('evidence', `Evidence can have up to ${maxEvidence} characters in all.`);
  const [kind] = dispute.enhanced_eligibility_types;
  return {
    ...dispute,
    evidence,
    evidence_details: {
      ...dispute.evidence_details,
      enhanced_eligibility: kind ? eligibilityOf(kind, evidence.enhanced_evidence) : {},
      has_evidence: written.length > 0,
    },
  };
}

function enhancedAfter(before: Enhanced, change: NonNullable<EvidenceChange['enhanced_evidence']>): Enhanced {
  const {
    mastercard_compliance: mastercard,
    visa_compelling_evidence_3: visa,
    visa_compliance: compliance,
  } = change;
  return {
    ...before,
    ...(mastercard
      ? { mastercard_compliance: { fee_acknowledged: mastercard.fee_acknowledged ?? false } }
      : {}),
    ...(compliance ? { visa_compliance: { fee_acknowledged: compliance.fee_acknowledged ?? false } } : {}),
    ...(visa ? { visa_compelling_evidence_3: compellingAfter(before.visa_compelling_evidence_3, visa) } : {}),
  };
}

function compellingAfter(
  before: CompellingEvidence | undefined,
  change: NonNullable<NonNullable<EvidenceChange['enhanced_evidence']>['visa_compelling_evidence_3']>,
): CompellingEvidence {
  const { disputed_transaction: disputed, prior_undisputed_transactions: prior } = change;
  const earlier = before?.disputed_transaction ?? null;
  return {
    disputed_transaction: disputed
      ? {
          ...sideOf(disputed),
          merchandise_or_services:
            disputed.merchandise_or_services ?? earlier?.merchandise_or_services ?? null,
        }
      : earlier,
    prior_undisputed_transactions:
      prior?.map((one) => ({ charge: one.charge, ...sideOf(one) })) ??
      before?.prior_undisputed_transactions ??
      [],
  };
}

function sideOf(given: Parsed<typeof identifiers>) {
  return {
    customer_account_id: given.customer_account_id ?? null,
    customer_device_fingerprint: given.customer_device_fingerprint ?? null,
    customer_device_id: given.customer_device_id ?? null,
    customer_email_address: given.customer_email_address ?? null,
    customer_purchase_ip: given.customer_purchase_ip ?? null,
    product_description: given.product_description ?? null,
    shipping_address: given.shipping_address ? addressOf(given.shipping_address) : null,
  };
}

type Eligibility = Dispute['evidence_details']['enhanced_eligibility'];

/** How far a defence beyond ordinary evidence has come. */
export function eligibilityOf(
  kind: Dispute['enhanced_eligibility_types'][number],
  given: Enhanced,
): Eligibility {
  if (kind !== 'visa_compelling_evidence_3') {
    const isPaid = given[kind]?.fee_acknowledged === true;
    return { [kind]: { status: isPaid ? 'fee_acknowledged' : 'requires_fee_acknowledgement' } };
  }
  const missing = missingOf(given.visa_compelling_evidence_3);
  return {
    visa_compelling_evidence_3: {
      required_actions: missing,
      status: missing.length === 0 ? 'qualified' : 'requires_action',
    },
  };
}

type RequiredAction = NonNullable<Eligibility['visa_compelling_evidence_3']>['required_actions'][number];

/** What Visa still wants: two earlier payments whose customer is plainly the same. */
function missingOf(given: CompellingEvidence | undefined): RequiredAction[] {
  const disputed = given?.disputed_transaction ?? null;
  const prior = given?.prior_undisputed_transactions ?? [];
  const missing: RequiredAction[] = [];
  if (!disputed || !prior.every((one) => isSameCustomer(disputed, one)) || prior.length === 0)
    missing.push('missing_customer_identifiers');
  if (!disputed?.product_description) missing.push('missing_disputed_transaction_description');
  if (!disputed?.merchandise_or_services) missing.push('missing_merchandise_or_services');
  if (prior.some((one) => !one.product_description))
    missing.push('missing_prior_undisputed_transaction_description');
  if (prior.length < 2) missing.push('missing_prior_undisputed_transactions');
  return missing;
}

type Side = ReturnType<typeof sideOf>;

/** Two things must be the same, one of them the address on the net or the device. */
function isSameCustomer(one: Side, other: Side): boolean {
  const same = (name: keyof Side) =>
    one[name] !== null && JSON.stringify(one[name]) === JSON.stringify(other[name]);
  const devices = (
    ['customer_purchase_ip', 'customer_device_id', 'customer_device_fingerprint'] as const
  ).filter(same);
  const others = (['customer_account_id', 'customer_email_address', 'shipping_address'] as const).filter(
    same,
  );
  return devices.length > 0 && devices.length + others.length >= 2;
}

export const emptyEvidence: Wire<Stripe.Dispute.Evidence> = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
};
