import type Stripe from 'stripe';
import { z } from 'zod';
import type { Json, Tool } from '../../../tools/tool.ts';
import { spoken } from '../amounts.ts';
import { suggestedEvidence } from '../dispute-evidence.ts';
import { comparable, type DisputeFacts, evidencePack } from '../dispute-pack.ts';
import { evidenceOf } from '../evidence-fields.ts';
import { expanded, follow, idOf } from '../pages.ts';
import { needs } from '../permissions.ts';
import { disputeField, readDispute } from '../references/disputes.ts';
import { type Desk, permitted, stripeRead } from '../stripe-tool.ts';
import { customerRef } from '../views/customers.ts';
import { chargeRef, disputeRef, disputeView } from '../views/payments.ts';
import { compact, time } from '../views/shape.ts';

/** The invoice that a payment paid, and what it was for. */
async function billedWith(api: Stripe, charge: Stripe.Charge) {
  const intent = idOf(charge.payment_intent);
  if (!intent) return { invoice: undefined, subscription: undefined };
  const payment = { type: 'payment_intent' as const, payment_intent: intent };
  const paid = await permitted(api.invoicePayments.list({ payment, limit: 1 }));
  const invoiceId = idOf(paid?.data[0]?.invoice);
  const invoice = invoiceId ? await permitted(api.invoices.retrieve(invoiceId)) : undefined;
  const id = idOf(invoice?.parent?.subscription_details?.subscription);
  return { invoice, subscription: id ? await permitted(api.subscriptions.retrieve(id)) : undefined };
}

/** All that Stripe knows around a disputed payment, as far as the key may read it. */
export async function gatherFacts(api: Stripe, dispute: Stripe.Dispute): Promise<DisputeFacts> {
  const charge =
    expanded<Stripe.Charge>(dispute.charge) ?? (await api.charges.retrieve(String(dispute.charge)));
  const customer = expanded<Stripe.Customer>(charge.customer as string | Stripe.Customer | null);
  const owner = idOf(charge.customer);
  const [{ invoice, subscription }, refunds, others] = await Promise.all([
    billedWith(api, charge),
    api.refunds.list({ charge: charge.id, limit: 100 }),
    owner
      ? follow((page) => api.charges.list({ ...page, customer: owner }), {
          fits: (one) => one.status === 'succeeded' && one.id !== charge.id,
          atMost: 500,
        })
      : undefined,
  ]);
  return {
    ...{ dispute, charge, customer, subscription, refunds: refunds.data, others: others?.items ?? [] },
    invoice: expanded<Stripe.Invoice>(invoice),
  };
}

/** Whether Visa would decide by comparison, and with which payments. */
function comparison(facts: DisputeFacts): Json | undefined {
  const state = facts.dispute.evidence_details.enhanced_eligibility.visa_compelling_evidence_3;
  if (!state) return undefined;
  const payments = comparable(facts);
  return compact({
    status: state.status,
    required_actions: state.required_actions,
    prior_undisputed_charges: payments.slice(0, 5).map((one) => ({
      ...{ charge: one.id, amount: spoken(one.amount, one.currency), created: time(one.created) },
    })),
    note:
      payments.length < 2
        ? 'Visa wants two earlier undisputed payments of the same card, 120 to 365 days old; Stripe has fewer.'
        : 'With two of these, and an IP address or device that is the same in all, Visa decides for the business: stage_dispute_evidence takes them as compelling_evidence_3. Ask the person for the address or device.',
  });
}

/** Evidence for a dispute, from what Stripe knows. */
export function suggestEvidence(desk: Desk): Tool {
  return stripeRead(desk, {
    name: 'suggest_dispute_evidence',
    title: 'Suggest evidence',
    description:
      'Puts together what Stripe itself knows for answering one dispute, chosen by its reason: who bought what, shipping, bank checks, earlier payments, refunds, cancellations. "evidence" can be passed to stage_dispute_evidence as it is; "still_needed" is what only the business has. Writes nothing, and invents nothing: do not add facts that nobody gave.',
    input: z.strictObject({ dispute: disputeField }),
    permissions: needs('dispute:read', 'charge:read'),
    words: {
      action: 'suggest',
      object: 'dispute',
      synonyms: [
        'evidence',
        'chargeback evidence',
        'defence',
        'answer a dispute',
        'what evidence',
        'answer the dispute',
        'respond to the dispute',
        'contest the dispute',
        'fight the dispute',
        'win the dispute',
      ],
    },
    async read(input, api) {
      const dispute = await readDispute(api, input.dispute);
      const facts = await gatherFacts(api, dispute);
      const { charge, customer, invoice, subscription, refunds } = facts;
      const evidence = evidencePack(facts);
      return {
        view: compact({
          ...disputeView(dispute),
          evidence,
          evidence_there_already: Object.keys(evidenceOf(dispute)),
          compelling_evidence_3: comparison(facts),
          invoice: invoice?.id,
          still_needed: [...suggestedEvidence(dispute.reason)],
          note: invoice && `upload_evidence_file makes a receipt of the invoice ${invoice.id}.`,
        }),
        record: { dispute, invoice, subscription, refunds },
        summary: `Put together ${Object.keys(evidence).length} pieces of evidence for the dispute over ${spoken(dispute.amount, dispute.currency)} (${dispute.reason})`,
        objects: [disputeRef(dispute), chargeRef(charge), ...(customer ? [customerRef(customer)] : [])],
      };
    },
  });
}
