import { expect, test } from 'vitest';
import type { Effect } from '../tools/tool.ts';
import { decide } from './policy.ts';

const tool = (effect: Effect) => ({ name: 'x', title: 'X', effect });

test('live mode asks for everything but reads', () => {
  const decisions = (['read', 'write', 'money', 'destructive', 'outbound'] as const).map(
    (effect) => decide({ tool: tool(effect), mode: 'live', policy: {} }).decision,
  );
  expect(decisions).toEqual(['allow', 'ask', 'ask', 'ask', 'ask']);
});

test('test mode asks for what cannot be undone', () => {
  expect(decide({ tool: tool('money'), mode: 'test', policy: {} }).decision).toBe('allow');
  expect(decide({ tool: tool('destructive'), mode: 'test', policy: {} }).decision).toBe('ask');
});

test('the tool goes before the effect, the effect before the mode', () => {
  const policy = { effects: { money: 'deny' }, tools: { x: 'ask' } } as const;
  expect(decide({ tool: tool('money'), mode: 'test', policy }).decision).toBe('ask');
  expect(decide({ tool: { ...tool('money'), name: 'y' }, mode: 'test', policy }).decision).toBe('deny');
});
