import type { Account } from '../account.ts';
import { refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';

/** What Stripe knows of a method and does not show. */
export interface MethodFacts {
  readonly id: string;
  /** Its owner authenticated once for later use, by setup or payment. */
  readonly setUp?: boolean;
  /** Used or detached without a customer: nobody may use it again. */
  readonly spent?: boolean;
  /** The bank account is known to belong to who gave it. */
  readonly verified?: boolean;
  /** Too many wrong deposits were named. */
  readonly unverifiable?: boolean;
  /** How often wrong deposits were named. */
  readonly wrongDeposits?: number;
}

export const methodFacts: CollectionSpec<MethodFacts> = { name: 'payment_method_facts', indexes: {} };

export function factsOf(account: Account, methodId: string): MethodFacts {
  return account.of(methodFacts).get(methodId) ?? { id: methodId };
}

export function rememberFact(account: Account, methodId: string, fact: Omit<MethodFacts, 'id'>): void {
  account.of(methodFacts).put({ ...factsOf(account, methodId), ...fact });
}

/** Throws Stripe's refusal of a method that was used or detached without a customer. */
export function requireUnspent(
  account: Account,
  method: { readonly id: string; readonly customer: string | null },
): void {
  if (method.customer !== null || !factsOf(account, method.id).spent) return;
  throw refused(
    'payment_method',
    'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
  );
}
