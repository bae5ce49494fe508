import type { LanguageModelV4Prompt } from '@ai-sdk/provider';
import { expect, test } from 'vitest';
import { createBuiltinModel } from '../../model.ts';
import { declareTool, toolDeclarations } from '../../testing/tool-declarations.ts';

const model = createBuiltinModel({ now: () => new Date('2026-11-23T12:00:00Z') });
const searcher = declareTool({
  ...{ name: 'search_knowledge', effect: 'read', fields: ['query'], action: 'search', object: 'knowledge' },
  synonyms: ['document', 'handbook', 'manual', 'policy', 'knowledge base', 'guideline', 'terms'],
});
const tools = [...toolDeclarations, searcher];
const found = {
  ...{ object: 'list', of: 'passages' },
  data: [
    {
      content: {
        document: 'policy.md',
        place: 'Time limit',
        text: '30 days after delivery.\nUnused goods only.',
      },
      cite: '[policy.md, Time limit](/agents/agt_1/knowledge?document=doc_1&at=1)',
    },
  ],
};

async function step(prompt: LanguageModelV4Prompt) {
  const { content } = await model.doGenerate({ prompt, tools });
  return content;
}
const said = (text: string): LanguageModelV4Prompt => [
  { role: 'system', content: 'Today is 2026-11-23 (UTC).\nConnected account: Demo (acct_1), mode test.' },
  { role: 'user', content: [{ type: 'text', text }] },
];

async function answerTo(text: string, value: object): Promise<string> {
  const prompt = said(text);
  const [call] = await step(prompt);
  if (call?.type !== 'tool-call') throw new Error(`No call for: ${text}`);
  const { toolCallId, toolName } = call;
  prompt.push({
    role: 'assistant',
    content: [{ type: 'tool-call', toolCallId, toolName, input: JSON.parse(call.input) }],
  });
  prompt.push({
    role: 'tool',
    content: [{ type: 'tool-result', toolCallId, toolName, output: { type: 'json', value: value as never } }],
  });
  const [answer] = await step(prompt);
  return answer?.type === 'text' ? answer.text : '';
}

test.each([
  'What does our refund policy say?',
  'what is our refund policy?',
  'How long do people have to send goods back?',
  'What does the handbook say about complaints?',
  'Do we pay for return shipping?',
  'Are opened boxes taken back?',
  'search the knowledge base for warranty',
])('%s is looked up in the documents', async (text) => {
  expect(await step(said(text))).toMatchObject([{ toolName: 'search_knowledge' }]);
});

test.each([
  ['What is my balance?', 'retrieve_balance'],
  ['List my customers', 'list_customers'],
  ['Which invoices are overdue?', 'list_invoices'],
  ['Do we have any open disputes?', 'list_disputes'],
  ['Which invoices must Anna pay?', 'list_invoices'],
  ['Refund the last payment of Bob per our policy', 'search_objects'],
])('%s stays a matter of the account', async (text, _) => {
  const content = await step(said(text));
  expect(JSON.stringify(content)).not.toContain('search_knowledge');
});

test('passages are quoted with their citations, and nothing is made up where there are none', async () => {
  expect(await answerTo('What does our refund policy say?', found)).toBe(
    '> 30 days after delivery.\n> Unused goods only.\n\n— [policy.md, Time limit](/agents/agt_1/knowledge?document=doc_1&at=1)',
  );
  const nothing = await answerTo('search the knowledge base for warranty', { ...found, data: [] });
  expect(nothing).toBe('The documents this agent was given say nothing about that.');
});
