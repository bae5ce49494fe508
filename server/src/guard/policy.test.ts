import { parseMoney } from '@purser/money';
import { describe, expect, test } from 'vitest';
import type { Effect } from '../tools/tool.ts';
import { decide, needsSecondPerson, type Policy, type Proposal, policySchema } from './policy.ts';

const tool = (effect: Effect, name = 'x') => ({ name, title: 'X', effect });
const usd = (amount: string) => ({ amount, currency: 'usd' });
const nothing = { amount: null, objects: [] };

function decided(proposal: Partial<Proposal>): string | undefined {
  const base = { tool: tool('money'), mode: 'test', policy: {}, timeZone: 'UTC', planned: nothing } as const;
  return decide({ now: new Date('2026-11-02T12:00:00Z'), ...base, ...proposal })?.decision;
}

const moving = (amount: string, currency = 'usd') => ({ amount: parseMoney(amount, currency), objects: [] });

test('live mode asks for everything but reads', () => {
  const effects = ['read', 'write', 'money', 'destructive', 'outbound'] as const;
  const decisions = effects.map((effect) => decided({ tool: tool(effect), mode: 'live' }));
  expect(decisions).toEqual(['allow', 'ask', 'ask', 'ask', 'ask']);
});

test('test mode asks for what cannot be undone, and for a sum as large as a slip of the comma makes', () => {
  expect(decided({})).toBe('allow');
  expect(decided({ tool: tool('destructive') })).toBe('ask');
  expect(decided({ planned: moving('10000.00') })).toBe('allow');
  expect(decided({ planned: moving('10000.01') })).toBe('ask');
});

test('the tool goes before the effect, the effect before the mode', () => {
  const policy: Policy = { effects: { money: 'deny' }, tools: { x: 'ask' } };
  expect(decided({ policy })).toBe('ask');
  expect(decided({ tool: tool('money', 'y'), policy })).toBe('deny');
});

describe('rules', () => {
  const rule = (one: NonNullable<Policy['rules']>[number]): Policy => ({ rules: [one] });

  test('the first that fits decides, before tools and effects', () => {
    const policy: Policy = {
      rules: [
        { decision: 'ask', tools: ['y'] },
        { decision: 'deny', effects: ['money'] },
      ],
      tools: { x: 'allow' },
    };
    expect(decided({ policy })).toBe('deny');
    expect(decided({ policy, tool: tool('money', 'y') })).toBe('ask');
  });

  test('above: a currency that is not named is above, unless the rule allows', () => {
    const deny = rule({ decision: 'deny', above: [usd('100')] });
    expect(decided({ policy: deny, planned: moving('100.00') })).toBe('allow');
    expect(decided({ policy: deny, planned: moving('100.01') })).toBe('deny');
    expect(decided({ policy: deny, planned: moving('1', 'eur') })).toBe('deny');
    expect(
      decided({
        policy: rule({ decision: 'allow', above: [usd('1')] }),
        mode: 'live',
        planned: moving('2', 'eur'),
      }),
    ).toBe('ask');
  });

  test('up to: only in the currencies named, and exactly', () => {
    const allow = rule({ decision: 'allow', upTo: [usd('50'), { amount: '5000', currency: 'jpy' }] });
    const live = (planned: Proposal['planned']) =>
      decided({ policy: allow, mode: 'live', ...(planned && { planned }) });
    expect(live(moving('50.00'))).toBe('allow');
    expect(live(moving('50.01'))).toBe('ask');
    expect(live(moving('5000', 'jpy'))).toBe('allow');
    expect(live(moving('5001', 'jpy'))).toBe('ask');
    expect(live(moving('1', 'eur'))).toBe('ask');
    expect(live(nothing)).toBe('ask');
  });

  test('customers: by id, address or name', () => {
    const policy = rule({ decision: 'deny', customers: ['cus_1', 'Ann@example.com'] });
    const of = (id: string, label?: string) =>
      decided({
        policy,
        planned: { amount: null, objects: [{ type: 'customer', id, ...(label && { label }) }] },
      });
    expect(of('cus_1')).toBe('deny');
    expect(of('cus_2', 'ann@example.com')).toBe('deny');
    expect(of('cus_2', 'Bob')).toBe('allow');
  });

  test('hours are those of the account, over midnight too, and belong to the day they began on', () => {
    const night = rule({ decision: 'deny', hours: { from: '22:00', to: '06:00', days: ['fri'] } });
    const at = (iso: string, timeZone: string) => decided({ policy: night, now: new Date(iso), timeZone });
    expect(at('2026-11-06T22:00:00Z', 'UTC')).toBe('deny');
    expect(at('2026-11-07T05:59:00Z', 'UTC')).toBe('deny');
    expect(at('2026-11-07T06:00:00Z', 'UTC')).toBe('allow');
    expect(at('2026-11-07T23:00:00Z', 'UTC')).toBe('allow');
    expect(at('2026-11-06T22:00:00Z', 'America/New_York')).toBe('allow');
    expect(at('2026-11-07T03:30:00Z', 'America/New_York')).toBe('deny');
  });

  test('what depends on the plan is not said before there is one', () => {
    const policy: Policy = { rules: [{ decision: 'allow', upTo: [usd('5')] }], effects: { money: 'deny' } };
    const { planned: _, ...unplanned } = { planned: nothing };
    expect(
      decide({ tool: tool('money'), mode: 'test', policy, now: new Date(), timeZone: 'UTC', ...unplanned }),
    ).toBeNull();
    expect(decided({ policy, planned: moving('5') })).toBe('allow');
    expect(decided({ policy, planned: moving('6') })).toBe('deny');
  });
});

test('a second person is needed above the cap of the currency', () => {
  const policy: Policy = { approval: { secondAbove: [usd('500')] } };
  expect(needsSecondPerson(policy, parseMoney('500', 'usd'))).toBe(false);
  expect(needsSecondPerson(policy, parseMoney('500.01', 'usd'))).toBe(true);
  expect(needsSecondPerson(policy, null)).toBe(false);
});

test.each([
  [{ rules: [{ decision: 'allow' }] }, 'at least one condition'],
  [{ rules: [{ decision: 'ask', hours: { from: '25:00', to: '06:00' } }] }, 'HH:MM'],
  [{ rules: [{ decision: 'ask', above: [{ amount: '1.999', currency: 'usd' }] }] }, '1.999'],
  [{ rules: [{ decision: 'ask', above: [{ amount: '-1', currency: 'usd' }] }] }, 'negative'],
  [{ rules: [{ decision: 'ask', above: [{ amount: '1', currency: 'xxx' }] }] }, 'ISO 4217'],
  [{ budgets: [{ per: 'agent', over: 'ask' }] }, 'amounts, a count'],
  [{ budget: [] }, 'budget'],
])('a policy that makes no sense is refused: %j', (policy, why) => {
  const parsed = policySchema.safeParse(policy);
  expect(parsed.success).toBe(false);
  expect(JSON.stringify(parsed.error?.issues)).toContain(why);
});
