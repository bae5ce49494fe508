import type { LanguageModelV4 } from '@ai-sdk/provider';
import { MockLanguageModelV4 } from 'ai/test';
import { expect, test } from 'vitest';
import { createModels, type ModelSettings, ModelUnavailable } from './models.ts';

const builtin: LanguageModelV4 = new MockLanguageModelV4({ provider: 'builtin', modelId: 'builtin' });
const anthropic = { apiKey: 'sk-ant-x' };
const openai = { apiKey: 'sk-x' };
const google = { apiKey: 'AIza-x' };
const openaiCompatible = { baseUrl: 'http://127.0.0.1:11434/v1' };

const models = (settings: ModelSettings = {}) => createModels({ settings, builtin });

test('with nothing configured the built-in model is the default', () => {
  expect(models().defaultId).toBe('builtin');
  expect(models().resolve(null)).toBe(builtin);
});

test('the default is the first configured provider that has a model to name', () => {
  expect(models({ google }).defaultId).toMatch(/^google\//);
  expect(models({ google, openai }).defaultId).toMatch(/^openai\//);
  expect(models({ google, openai, anthropic }).defaultId).toMatch(/^anthropic\//);
  expect(models({ openaiCompatible }).defaultId).toBe('builtin');
});

test('an empty key is no key', () => {
  const made = models({ anthropic: { apiKey: '' }, openai: { apiKey: ' ' }, google: { apiKey: '' } });
  expect(made.defaultId).toBe('builtin');
  expect(() => made.resolve('openai/gpt-6-astra')).toThrow(/OPENAI_API_KEY/);
});

test('PURSER_MODEL goes before what is best', () => {
  expect(models({ anthropic, defaultModel: 'builtin' }).resolve(null)).toBe(builtin);
  const local = models({ anthropic, openaiCompatible, defaultModel: 'openai-compatible/meta/llama-4' });
  expect(local.resolve(null)).toMatchObject({ modelId: 'meta/llama-4', provider: 'openai-compatible.chat' });
  expect(local.list().map((model) => model.id)).toContain('openai-compatible/meta/llama-4');
});

test('each provider is reached by its own protocol', () => {
  const all = models({ anthropic, openai, google, openaiCompatible });
  expect(all.resolve('anthropic/claude-opus-5-5').provider).toBe('anthropic.messages');
  expect(all.resolve('openai/gpt-6-astra').provider).toBe('openai.responses');
  expect(all.resolve('google/gemini-4-argon').provider).toBe('google.generative-ai');
  expect(all.resolve('openai-compatible/llama').provider).toBe('openai-compatible.chat');
});

test.each([
  ['anthropic/claude-opus-5-5', 'ANTHROPIC_API_KEY'],
  ['openai/gpt-6-astra', 'OPENAI_API_KEY'],
  ['google/gemini-4-argon', 'GOOGLE_GENERATIVE_AI_API_KEY'],
  ['openai-compatible/llama', 'OPENAI_COMPATIBLE_BASE_URL'],
])('%s without its provider names the variable to set', (id, variable) => {
  expect(() => models().resolve(id)).toThrow(ModelUnavailable);
  expect(() => models().resolve(id)).toThrow(new RegExp(variable));
  expect(models().isKnown(id)).toBe(true);
});

test('a default that is not set up stays the default and says what to set', () => {
  const made = models({ defaultModel: 'openai/gpt-6-astra', anthropic });
  expect(() => made.resolve(null)).toThrow(/OPENAI_API_KEY/);
  const listed = made.list().find((model) => model.id === 'openai/gpt-6-astra');
  expect(listed).toMatchObject({ available: false, reason: expect.stringContaining('OPENAI_API_KEY') });
});

test.each(['', 'gpt-6', '/gpt-6', 'mistral/large', 'openai/', 'openai/two words', 'BUILTIN'])(
  '"%s" names no model',
  (id) => {
    expect(models({ openai }).isKnown(id)).toBe(false);
    expect(() => models({ openai }).resolve(id)).toThrow(/There is no model called/);
  },
);

test('the list says which models can be used and why others cannot', () => {
  const list = models({ openai }).list();
  expect(list[0]).toEqual({ id: 'builtin', name: 'Built-in', provider: 'builtin', available: true });
  for (const model of list) {
    const usable = model.provider === 'builtin' || model.provider === 'openai';
    expect(model.available).toBe(usable);
    expect(model.reason === undefined).toBe(usable);
  }
  expect(new Set(list.map((model) => model.id)).size).toBe(list.length);
});
