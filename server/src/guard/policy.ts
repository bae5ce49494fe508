/**
 * Policy: what an owner lets one agent do on one connection. Asked in this order, and the first that has an answer
 * decides: rules, single tools, effects, the defaults of the mode. Budgets, twins and provenance can only make the
 * answer stricter (`guard.ts`).
 */
import { formatMoney, type Money, parseMoney } from '@purser/money';
import { z } from 'zod';
import type { Mode } from '../tools/account.ts';
import type { Effect, ObjectRef } from '../tools/tool.ts';
import { budgetSchema } from './budget.ts';
import { inCurrency, moneySchema } from './limits.ts';

export type Decision = 'allow' | 'ask' | 'deny';

const decisionSchema = z.enum(['allow', 'ask', 'deny']);
const effectSchema = z.enum(['read', 'write', 'money', 'destructive', 'outbound']);
const toolName = z.string().min(1).max(80);
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Write the time as HH:MM, such as "18:00".');
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const dayNames: readonly string[] = weekdays;

const ruleSchema = z
  .strictObject({
    decision: decisionSchema,
    tools: z.array(toolName).min(1).max(200).optional(),
    effects: z.array(effectSchema).min(1).optional(),
    /** Fits amounts above these. A currency that is not named fits, unless the rule allows. */
    above: z.array(moneySchema).min(1).max(50).optional(),
    /** Fits amounts up to these, in the currencies named. */
    upTo: z.array(moneySchema).min(1).max(50).optional(),
    /** Customer ids, or e-mail addresses or names as the preview shows them. */
    customers: z.array(z.string().min(1).max(320)).min(1).max(200).optional(),
    /** In the account's time zone; `from` later than `to` goes over midnight. */
    hours: z
      .strictObject({ from: timeOfDay, to: timeOfDay, days: z.array(z.enum(weekdays)).min(1).optional() })
      .optional(),
  })
  .refine(
    ({ decision: _, ...conditions }) => Object.values(conditions).some((given) => given !== undefined),
    {
      message:
        'A rule needs at least one condition: tools, effects, above, upTo, customers or hours. For everything, use effects.',
    },
  );
type Rule = z.infer<typeof ruleSchema>;

export const policySchema = z.strictObject({
  rules: z.array(ruleSchema).max(50).optional(),
  tools: z.record(toolName, decisionSchema).optional(),
  effects: z
    .strictObject({
      read: decisionSchema,
      write: decisionSchema,
      money: decisionSchema,
      destructive: decisionSchema,
      outbound: decisionSchema,
    })
    .partial()
    .optional(),
  budgets: z.array(budgetSchema).max(20).optional(),
  approval: z
    .strictObject({
      /** Whoever sent the message may not approve what comes of it. */
      notOwn: z.boolean().optional(),
      /** Above these amounts two people must approve. A currency that is not named needs one. */
      secondAbove: z.array(moneySchema).max(50).optional(),
      /** How long an approval may wait. Default 24. */
      hours: z.number().int().min(1).max(720).optional(),
    })
    .optional(),
});

/** What it leaves out, the defaults of the mode decide. */
export type Policy = z.infer<typeof policySchema>;

/**
 * Test mode moves no real money, so only what cannot be undone or reaches a person asks. Live mode asks for everything
 * but reads.
 */
export const defaultDecisions: Record<Mode, Record<Effect, Decision>> = {
  test: { read: 'allow', write: 'allow', money: 'allow', destructive: 'ask', outbound: 'ask' },
  live: { read: 'allow', write: 'ask', money: 'ask', destructive: 'ask', outbound: 'ask' },
};

/** In minor units of whatever currency: above it even test mode asks, so that a slip of the comma is seen. */
const askAboveMinor = 1_000_000n;

const inWords: Record<Effect, string> = {
  read: 'reads data',
  write: 'changes data',
  money: 'moves or commits money',
  destructive: 'cannot be undone',
  outbound: 'reaches a person outside',
};

/** One call as policy sees it. */
export interface Proposal {
  readonly tool: {
    readonly name: string;
    readonly title: string;
    readonly effect: Effect;
    readonly offByDefault?: true;
    readonly asksByDefault?: true;
  };
  readonly mode: Mode;
  readonly policy: Policy;
  readonly now: Date;
  /** IANA name: rules by the hour are meant in it. */
  readonly timeZone: string;
  /** Once planned: how much moves, null when none does, and whom and what it touches. */
  readonly planned?: { readonly amount: Money | null; readonly objects: readonly ObjectRef[] };
}

export interface Verdict {
  readonly decision: Decision;
  /** For the person who is asked, or told no. */
  readonly reason: string;
  /** The rule that decided, counted from 0; absent where none did. */
  readonly rule?: number;
}

/** @returns null when only the plan can tell: a rule looks at the amount or the customer. */
export function decide(proposal: Proposal): Verdict | null {
  const { tool, mode, policy, planned } = proposal;
  for (const [index, rule] of (policy.rules ?? []).entries()) {
    // What is off by default takes an owner who names it.
    if (tool.offByDefault && rule.decision !== 'deny' && !rule.tools) continue;
    if (tool.asksByDefault && rule.decision === 'allow' && !rule.tools) continue;
    const fit = fits(rule, proposal);
    if (fit === 'unplanned') return null;
    if (fit) return { decision: rule.decision, reason: ruleReason(rule, index, proposal), rule: index };
  }
  const byTool = policy.tools?.[tool.name];
  if (byTool) return { decision: byTool, reason: `The agent's policy says "${byTool}" for ${tool.title}.` };
  if (tool.offByDefault) {
    const reason = `${tool.title} is off until the agent's policy allows it by name: {"tools": {"${tool.name}": "allow"}}.`;
    return { decision: 'deny', reason };
  }
  const byEffect = policy.effects?.[tool.effect];
  if (tool.asksByDefault && byEffect !== 'deny')
    return { decision: 'ask', reason: `${tool.title}: it goes on when nobody is looking.` };
  if (byEffect) {
    const reason = `The agent's policy says "${byEffect}" for whatever ${inWords[tool.effect]}.`;
    return { decision: byEffect, reason };
  }
  const amount = planned?.amount;
  if (amount && amount.minor > askAboveMinor && defaultDecisions[mode][tool.effect] === 'allow')
    return { decision: 'ask', reason: `${formatMoney(amount)} is a large amount.` };
  const reason = `This ${inWords[tool.effect]}${mode === 'live' ? ', in live mode' : ''}.`;
  return { decision: defaultDecisions[mode][tool.effect], reason };
}

function fits(rule: Rule, proposal: Proposal): boolean | 'unplanned' {
  const { tool, planned } = proposal;
  if (rule.tools && !rule.tools.includes(tool.name)) return false;
  if (rule.effects && !rule.effects.includes(tool.effect)) return false;
  if (rule.hours && !isWithin(rule.hours, proposal)) return false;
  if (!rule.above && !rule.upTo && !rule.customers) return true;
  if (!planned) return 'unplanned';
  if (rule.customers && !touches(planned.objects, rule.customers)) return false;
  return fitsAmount(rule, planned.amount);
}

function fitsAmount({ above, upTo, decision }: Rule, amount: Money | null): boolean {
  if (!above && !upTo) return true;
  if (!amount) return false;
  const floor = above && inCurrency(above, amount.currency);
  if (above && (floor ? amount.minor <= floor.minor : decision === 'allow')) return false;
  const ceiling = upTo && inCurrency(upTo, amount.currency);
  return !upTo || (ceiling !== undefined && amount.minor <= ceiling.minor);
}

function touches(objects: readonly ObjectRef[], customers: readonly string[]): boolean {
  const wanted = new Set(customers.map((customer) => customer.toLowerCase()));
  return objects.some(
    ({ type, id, label }) =>
      type === 'customer' &&
      (wanted.has(id.toLowerCase()) || (label !== undefined && wanted.has(label.toLowerCase()))),
  );
}

function isWithin({ from, to, days }: NonNullable<Rule['hours']>, { now, timeZone }: Proposal): boolean {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const time = `${parts.hour}:${parts.minute}`;
  const today = dayNames.indexOf(parts.weekday?.toLowerCase() ?? '');
  const overMidnight = from > to;
  // The hours after midnight belong to the day on which they began.
  const day = weekdays[overMidnight && time < to ? (today + 6) % 7 : today];
  if (days && (day === undefined || !days.includes(day))) return false;
  return overMidnight ? time >= from || time < to : time >= from && time < to;
}

function ruleReason(rule: Rule, index: number, { tool, planned }: Proposal): string {
  const why: string[] = [];
  if ((rule.above || rule.upTo) && planned?.amount) why.push(`the amount is ${formatMoney(planned.amount)}`);
  if (rule.customers) why.push('of whom it touches');
  if (rule.hours) why.push(`it is between ${rule.hours.from} and ${rule.hours.to}`);
  const because = why.length > 0 ? `, because ${why.join(' and ')}` : '';
  return `Rule ${index + 1} of the agent's policy says "${rule.decision}" for ${tool.title}${because}.`;
}

/** Whether two people must approve this amount. */
export function needsSecondPerson(policy: Policy, amount: Money | null): boolean {
  const cap = amount && inCurrency(policy.approval?.secondAbove ?? [], amount.currency);
  return Boolean(amount && cap && amount.minor > cap.minor);
}

/** What a preview says that moves, as money; null where nothing does. */
export function amountOf(preview: { amount?: { decimal: string; currency: string } }): Money | null {
  return preview.amount ? parseMoney(preview.amount.decimal, preview.amount.currency) : null;
}
