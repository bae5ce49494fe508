import type { ModelMessage } from 'ai';
import { expect, test } from 'vitest';
import { forProvider, signThoughts } from './own-words.ts';

const thought = {
  type: 'reasoning' as const,
  text: 'Hm.',
  providerOptions: { anthropic: { signature: 's' } },
};
const said = { type: 'text' as const, text: 'Hello', providerOptions: { openai: { itemId: 'msg_1' } } };
const question: ModelMessage = { role: 'user', content: 'Hi' };

test('a model gets its own thoughts back as they were', () => {
  const kept = signThoughts([{ role: 'assistant', content: [thought] }], 'anthropic.messages');
  expect(forProvider([question, ...kept], 'anthropic.messages')).toEqual([
    question,
    { role: 'assistant', content: [thought] },
  ]);
});

test('another gets the words without the thoughts, and no message that was nothing else', () => {
  const kept = signThoughts(
    [
      { role: 'assistant', content: [thought, said] },
      { role: 'assistant', content: [thought] },
    ],
    'anthropic.messages',
  );
  expect(forProvider(kept, 'google.generative-ai')).toEqual([
    { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] },
  ]);
});

test('a provider knows itself in both spellings', () => {
  const content = [
    { ...said, providerOptions: { 'openai-compatible': { a: 1 }, openaiCompatible: { b: 2 }, google: {} } },
  ];
  expect(forProvider([{ role: 'assistant', content }], 'openai-compatible.chat')).toEqual([
    {
      role: 'assistant',
      content: [{ ...said, providerOptions: { 'openai-compatible': { a: 1 }, openaiCompatible: { b: 2 } } }],
    },
  ]);
});
