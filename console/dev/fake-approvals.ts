import type { Approval } from '@purser/server/api';
import { ago, demoAccount, minute } from './fake-data.ts';
import { approval } from './fake-threads.ts';

const inMinutes = (minutes: number) => new Date(Date.now() + minutes * minute).toISOString();

function asked(id: string, values: Partial<Approval>): Approval {
  return { ...structuredClone(approval), id, operationId: `op_${id}`, toolCallId: `call_${id}`, ...values };
}

const late = [
  'Maya Okonkwo',
  'Tobias Fünke',
  'Ines García',
  'Søren Østergård',
  'نور الهاشمي',
  'Bo',
  'Dora Read',
];

/** Seven mails of one turn: one decision. */
const mails = late.map((name, index) =>
  asked(`apr_mail${index}`, {
    threadId: 'th_dunning',
    threadTitle: 'Every Monday: write to whose payment failed',
    tool: 'send_email',
    title: 'Send mail',
    effect: 'outbound',
    summary: `Mail ${name}: “Your payment of $${29 + index}.00 did not go through”`,
    preview: {
      summary: `Mail ${name}`,
      facts: [
        { label: 'To', value: `${name} (customer${index}@example.com)` },
        { label: 'Text', value: 'Your bank declined the payment. Here is a link to use another card.' },
      ],
      objects: [],
    },
    input: { to: `customer${index}@example.com` },
    reason: 'This reaches a person outside, in live mode.',
    requestedBy: 'Every Monday',
    requestedAt: ago(30 - index),
    lowerable: false,
  }),
);

/** Everything an approval may be, for the inbox. */
export const approvals: Approval[] = [
  structuredClone(approval),
  ...mails,
  asked('apr_twin', {
    threadId: 'th_balance',
    mode: 'test',
    account: demoAccount,
    summary: 'Refund $40.00 of $40.00 to Dora Winifred Read, charge ch_3Qk90Aa',
    preview: {
      ...approval.preview,
      amount: { decimal: '40.00', currency: 'usd' },
      facts: [{ label: 'Left of the charge', value: '$0.00' }],
    },
    reason:
      'The same of $40.00 was done 5 minutes ago (op_3f8a). Approve only if it should happen once more.\nThe address came from a customer’s note, which somebody outside may have written.\nThis moves or commits money.',
    requestedAt: ago(20),
    expiresAt: inMinutes(24),
  }),
  asked('apr_second', {
    threadId: 'th_balance',
    summary: 'Charge Maya Okonkwo $12,500.00',
    tool: 'charge_customer',
    preview: { ...approval.preview, amount: { decimal: '12500.00', currency: 'usd' }, facts: [] },
    needed: 2,
    given: ['Grace'],
    notOwn: true,
    requestedAt: ago(15),
  }),
  asked('apr_stripe', {
    threadId: 'th_balance',
    summary: 'Refund $800.00 of $800.00 to Ines García, charge ch_3Qk99Zz',
    reason: 'Your account asks for an approval of refunds above $500.00 (rule “Large refunds”).',
    outside: { id: 'apreq_1', url: 'https://dashboard.stripe.com/approvals/apreq_1' },
    requestedAt: ago(12),
  }),
  asked('apr_done', {
    status: 'approved',
    operationState: 'done',
    decidedAt: ago(70),
    decidedBy: 'Ada Marsh',
    decisionReason: 'As agreed by phone.',
    summary: 'Refund $10.00 of $29.99 to Bo, charge ch_3Qk11Bb',
  }),
  asked('apr_drift', {
    status: 'approved',
    operationState: 'failed',
    decidedAt: ago(90),
    decidedBy: 'Ada Marsh',
    summary: 'Cancel the subscription of Tobias Fünke now',
    problem:
      'Things changed after this was approved, so nothing was done. Approved was: Cancel the subscription of Tobias Fünke now. Now it would be: it has ended already.',
  }),
  asked('apr_expired', { status: 'expired', decidedAt: ago(60 * 30), summary: 'Delete customer Old Test' }),
];
