import type { Account } from '../account.ts';
import { fileFor } from '../files/file.ts';
import type { Purpose } from '../files/purposes.ts';

/** Stripe's test tokens stand for documents that were looked at. */
const testTokens = ['file_identity_document_success', 'file_identity_document_failure'];
const purposes: readonly Purpose[] = ['identity_document', 'additional_verification', 'account_requirement'];

/** Throws Stripe's refusals of sides of a document that are no file, or a file for something else. */
export function requireDocument(
  account: Account,
  document: { readonly back?: string; readonly front?: string } | undefined,
  path: string,
): void {
  for (const side of ['front', 'back'] as const) {
    const id = document?.[side];
    if (id !== undefined && !testTokens.includes(id)) fileFor(account, id, purposes, `${path}[${side}]`);
  }
}
