/** What the reason of a dispute calls for, of what Stripe, the outbox and the settings hold. */
import type Stripe from 'stripe';
import type { Mail } from '../../connections/mail/outbox.ts';
import { type DisputeFacts, evidencePack } from '../../connections/stripe/dispute-pack.ts';
import { evidenceOf } from '../../connections/stripe/evidence-fields.ts';
import type { PolicyKind } from './policies.ts';
import type { DisputeSettings } from './settings.ts';

/** Which of the business's own rules matter, by reason. */
const policies: Readonly<Record<string, readonly PolicyKind[]>> = {
  product_unacceptable: ['refund'],
  credit_not_processed: ['refund'],
  subscription_canceled: ['cancellation', 'refund'],
  general: ['refund', 'cancellation'],
};

/** Two payments are told apart by what each was for; what was written to the customer says nothing of that. */
const withoutMail = new Set(['duplicate']);

export const wantsMail = ({ reason }: Stripe.Dispute, { includeMail }: DisputeSettings): boolean =>
  includeMail && !withoutMail.has(reason);

/** The rules that its reason calls for and that nobody wrote into the settings: they are looked for in documents. */
export const wantedDocuments = ({ reason }: Stripe.Dispute, settings: DisputeSettings): PolicyKind[] =>
  (policies[reason] ?? []).filter(
    (kind) => settings.includeDocuments && settings[`${kind}Policy`].trim() === '',
  );

/** Evidence to save: nothing that is there already is written over, for a person may have put it there. */
export function evidenceFor(
  facts: DisputeFacts,
  settings: DisputeSettings,
  files: { readonly [field in 'receipt' | 'customer_communication' | `${PolicyKind}_policy`]: string | null },
): { [field: string]: string } {
  const { dispute } = facts;
  const wanted = policies[dispute.reason] ?? [];
  const own: { [field: string]: string } = {
    ...(wanted.includes('refund') && { refund_policy_disclosure: settings.refundPolicy }),
    ...(wanted.includes('cancellation') && { cancellation_policy_disclosure: settings.cancellationPolicy }),
    ...Object.fromEntries(Object.entries(files).map(([field, file]) => [field, file ?? ''])),
  };
  const held = new Set(Object.keys(evidenceOf(dispute)));
  return Object.fromEntries(
    Object.entries({ ...evidencePack(facts), ...own }).filter(
      ([field, text]) => text !== '' && !held.has(field),
    ),
  );
}

const mostText = 40_000;

/** The mails that went to a customer, oldest first, as one document; null where there are none. */
export function messagesText(mails: readonly Mail[]): string | null {
  const sent = mails.filter(({ state }) => state === 'sent');
  if (sent.length === 0) return null;
  return sent
    .toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))
    .map(
      ({ sentAt, createdAt, to, subject, body }) =>
        `${sentAt ?? createdAt}\nTo: ${to}\n${subject}\n\n${body}`,
    )
    .join('\n\n----------\n\n')
    .slice(0, mostText);
}
