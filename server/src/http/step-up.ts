import { money } from '@purser/money';
import type { Principal } from '../access/access.ts';
import { inCurrency } from '../guard/limits.ts';
import { Problem } from '../problem.ts';
import type { Service } from './service.ts';

/** So long a proof counts: signing in, a password, a code, a passkey. */
const freshMs = 10 * 60_000;
/** So far the clocks of instances may differ; a proof from further in the future is one from before a clock was set back. */
const skewMs = 60_000;

/**
 * Asks a person to prove again who they are, before something that an open laptop must not do. Tokens are proof
 * themselves; who has nothing yet to prove it with came by a link from the terminal.
 * @throws Problem 403 `step_up_required`
 */
export function requireFresh({ session }: Principal, { clock }: Pick<Service, 'clock'>): void {
  if (!session || session.proofs.length === 0) return;
  const ageMs = clock.now().getTime() - session.provenAt.getTime();
  if (ageMs < freshMs && ageMs > -skewMs) return;
  throw new Problem({
    status: 403,
    code: 'step_up_required',
    title: 'Confirm that it is you',
    detail:
      'This needs a fresh proof of who you are: POST /api/session/prove with your password, a code or a passkey.',
  });
}

/** @throws Problem 403 when together the approvals move more than the owners let through without a fresh proof */
export async function requireFreshAbove(
  service: Service,
  principal: Principal,
  approvalIds: readonly string[],
): Promise<void> {
  if (!principal.session || principal.session.proofs.length === 0) return;
  const rows = await service.database.db
    .selectFrom('approvals')
    .innerJoin('operations', 'operations.id', 'approvals.operation_id')
    .select(['operations.currency', 'operations.amount_minor'])
    .where('approvals.id', 'in', [...approvalIds])
    .where('operations.currency', 'is not', null)
    .execute();
  const { askAgainAbove } = await service.access.security.read();
  const sums = new Map<string, bigint>();
  for (const { currency, amount_minor } of rows)
    if (currency) sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(amount_minor ?? 0));
  for (const [currency, minor] of sums) {
    const amount = money(minor, currency);
    const cap = inCurrency(askAgainAbove, amount.currency);
    if (!cap || amount.minor > cap.minor) requireFresh(principal, service);
  }
}
