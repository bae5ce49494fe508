import type Stripe from 'stripe';
import { z } from 'zod';
import { ToolError } from '../../tools/tool.ts';
import { expanded, idOf } from './pages.ts';

/** What Visa compares of two payments; the same in both means the same customer. */
const identifiers = {
  customer_email_address: z.string().optional(),
  customer_purchase_ip: z.string().optional(),
  customer_account_id: z.string().optional(),
  customer_device_id: z.string().optional(),
  product_description: z.string().optional(),
};

/** A comparison as it is sent. */
export const sealedComparison = z.object({
  disputed_transaction: z.object({
    ...identifiers,
    merchandise_or_services: z.enum(['merchandise', 'services']),
  }),
  prior_undisputed_transactions: z.array(z.object({ ...identifiers, charge: z.string() })),
});
type Comparison = z.infer<typeof sealedComparison>;

const id = (what: string) => z.string().min(1).max(200).optional().describe(what);

/** A comparison as a tool takes it. */
export const comparisonInput = z
  .strictObject({
    prior_undisputed_charges: z
      .array(z.string().min(1).max(100))
      .min(2)
      .max(5)
      .describe(
        'Two to five earlier undisputed charges of the same card, as suggest_dispute_evidence lists them.',
      ),
    merchandise_or_services: z
      .enum(['merchandise', 'services'])
      .describe('What was sold in the disputed payment.'),
    customer_purchase_ip: id('The IP address that is the same in all of these purchases.'),
    customer_account_id: id('The customer’s account at the business, the same in all.'),
    customer_device_id: id('The device that is the same in all.'),
  })
  .refine(
    (given) => given.customer_purchase_ip ?? given.customer_device_id,
    'Visa wants the IP address or the device to be the same: one of them is needed.',
  )
  .describe(
    'Visa’s Compelling Evidence 3.0, where get_dispute shows compelling_evidence_3: earlier payments that show the same customer. Only with facts that the person gave.',
  );

function refused(message: string, next: string): ToolError {
  return new ToolError('not_comparable', message, { next });
}

async function earlier(
  api: Stripe,
  chargeId: string,
  disputed: Stripe.Charge | undefined,
): Promise<Stripe.Charge> {
  const charge = await api.charges.retrieve(chargeId.trim());
  const next = 'Choose among those that suggest_dispute_evidence lists.';
  if (charge.disputed || charge.status !== 'succeeded')
    throw refused(`The charge ${charge.id} was ${charge.disputed ? 'disputed' : 'not paid'} itself.`, next);
  if (disputed && idOf(charge.customer) !== idOf(disputed.customer))
    throw refused(`The charge ${charge.id} is of another customer.`, next);
  return charge;
}

/** What is compared, from the charges themselves and what the person gave. @throws ToolError `not_comparable` */
export async function comparisonFor(
  api: Stripe,
  dispute: Stripe.Dispute,
  given: z.infer<typeof comparisonInput>,
): Promise<Comparison> {
  if (!dispute.enhanced_eligibility_types.includes('visa_compelling_evidence_3'))
    throw refused(`Visa’s Compelling Evidence does not apply to the dispute ${dispute.id}.`, 'Leave it out.');
  const { prior_undisputed_charges: charges, merchandise_or_services: kind, ...same } = given;
  const disputed = expanded<Stripe.Charge>(dispute.charge);
  const prior = await Promise.all(charges.map((charge) => earlier(api, charge, disputed)));
  const customer = expanded<Stripe.Customer>(
    disputed?.customer as string | Stripe.Customer | null | undefined,
  );
  const sideOf = (charge: Stripe.Charge | undefined) => ({
    ...same,
    customer_email_address: charge?.billing_details.email ?? customer?.email ?? undefined,
    product_description: charge?.description ?? undefined,
  });
  return {
    disputed_transaction: {
      ...sideOf(disputed),
      product_description: dispute.evidence.product_description ?? disputed?.description ?? undefined,
      merchandise_or_services: kind,
    },
    prior_undisputed_transactions: prior.map((charge) => ({ charge: charge.id, ...sideOf(charge) })),
  };
}

/** The charges that a dispute is compared with already. */
export function comparedWith(dispute: Stripe.Dispute): string {
  const compared = dispute.evidence.enhanced_evidence.visa_compelling_evidence_3;
  return (compared?.prior_undisputed_transactions ?? []).map((one) => one.charge).join(', ');
}
