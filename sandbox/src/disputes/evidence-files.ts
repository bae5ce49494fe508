import type { Account } from '../account.ts';
import { fileFor } from '../files/file.ts';
import { refused } from '../resource.ts';

/** The pieces of evidence that are files, by their ids. */
export const evidenceFiles = [
  'cancellation_policy',
  'customer_communication',
  'customer_signature',
  'duplicate_charge_documentation',
  'receipt',
  'refund_policy',
  'service_documentation',
  'shipping_documentation',
  'uncategorized_file',
] as const;

/** Stripe's limit on all files of one dispute together, in bytes. */
const maxBytes = 4.5 * 1024 * 1024;

/** Throws Stripe's refusals of evidence whose files are none, are for something else, or are too much together. */
export function requireEvidenceFiles(
  account: Account,
  evidence: Readonly<Partial<Record<(typeof evidenceFiles)[number], string | null | undefined>>>,
): void {
  let total = 0;
  for (const name of evidenceFiles) {
    const id = evidence[name];
    if (!id) continue;
    const purposes =
      name === 'customer_signature'
        ? (['dispute_evidence', 'customer_signature'] as const)
        : (['dispute_evidence'] as const);
    total += fileFor(account, id, purposes, `evidence[${name}]`).size;
  }
  if (total > maxBytes)
    throw refused(
      'evidence',
      `The files of a dispute can have up to ${maxBytes} bytes together; these have ${total}.`,
    );
}
