import type { CollectionSpec } from '../store/collection.ts';

/** What can be made to need approval: Stripe's name of the action → the endpoints that do it. */
export const gatedEndpoints = {
  'charge.create': ['POST /v1/charges'],
  'dispute.close': ['POST /v1/disputes/:id/close'],
  'invoice.create': ['POST /v1/invoices'],
  'payment_intent.create': ['POST /v1/payment_intents'],
  'payment_intent.update': ['POST /v1/payment_intents/:id'],
  'payout.create': ['POST /v1/payouts'],
  'price.update': ['POST /v1/prices/:id'],
  'refund.create': ['POST /v1/refunds', 'POST /v1/charges/:id/refunds', 'POST /v1/charges/:charge/refunds'],
  'setup_intent.create': ['POST /v1/setup_intents'],
  'subscription.cancel': ['DELETE /v1/subscriptions/:id'],
  'subscription.create': ['POST /v1/subscriptions'],
  'subscription.update': ['POST /v1/subscriptions/:id'],
  'topup.create': ['POST /v1/topups'],
  'transfer.create': ['POST /v1/transfers'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Action = keyof typeof gatedEndpoints;
export const actions = Object.keys(gatedEndpoints).filter((name): name is Action => name in gatedEndpoints);

/** One rule for an action, as Stripe allows one active rule for each. */
export interface ApprovalRule {
  /** The action. */
  readonly id: Action;
  readonly control: 'block' | 'require_approval';
  /** Only for amounts above this, in minor units; null for all. A request that names no amount is above any. */
  readonly amount_gt: number | null;
  /**
   * Whose requests it is about. Stripe's rules are about keys tagged as an agent's; the sandbox has no such tag, so the
   * rule says which keys count as one.
   */
  readonly keys: 'all' | 'restricted';
  readonly name: string | null;
}

export const approvalRules: CollectionSpec<ApprovalRule> = { name: 'approval_rules', indexes: {} };

/** The action that an endpoint does, if it is one that can be gated. */
export function actionOf(endpoint: string): Action | undefined {
  return byEndpoint.get(endpoint);
}

const byEndpoint = new Map<string, Action>(
  actions.flatMap((action) => gatedEndpoints[action].map((endpoint) => [endpoint, action] as const)),
);

/** Whether a rule is about a request. */
export function appliesTo(
  rule: ApprovalRule,
  request: { readonly isRestricted: boolean; readonly amount: number | null },
): boolean {
  if (rule.keys === 'restricted' && !request.isRestricted) return false;
  return rule.amount_gt === null || request.amount === null || request.amount > rule.amount_gt;
}
