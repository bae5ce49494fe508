import { z } from 'zod';

const policy = (what: string) =>
  z
    .string()
    .trim()
    .max(10_000)
    .default('')
    .describe(`${what} Word for word, with how the customer saw and accepted it; empty: none.`);

export const disputeSettings = z.strictObject({
  remindDays: z
    .array(z.number().int().min(0).max(60))
    .max(6)
    .default([7, 3, 1])
    .transform((days) => [...new Set(days)].toSorted((a, b) => b - a))
    .describe('So many days before the deadline people are reminded, as long as nothing was handed in.'),
  includeMail: z
    .boolean()
    .default(true)
    .describe('Mail that Purser sent to the customer is put in as a document.'),
  includeDocuments: z
    .boolean()
    .default(true)
    .describe(
      'Rules that are not written below are taken from the agent’s knowledge: documents and sections whose name speaks of refunds or cancellation.',
    ),
  refundPolicy: policy('The refund policy.'),
  cancellationPolicy: policy('The cancellation policy.'),
});
export type DisputeSettings = z.infer<typeof disputeSettings>;

export const disputeInput = z.strictObject({
  dispute: z
    .string()
    .regex(/^(dp|du)_\w+$/, 'A dispute’s id: du_….')
    .max(100)
    .describe('The dispute: du_….'),
});
export type DisputeInput = z.infer<typeof disputeInput>;
