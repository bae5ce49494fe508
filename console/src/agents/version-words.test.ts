import type { AgentVersion } from '@purser/server/api';
import { expect, test } from 'vitest';
import { changesBetween } from './version-words.ts';

test('what a version changed is said in words', () => {
  const version: AgentVersion = {
    ...{ version: 1, name: 'Ada', description: '', instructions: '', model: null, limits: {} },
    ...{ changedBy: 'Olga', changedAt: '2026-11-23T10:00:00.000Z' },
  };
  expect(changesBetween(version, { ...version, name: 'Bea' })).toBe('Changed name');
  expect(
    changesBetween(version, { ...version, name: 'B', model: 'builtin', limits: { tokensPerDay: 1 } }),
  ).toBe('Changed name, model and limits');
  expect(changesBetween(version, version)).toBe('Nothing changed');
});
