import type Stripe from 'stripe';
import { z } from 'zod';
import { idOf } from './pages.ts';

/** All evidence together must stay below this many characters at Stripe. */
export const mostEvidence = 150_000;

/** What can be said about a payment in a dispute, by Stripe's names, and what belongs there. */
const texts = {
  product_description: 'What was bought, as the customer saw it.',
  customer_name: 'Name of the customer.',
  customer_email_address: 'E-mail address of the customer.',
  customer_purchase_ip: 'IP address the customer bought from.',
  billing_address: 'Billing address the customer gave.',
  service_date: 'When the service was received or began, in words.',
  access_activity_log: 'Log of the customer using what was bought: times, IP addresses, actions.',
  shipping_address: 'Where it was shipped to.',
  shipping_carrier: 'Who shipped it, such as "UPS".',
  shipping_date: 'When it was shipped, in words.',
  shipping_tracking_number: 'Tracking number.',
  refund_policy_disclosure: 'How and when the refund policy was shown to the customer.',
  refund_refusal_explanation: 'Why the customer is not owed a refund, or which was given.',
  cancellation_policy_disclosure: 'How and when the cancellation policy was shown to the customer.',
  cancellation_rebuttal: 'Why the subscription was not cancelled before the payment.',
  duplicate_charge_id: 'The other charge ("ch_…") that looks like the same.',
  duplicate_charge_explanation: 'What each of the two charges was for.',
  uncategorized_text: 'Anything else that helps, in words.',
} as const;

/** Documents, by the id of an uploaded file. */
const files = {
  receipt: 'Receipt or invoice.',
  customer_communication: 'Messages of the customer.',
  customer_signature: 'Signature of the customer.',
  service_documentation: 'Proof that the service was given: contract, log.',
  shipping_documentation: 'Proof of shipping or delivery.',
  refund_policy: 'The refund policy.',
  cancellation_policy: 'The cancellation policy.',
  duplicate_charge_documentation: 'Proof of what the other charge was for.',
  uncategorized_file: 'Any other document.',
} as const;

type TextField = keyof typeof texts;
type FileField = keyof typeof files;
export type EvidenceField = TextField | FileField;
/** Texts and ids of files; an empty text takes a piece out again. */
export type Evidence = { readonly [field in EvidenceField]?: string | undefined };

const textNames = Object.keys(texts) as TextField[];
const fileNames = Object.keys(files) as FileField[];
export const evidenceNames: readonly EvidenceField[] = [...textNames, ...fileNames];
export const sealedEvidence = z.partialRecord(z.enum([...textNames, ...fileNames]), z.string());

const text = (what: string) => z.string().max(20_000).optional().describe(what);
const file = (what: string) =>
  z
    .string()
    .max(100)
    .regex(/^(file_\w+)?$/)
    .optional()
    .describe(`${what} The id ("file_…") from upload_evidence_file.`);

/** Evidence as a tool takes it. */
export const evidenceInput = z
  .strictObject({
    ...(Object.fromEntries(textNames.map((name) => [name, text(texts[name])])) as Record<
      TextField,
      ReturnType<typeof text>
    >),
    ...(Object.fromEntries(fileNames.map((name) => [name, file(files[name])])) as Record<
      FileField,
      ReturnType<typeof file>
    >),
  })
  .refine((given) => Object.values(given).some((value) => value !== undefined), 'No evidence was given.')
  .describe('What is to be said; fields not given stay as they are. An empty text takes a field out again.');

/** The pieces a dispute holds, staged or sent. */
export function evidenceOf(dispute: Stripe.Dispute): { [field in EvidenceField]?: string } {
  const held = evidenceNames.map((name) => [name, idOf(dispute.evidence[name])] as const);
  return Object.fromEntries(held.filter(([, value]) => value));
}
