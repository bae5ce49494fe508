import type { Approval } from '@purser/server/api';
import { moneyText } from './money-text.ts';

const moneyVerbs: Record<string, string> = {
  create_refund: 'Refund',
  charge_customer: 'Charge',
  capture_payment_intent: 'Capture',
  confirm_payment_intent: 'Charge',
  pay_invoice: 'Collect',
};

/** What the button that approves says: a verb with its object, and the sum where money moves. */
export function approveLabel(approval: Pick<Approval, 'tool' | 'title' | 'preview'>): string {
  const { amount } = approval.preview;
  const sum = amount ? moneyText(amount.decimal, amount.currency) : null;
  const verb = moneyVerbs[approval.tool];
  if (verb && sum) return `${verb} ${sum}`;
  return sum ? `${approval.title} for ${sum}` : approval.title;
}

type Fact = Approval['preview']['facts'][number];

/** What the card lists: not that it cannot be undone where the reason says so already. */
export function tellingFacts({ preview, reason }: Pick<Approval, 'preview' | 'reason'>): Fact[] {
  const said = reason.includes('cannot be undone');
  return preview.facts.filter((fact) => !(said && fact.label === 'Can be undone' && fact.value === 'no'));
}
