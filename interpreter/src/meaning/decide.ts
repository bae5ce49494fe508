import type { Clause } from './clauses.ts';
import { cannotRule, unpaidRule } from './rules/cannot.ts';
import {
  createRule,
  pageRule,
  recordRule,
  shelfRule,
  subscriptionRule,
  updateRule,
} from './rules/catalogue.ts';
import {
  cardRule,
  chargeRule,
  holdRule,
  invoiceRule,
  mailRule,
  payAwayRule,
  paymentRule,
  refundRule,
  retryRule,
} from './rules/money.ts';
import {
  balanceRule,
  codeRule,
  countRule,
  disputeRule,
  readRule,
  reportRule,
  subscribersRule,
  verblessRule,
} from './rules/reading.ts';
import { type Decision, look, type Rule } from './rules/seen.ts';
import { howToRule, negationRule, secretRule, smallTalkRule, storyRule } from './rules/talk.ts';

/** Decides what a clause asks for, or undefined where its words do not say. */
export function decide(clause: Clause): Decision | undefined {
  const seen = look(clause);
  for (const rule of rules) {
    const decision = rule(seen);
    if (decision) return decision;
  }
  return undefined;
}

/** In order: what must never be mistaken goes first, what leaves most open last. */
const rules: readonly Rule[] = [
  recordRule,
  secretRule,
  smallTalkRule,
  negationRule,
  storyRule,
  howToRule,
  unpaidRule,
  pageRule,
  cannotRule,
  codeRule,
  subscribersRule,
  balanceRule,
  disputeRule,
  reportRule,
  countRule,
  readRule,
  payAwayRule,
  holdRule,
  refundRule,
  cardRule,
  mailRule,
  invoiceRule,
  paymentRule,
  shelfRule,
  subscriptionRule,
  chargeRule,
  updateRule,
  createRule,
  retryRule,
  verblessRule,
];
