/**
 * Disputes: the evidence that the reason calls for is collected and saved, people are told and reminded, and it is handed in
 * on a person's word alone; in the end it is said what came of it.
 *
 *     needs_response ── collect, save, tell, remind ──→ under_review (a person said: submit) ──→ won | lost
 *                 └────────────────────────────────→ accepted (a person said: accept) | missed
 */
import { formatMoney, type Money } from '@purser/money';
import type Stripe from 'stripe';
import type { Mail } from '../../connections/mail/outbox.ts';
import { fromStripe } from '../../connections/stripe/amounts.ts';
import { suggestedEvidence } from '../../connections/stripe/dispute-evidence.ts';
import type { DisputeFacts } from '../../connections/stripe/dispute-pack.ts';
import { evidenceOf } from '../../connections/stripe/evidence-fields.ts';
import { isAnswerable, readDispute } from '../../connections/stripe/references/disputes.ts';
import { gatherFacts } from '../../connections/stripe/tools/suggest-evidence.ts';
import { type Next, type Playbook, playbook, type RunView } from '../playbook.ts';
import { evidenceFor, messagesText, wantedDocuments, wantsMail } from './evidence.ts';
import type { PolicyDocument, PolicyKind } from './policies.ts';
import { type DisputeInput, type DisputeSettings, disputeInput, disputeSettings } from './settings.ts';

type Run = RunView<DisputeSettings, DisputeInput>;

export const disputesName = 'disputes';

export interface DisputeSources {
  /** Mail that Purser sent to an address for a connection's business. */
  mailsTo(address: string, connectionId: string): Promise<Mail[]>;
  /** The business's rules, where the knowledge of the agent that it works as holds them. */
  policy(connectionId: string, kind: PolicyKind): Promise<PolicyDocument | null>;
}

const dayMs = 86_400_000;
const mostDisputes = 200;

export function disputes(sources: DisputeSources): Playbook {
  return playbook<DisputeSettings, DisputeInput>({
    name: disputesName,
    title: 'Disputes',
    description:
      'On a new dispute collects the evidence that its reason calls for, from Stripe, from mail, from your policies and from the agent’s documents, and saves it at Stripe without handing it in. Tells you, reminds you before the deadline, hands it in or accepts it only when one of you says so, and tells what came of it.',
    settings: disputeSettings,
    input: disputeInput,
    events: ['charge.dispute.created', 'charge.dispute.updated', 'charge.dispute.closed'],
    looksEveryHours: 6,
    successes: ['won'],
    asks: { submit: 'Send the evidence to the bank', accept: 'Accept the dispute as lost' },
    subjectOf: ({ dispute }) => dispute,
    titleOf: ({ dispute }) => `dispute ${dispute}`,

    heard({ type, objectId }) {
      if (!objectId) return null;
      const isNew = type === 'charge.dispute.created';
      return isNew ? { subject: objectId, begins: { dispute: objectId } } : { subject: objectId };
    },

    find: ({ read, now }) =>
      read(async (api) => {
        const found = [];
        const since = Math.floor((now.getTime() - 90 * dayMs) / 1000);
        for await (const dispute of api.disputes.list({ limit: 100, created: { gte: since } })) {
          if (isAnswerable(dispute)) found.push({ dispute: dispute.id });
          if (found.length === mostDisputes) break;
        }
        return found;
      }),

    async next(run) {
      const dispute = await run.read((api) => readDispute(api, run.input.dispute));
      const standing = standingOf(dispute);
      const next = isAnswerable(dispute)
        ? (decided(run, dispute) ?? (await collected(run, dispute, sources)) ?? reminded(run, dispute))
        : closed(run, dispute);
      return { ...next, standing };
    },
  });
}

const amountOf = ({ amount, currency }: Stripe.Dispute): Money => fromStripe(amount, currency);
const inWords = (dispute: Stripe.Dispute) =>
  `${formatMoney(amountOf(dispute))} (${dispute.reason.replaceAll('_', ' ')})`;
const dueBy = ({ evidence_details: { due_by: due } }: Stripe.Dispute) =>
  due === null ? null : new Date(due * 1000);

const standingOf = (dispute: Stripe.Dispute) => ({
  ...{ stage: dispute.status, reason: dispute.reason, due: dueBy(dispute)?.toISOString() ?? null },
  evidence: Object.keys(evidenceOf(dispute)),
});

/** What a person said is done; their last word counts, and once. */
function decided({ asked, steps, input }: Run, dispute: Stripe.Dispute): Next | null {
  const word = asked.findLast(({ what }) => what === 'submit' || what === 'accept');
  if (!word) return null;
  const id = `${word.what}_${asked.length}`;
  if (steps.of(id)) return null;
  return word.what === 'submit'
    ? {
        ...{ do: 'call', id, tool: 'submit_dispute_evidence', input: { dispute: input.dispute } },
        say: `${word.by} said that the evidence is to be handed in.`,
      }
    : {
        ...{ do: 'call', id, tool: 'accept_dispute', input: { dispute: input.dispute } },
        say: `${word.by} said that the dispute over ${inWords(dispute)} is accepted as lost.`,
      };
}

/** Collects and saves, once. */
async function collected(run: Run, dispute: Stripe.Dispute, sources: DisputeSources): Promise<Next | null> {
  if (run.steps.of('save')) return null;
  const facts = await run.read((api) => gatherFacts(api, dispute));
  const receipt = run.steps.of('receipt');
  if (facts.invoice?.invoice_pdf && !receipt)
    return {
      ...{ do: 'call', id: 'receipt', tool: 'upload_evidence_file', say: 'The invoice is the receipt.' },
      input: { title: `Receipt ${facts.invoice.number ?? facts.invoice.id}`, invoice: facts.invoice.id },
    };
  const upload = (await messages(run, facts, sources)) ?? (await rules(run, dispute, sources));
  if (upload) return upload;
  const fileOf = (step: string) => fileIn(run.steps.of(step)?.view);
  const evidence = evidenceFor(facts, run.settings, {
    ...{ receipt: fileOf('receipt'), customer_communication: fileOf('messages') },
    ...{ refund_policy: fileOf('policy_refund'), cancellation_policy: fileOf('policy_cancellation') },
  });
  if (Object.keys(evidence).length === 0) return null;
  return {
    ...{ do: 'call', id: 'save', tool: 'stage_dispute_evidence' },
    say: `The dispute over ${inWords(dispute)} calls for ${Object.keys(evidence).length} pieces that are known: they are saved, and not handed in.`,
    input: { dispute: dispute.id, evidence },
  };
}

/** What was written to the customer, as a document; null when it is up, or there is none. */
async function messages(run: Run, facts: DisputeFacts, sources: DisputeSources): Promise<Next | null> {
  const address = facts.customer?.email ?? facts.charge.billing_details.email;
  if (!address || run.steps.of('messages') || !wantsMail(facts.dispute, run.settings)) return null;
  const text = messagesText(await sources.mailsTo(address, run.connectionId));
  if (text === null) return null;
  return {
    ...{ do: 'call', id: 'messages', tool: 'upload_evidence_file' },
    say: 'What was written to the customer is put in.',
    input: { title: 'Messages to the customer', text },
  };
}

/** The rules that its reason calls for, from documents; null when they are up, or there are none. */
async function rules(run: Run, dispute: Stripe.Dispute, sources: DisputeSources): Promise<Next | null> {
  for (const kind of wantedDocuments(dispute, run.settings)) {
    const id = `policy_${kind}`;
    if (run.steps.of(id)) continue;
    const found = await sources.policy(run.connectionId, kind);
    if (!found) continue;
    return {
      ...{ do: 'call', id, tool: 'upload_evidence_file' },
      say: `The ${kind} policy is put in as ${found.from.join(' and ')} has it: look whether it is the one the customer accepted.`,
      input: { title: `Our ${kind} policy`, text: found.text },
    };
  }
  return null;
}

function fileIn(view: unknown): string | null {
  return typeof view === 'object' && view !== null && 'id' in view && typeof view.id === 'string'
    ? view.id
    : null;
}

/** People are told of it, and again as the deadline comes near. */
function reminded(run: Run, dispute: Stripe.Dispute): Next {
  const due = dueBy(dispute);
  if (!run.steps.of('tell'))
    return tell('tell', 'dispute', `A payment of ${inWords(dispute)} is disputed`, dispute);
  if (due === null) return { do: 'wait', until: null, say: 'It cannot be answered; the bank decides.' };
  const days = run.settings.remindDays.filter((day) => due.getTime() - day * dayMs > run.startedAt.getTime());
  const at = (day: number) => new Date(due.getTime() - day * dayMs);
  // Of several that are due by now the nearest to the deadline is enough.
  const now = days.findLast((day) => at(day) <= run.now);
  if (now !== undefined && due > run.now && !run.steps.of(`remind_${now}`))
    return tell(
      `remind_${now}`,
      'dispute_deadline',
      `${leftUntil(due, run.now)} to answer the dispute over ${inWords(dispute)}`,
      dispute,
    );
  const next = days.find((day) => at(day) > run.now);
  const until = next === undefined ? new Date(Math.max(due.getTime(), run.now.getTime()) + dayMs) : at(next);
  return {
    do: 'wait',
    until,
    say: `Nothing is handed in until somebody says so; it can be until ${due.toISOString()}.`,
  };
}

const leftUntil = (due: Date, now: Date): string => {
  const hours = Math.floor((due.getTime() - now.getTime()) / 3_600_000);
  return hours < 48 ? `${hours} hours left` : `${Math.floor(hours / 24)} days left`;
};

function tell(id: string, kind: string, title: string, dispute: Stripe.Dispute): Next {
  const held = Object.keys(evidenceOf(dispute)).map((field) => field.replaceAll('_', ' '));
  const text = [
    `It can be answered until ${dueBy(dispute)?.toISOString() ?? 'no more'}.`,
    held.length > 0 ? `Saved, and not handed in: ${held.join(', ')}.` : 'No evidence is saved.',
    `What convinces a bank here:\n\n${suggestedEvidence(dispute.reason)
      .map((what) => `- ${what}`)
      .join('\n')}`,
    'Look through it, add what is missing, and say in the playbook’s run whether it is handed in or accepted.',
  ].join('\n\n');
  const objects = [{ type: 'dispute', id: dispute.id }];
  return {
    ...{ do: 'call', id, tool: 'raise_alert', say: `${title}: people are told.` },
    input: { kind, title: title.slice(0, 200), text, objects, occasion: `${dispute.id} ${id}` },
  };
}

/** Nobody can answer it any more. */
function closed(run: Run, dispute: Stripe.Dispute): Next {
  const { status, balance_transactions: moves } = dispute;
  if (status === 'under_review' || status === 'warning_under_review')
    return { do: 'wait', until: null, say: 'The evidence is with the bank, which decides within weeks.' };
  const [first] = moves;
  const net =
    first &&
    formatMoney(
      fromStripe(
        moves.reduce((sum, move) => sum + move.net, 0),
        first.currency,
      ),
    );
  const outcome = outcomeOf(run, dispute);
  const title = `The dispute over ${inWords(dispute)} is ${words[outcome]}`;
  const say = `${title}.${net ? ` In all it moved ${net}.` : ''}`;
  if (!run.steps.of('tell_outcome'))
    return {
      ...{ do: 'call', id: 'tell_outcome', tool: 'raise_alert', say },
      input: {
        ...{
          kind: 'dispute_outcome',
          title: title.slice(0, 200),
          text: say,
          occasion: `${dispute.id} outcome`,
        },
        objects: [{ type: 'dispute', id: dispute.id }],
      },
    };
  return { do: 'end', outcome, say, amount: amountOf(dispute) };
}

const words = {
  won: 'won',
  lost: 'lost',
  accepted: 'accepted as lost',
  missed: 'lost: nothing was handed in',
  closed: 'closed',
};

function outcomeOf({ steps }: Run, { status, evidence_details: { submission_count: sent } }: Stripe.Dispute) {
  if (status === 'won') return 'won';
  if (status !== 'lost') return 'closed';
  if (steps.all.some(({ tool, status: did }) => tool === 'accept_dispute' && did === 'done'))
    return 'accepted';
  return sent > 0 ? 'lost' : 'missed';
}
