import type { Decision, Effect, Mode } from '@purser/server/api';

/** Effects from harmless to grave, as people read them. */
export const effects: readonly { effect: Effect; label: string; hint: string }[] = [
  { effect: 'read', label: 'Look things up', hint: 'Reads customers, payments, balances. Nothing changes.' },
  {
    effect: 'write',
    label: 'Change records',
    hint: 'Creates or edits customers, products, drafts. Can be set back.',
  },
  { effect: 'money', label: 'Move money', hint: 'Charges, refunds, invoices, subscriptions.' },
  {
    effect: 'destructive',
    label: 'Delete or end',
    hint: 'Cannot be undone: deletions, immediate cancellations.',
  },
  { effect: 'outbound', label: 'Contact people', hint: 'Sends something to a person outside the business.' },
];

/** What holds where a policy says nothing: test asks before what cannot be undone, live asks before all but reads. */
export function defaultDecision(effect: Effect, mode: Mode): Decision {
  if (effect === 'read') return 'allow';
  if (mode === 'live') return 'ask';
  return effect === 'destructive' || effect === 'outbound' ? 'ask' : 'allow';
}

export const decisionWords: Record<Decision, string> = { allow: 'Allow', ask: 'Ask first', deny: 'Never' };
