import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { fileFor } from '../files/file.ts';
import { given, refused } from '../resource.ts';
import {
  boolean,
  emptyable,
  integer,
  object,
  oneOf,
  type Parsed,
  text,
  unsettableText,
} from '../wire/params.ts';
import type { Wire } from '../wire/shapes.ts';
import { namedTransaction } from './transaction.ts';

export type Evidence = Wire<Stripe.Issuing.Dispute.Evidence>;
type Reason = Evidence['reason'];

const explanation = unsettableText(2500);
const words = unsettableText();
const time = emptyable(integer(0));
const file = unsettableText();
const product_type = emptyable(oneOf('merchandise', 'service'));
const return_status = emptyable(oneOf('merchant_rejected', 'successful'));

/** `evidence` as a dispute takes it: a part for each reason. */
export const evidenceFields = object({
  canceled: emptyable(
    object({
      additional_documentation: file,
      canceled_at: time,
      cancellation_policy_provided: emptyable(boolean()),
      cancellation_reason: words,
      expected_at: time,
      explanation,
      product_description: words,
      product_type,
      return_status,
      returned_at: time,
    }),
  ),
  duplicate: emptyable(
    object({
      additional_documentation: file,
      card_statement: file,
      cash_receipt: file,
      check_image: file,
      explanation,
      original_transaction: text(),
    }),
  ),
  fraudulent: emptyable(object({ additional_documentation: file, explanation })),
  merchandise_not_as_described: emptyable(
    object({
      additional_documentation: file,
      explanation,
      received_at: time,
      return_description: words,
      return_status,
      returned_at: time,
    }),
  ),
  no_valid_authorization: emptyable(object({ additional_documentation: file, explanation })),
  not_received: emptyable(
    object({
      additional_documentation: file,
      expected_at: time,
      explanation,
      product_description: words,
      product_type,
    }),
  ),
  other: emptyable(
    object({ additional_documentation: file, explanation, product_description: words, product_type }),
  ),
  reason: oneOf(
    'canceled',
    'duplicate',
    'fraudulent',
    'merchandise_not_as_described',
    'no_valid_authorization',
    'not_received',
    'other',
    'service_not_as_described',
  ),
  service_not_as_described: emptyable(
    object({
      additional_documentation: file,
      canceled_at: time,
      cancellation_reason: words,
      explanation,
      received_at: time,
    }),
  ),
});
export type EvidenceChange = NonNullable<Parsed<{ e: typeof evidenceFields }>['e']>;

const plain = { additional_documentation: null, explanation: null } as const;
const blank: Required<Omit<Evidence, 'reason'>> = {
  canceled: {
    ...plain,
    canceled_at: null,
    cancellation_policy_provided: null,
    cancellation_reason: null,
    expected_at: null,
    product_description: null,
    product_type: null,
    return_status: null,
    returned_at: null,
  },
  duplicate: {
    ...plain,
    card_statement: null,
    cash_receipt: null,
    check_image: null,
    original_transaction: null,
  },
  fraudulent: plain,
  merchandise_not_as_described: {
    ...plain,
    received_at: null,
    return_description: null,
    return_status: null,
    returned_at: null,
  },
  no_valid_authorization: plain,
  not_received: { ...plain, expected_at: null, product_description: null, product_type: null },
  other: { ...plain, product_description: null, product_type: null },
  service_not_as_described: { ...plain, canceled_at: null, cancellation_reason: null, received_at: null },
};

/** What a dispute for each reason cannot do without. */
const needed: Readonly<Record<Reason, readonly string[]>> = {
  canceled: ['canceled_at', 'cancellation_reason', 'explanation', 'product_description', 'product_type'],
  duplicate: ['explanation', 'original_transaction'],
  fraudulent: ['explanation'],
  merchandise_not_as_described: ['explanation', 'received_at'],
  no_valid_authorization: ['explanation'],
  not_received: ['expected_at', 'explanation', 'product_description', 'product_type'],
  other: ['explanation', 'product_description', 'product_type'],
  service_not_as_described: ['explanation', 'received_at'],
};

/** Evidence after a change; `''` takes a part away. Throws Stripe's refusal of files and transactions that are none. */
export function evidenceAfter(account: Account, before: Evidence, change: EvidenceChange): Evidence {
  requireFiles(account, change);
  const original = change.duplicate?.original_transaction;
  if (original !== undefined) namedTransaction(account, original);
  return {
    ...given({
      canceled: part(blank.canceled, before.canceled, change.canceled),
      duplicate: part(blank.duplicate, before.duplicate, change.duplicate),
      fraudulent: part(blank.fraudulent, before.fraudulent, change.fraudulent),
      merchandise_not_as_described: part(
        blank.merchandise_not_as_described,
        before.merchandise_not_as_described,
        change.merchandise_not_as_described,
      ),
      no_valid_authorization: part(
        blank.no_valid_authorization,
        before.no_valid_authorization,
        change.no_valid_authorization,
      ),
      not_received: part(blank.not_received, before.not_received, change.not_received),
      other: part(blank.other, before.other, change.other),
      service_not_as_described: part(
        blank.service_not_as_described,
        before.service_not_as_described,
        change.service_not_as_described,
      ),
    }),
    reason: change.reason ?? before.reason,
  };
}

function part<T extends object>(
  empty: T,
  before: T | undefined,
  change: Partial<T> | null | undefined,
): T | undefined {
  if (change === null || (!change && !before)) return undefined;
  return { ...empty, ...before, ...change };
}

/** Refuses to submit what lacks something that its reason needs. */
export function requireComplete(evidence: Evidence): void {
  const { reason } = evidence;
  const given: Readonly<Record<string, unknown>> = { ...evidence[reason] };
  const missing = needed[reason].find((name) => given[name] === undefined || given[name] === null);
  if (missing === undefined) return;
  const param = `evidence[${reason}][${missing}]`;
  throw refused(
    param,
    `You must provide ${param} before you can submit a dispute with the reason \`${reason}\`.`,
  );
}

/** What the cardholder says of it. */
export function explanationOf(evidence: Evidence): string {
  return evidence[evidence.reason]?.explanation ?? '';
}

const fileNames = ['additional_documentation', 'card_statement', 'cash_receipt', 'check_image'] as const;

function requireFiles(account: Account, change: EvidenceChange): void {
  for (const [reason, pieces] of Object.entries(change)) {
    if (pieces === null || typeof pieces !== 'object') continue;
    const named: Readonly<Record<string, unknown>> = { ...pieces };
    for (const name of fileNames) {
      const id = named[name];
      if (typeof id === 'string') fileFor(account, id, ['dispute_evidence'], `evidence[${reason}][${name}]`);
    }
  }
}
