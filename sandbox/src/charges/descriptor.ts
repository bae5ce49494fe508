import type { Account } from '../account.ts';
import { accountObject } from '../accounts.ts';
import { refused } from '../resource.ts';
import type { Param } from '../wire/params.ts';
import { text } from '../wire/params.ts';

/** Stripe's limit: what a statement has room for. */
const longest = 22;

/** Text for a customer's statement: at most 22 characters, a letter among them, no marks that banks cannot print. */
export const statementText: Param<string> & { readonly required: false } = {
  required: false,
  parse(value, path) {
    const wanted = text(longest).parse(value, path);
    if (/[<>\\'"*]/.test(wanted))
      throw refused(path, `The statement descriptor can't contain any of these characters: < > \\ ' " *`);
    if (!/\p{L}/u.test(wanted))
      throw refused(path, 'The statement descriptor must contain at least one alphabetic character.');
    return wanted;
  },
};

/** What will stand on the customer's statement. */
export function calculatedDescriptor(
  account: Account,
  wanted: { readonly statementDescriptor: string | null; readonly statementDescriptorSuffix: string | null },
): string | null {
  const { settings } = accountObject(account);
  const own = settings?.payments.statement_descriptor ?? null;
  if (wanted.statementDescriptor !== null) return wanted.statementDescriptor;
  const suffix = wanted.statementDescriptorSuffix;
  if (suffix === null) return own;
  const prefix = settings?.card_payments.statement_descriptor_prefix ?? own ?? '';
  return `${prefix.slice(0, longest - suffix.length - 2)}* ${suffix}`.toUpperCase();
}
