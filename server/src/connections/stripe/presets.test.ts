import { describe, expect, test } from 'vitest';
import { stripeConnection } from './index.ts';

const account = { id: 'acct_1', name: 'Test', country: 'US', defaultCurrency: 'usd' };
const tools = stripeConnection.tools({
  ...{ credentials: { apiKey: 'sk_test_none' }, baseUrl: null, account, mode: 'test' },
  now: () => new Date(0),
});
const known = new Map(tools.map((tool) => [tool.name, tool]));

describe.each(stripeConnection.presets.map((preset) => [preset.name, preset] as const))('%s', (_, preset) => {
  test('carries tools that exist, each once', () => {
    expect(preset.carries.filter((name) => !known.has(name))).toEqual([]);
    expect(new Set(preset.carries).size).toBe(preset.carries.length);
  });

  test('carries nothing that its policy denies', () => {
    const effects = (preset.policy.effects ?? {}) as Record<string, string>;
    const denied = preset.carries.filter((name) => effects[known.get(name)?.effect ?? ''] === 'deny');
    expect(denied).toEqual([]);
  });
});
