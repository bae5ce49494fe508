/** Stripe's published rate limits, and what of them Purser uses: somebody else may use the account, too. */
import type { Mode } from '../../tools/account.ts';
import type { Limit } from '../pace.ts';

const shareUsed = 0.9;
/** Requests a second: all of an account, and a single endpoint. https://docs.stripe.com/rate-limits */
const allOf: Record<Mode, number> = { live: 100, test: 25 };
const endpointPerSecond = 25;
const searchPerSecond = 20;
const filesPerSecond = 20;

/** Requests under way at once, of one instance: Stripe has a limit here, too, and does not publish it. */
export const atOnce: Record<Mode, number> = { live: 25, test: 12 };

/** The limits a request counts under. Ids in paths are one endpoint. */
export function limitsOf(accountId: string, mode: Mode, method: string, path: string): Limit[] {
  const account = accountKey(accountId, mode);
  const [plain = ''] = path.split('?');
  const endpoint = plain.replace(/\/[a-z]+_[A-Za-z0-9_]+/g, '/:id');
  const perSecond = plain.endsWith('/search')
    ? searchPerSecond
    : plain.startsWith('/v1/files')
      ? filesPerSecond
      : endpointPerSecond;
  return [
    { key: account, perSecond: allOf[mode] * shareUsed },
    { key: `${account} ${method} ${endpoint}`, perSecond: perSecond * shareUsed },
  ];
}

export const accountKey = (accountId: string, mode: Mode): string => `stripe ${accountId} ${mode}`;
