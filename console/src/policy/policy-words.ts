import type { AgentTool, Budget, Decision, Effect, Policy } from '@purser/server/api';
import { moneyText } from '../cards/money-text.ts';

export type Rule = NonNullable<Policy['rules']>[number];
export type PolicyMoney = NonNullable<Rule['above']>[number];

/** A decision as a sentence begins. */
export const decisionVerbs: Record<Decision, string> = {
  allow: 'Allow',
  ask: 'Ask before',
  deny: 'Never do',
};

const effectWords: Record<Effect, string> = {
  read: 'looking things up',
  write: 'changing records',
  money: 'moving money',
  destructive: 'deleting or ending',
  outbound: 'contacting people',
};

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export const weekdayNames: Record<(typeof weekdays)[number], string> = {
  mon: 'Mon',
  tue: 'Tue',
  wed: 'Wed',
  thu: 'Thu',
  fri: 'Fri',
  sat: 'Sat',
  sun: 'Sun',
};

const list = (words: readonly string[], last: 'or' | 'and' = 'or'): string =>
  words.length > 1 ? `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}` : (words[0] ?? '');

const moneys = (amounts: readonly PolicyMoney[]): string =>
  list(amounts.map(({ amount, currency }) => moneyText(amount, currency)));

/** `Ask before: Create refund above $50.00, between 18:00 and 08:00`. */
export function ruleWords(rule: Rule, tools: readonly Pick<AgentTool, 'name' | 'title'>[]): string {
  const titleOf = (name: string) => tools.find((tool) => tool.name === name)?.title ?? name;
  const { hours } = rule;
  const what = rule.tools?.length
    ? list(rule.tools.map(titleOf))
    : list((rule.effects ?? []).map((effect) => effectWords[effect])) || 'anything';
  const both = rule.tools?.length && rule.effects?.length;
  const parts = [
    both ? `${what} (${list((rule.effects ?? []).map((effect) => effectWords[effect]))})` : what,
    rule.above?.length ? `above ${moneys(rule.above)}` : '',
    rule.upTo?.length ? `up to ${moneys(rule.upTo)}` : '',
    rule.customers?.length ? `for ${list(rule.customers)}` : '',
    hours ? `between ${hours.from} and ${hours.to}` : '',
    hours?.days?.length ? `on ${list(hours.days.map((day) => weekdayNames[day]))}` : '',
  ];
  return `${decisionVerbs[rule.decision]}: ${parts.filter(Boolean).join(' ')}`;
}

const owners: Record<Budget['per'], string> = {
  agent: 'This agent',
  person: 'Each person',
  task: 'Each task',
};

/** `Each person, a day: $500.00 and 20 writes; beyond it, ask`. */
export function budgetWords({ per, amounts, count, over }: Budget): string {
  const limits = [
    ...(amounts ?? []).map(({ amount, currency }) => moneyText(amount, currency)),
    ...(count === undefined ? [] : [count === 1 ? '1 write' : `${count} writes`]),
  ];
  const beyond = over === 'ask' ? 'beyond it, ask' : 'nothing beyond it';
  return `${owners[per]}, a day: ${list(limits, 'and')}; ${beyond}`;
}

const given = <Value>(list: readonly Value[] | undefined): boolean => list !== undefined && list.length > 0;

/** Without what was begun and left empty. */
export function tidied(policy: Policy): Policy {
  const rules = (policy.rules ?? []).map((rule): Rule => {
    const { tools, effects, above, upTo, customers, ...rest } = rule;
    const named = customers?.map((each) => each.trim()).filter(Boolean);
    return {
      ...rest,
      ...(given(tools) && { tools }),
      ...(given(effects) && { effects }),
      ...(given(above) && { above }),
      ...(given(upTo) && { upTo }),
      ...(given(named) && { customers: named }),
    };
  });
  const budgets = (policy.budgets ?? []).map(({ amounts, effects, ...rest }) => ({
    ...rest,
    ...(given(amounts) && { amounts }),
    ...(given(effects) && { effects }),
  }));
  const { rules: _rules, budgets: _budgets, ...rest } = policy;
  return { ...rest, ...(rules.length > 0 && { rules }), ...(budgets.length > 0 && { budgets }) };
}

/** `policy.rules.0.above.1.amount` → `Rule 1, above`. */
export function placeOf(path: string): string {
  const [, part, index, field] = path.split('.');
  const number = Number(index) + 1;
  const where = field ? `, ${field === 'upTo' ? 'up to' : field}` : '';
  if (part === 'rules' && !Number.isNaN(number)) return `Rule ${number}${where}`;
  if (part === 'budgets' && !Number.isNaN(number)) return `Budget ${number}${where}`;
  return part === 'approval' ? 'Approvals' : 'Policy';
}
