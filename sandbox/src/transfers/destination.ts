import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { accountObject } from '../accounts.ts';
import { connectedAccount } from '../connect/connected-account.ts';
import { refused } from '../resource.ts';
import { noSuch } from '../wire/errors.ts';
import type { Wire } from '../wire/shapes.ts';

/** The account money is to go to. Throws Stripe's refusals when it is none of this platform's or cannot take any. */
export function payableAccount(account: Account, id: string, param: string): Account {
  const found = connectedAccount(account, id);
  if (!found) throw noSuch('destination', id, param, 400);
  requireActive(accountObject(found), ['transfers', 'legacy_payments'], () =>
    refused(
      param,
      'Your destination account needs to have at least one of the following capabilities enabled: transfers, crypto_transfers, legacy_payments',
      'insufficient_capabilities_for_transfer',
    ),
  );
  return found;
}

/** The account a charge is made on behalf of. Throws Stripe's refusals, as above. */
export function settlingAccount(account: Account, id: string, param: string): Account {
  const found = connectedAccount(account, id);
  if (!found) throw noSuch('on_behalf_of account', id, param, 400);
  requireActive(accountObject(found), ['card_payments', 'legacy_payments'], () =>
    refused(
      param,
      `The account ${id} given in \`${param}\` needs to have the capability card_payments enabled.`,
      'account_invalid',
    ),
  );
  return found;
}

/** Throws Stripe's refusal to charge on a connected account that cannot. Ones with a full dashboard always can in tests. */
export function requireChargeable(account: Account): void {
  if (!account.platform) return;
  const details = accountObject(account);
  if (!account.livemode && details.controller?.stripe_dashboard?.type === 'full') return;
  requireActive(details, ['card_payments', 'legacy_payments'], () =>
    refused(
      'account',
      'Your account cannot currently make charges: it needs to have the capability card_payments enabled.',
      'account_invalid',
    ),
  );
}

function requireActive(
  details: Wire<Stripe.Account>,
  names: readonly ('transfers' | 'legacy_payments' | 'card_payments')[],
  refusal: () => Error,
): void {
  if (!names.some((name) => details.capabilities?.[name] === 'active')) throw refusal();
}
