import { expect, test } from 'vitest';
import { createBuiltinModel } from '../../model.ts';
import { startConversation } from '../../testing/conversation.ts';
import { declareTool, toolDeclarations } from '../../testing/tool-declarations.ts';

/** Tools that no act knows: what is called must come from their words and schemas alone. */
const strange = [
  declareTool({
    name: 'create_voucher',
    effect: 'money',
    fields: ['coupon', 'code?', 'customer?'],
    action: 'create',
    object: 'gift_voucher',
    synonyms: [],
  }),
  declareTool({
    name: 'freeze_account',
    effect: 'write',
    fields: ['customer', 'note?'],
    action: 'freeze',
    object: 'wallet',
    synonyms: [],
  }),
  declareTool({
    name: 'create_tax_rate',
    effect: 'write',
    fields: ['display_name', 'percentage:number', 'inclusive:boolean', 'country?'],
    action: 'create',
    object: 'tax_rate',
    synonyms: ['vat'],
  }),
  declareTool({
    name: 'list_tax_rates',
    effect: 'read',
    fields: ['limit:integer?'],
    action: 'list',
    object: 'tax_rate',
    synonyms: ['vat'],
  }),
  declareTool({
    name: 'top_up_wallet',
    effect: 'money',
    fields: ['customer', 'amount', 'currency'],
    action: 'top up',
    object: 'wallet',
    synonyms: ['credit wallet'],
  }),
];
const model = createBuiltinModel({ now: () => new Date('2026-11-23T12:00:00Z') });

async function firstCall(text: string): Promise<unknown> {
  const { content } = await model.doGenerate({
    prompt: [{ role: 'user', content: [{ type: 'text', text }] }],
    tools: [...toolDeclarations, ...strange],
  });
  const [part] = content;
  return part?.type === 'tool-call' ? [part.toolName, JSON.parse(part.input)] : part?.type;
}

test.each([
  [
    'create a gift voucher WELCOME for coupon SPRING10',
    'create_voucher',
    { coupon: 'SPRING10', code: 'WELCOME' },
  ],
  ["freeze Bob Loblaw's wallet", 'freeze_account', { customer: 'Bob Loblaw' }],
  ['please freeze the wallet of bob@x.com', 'freeze_account', { customer: 'bob@x.com' }],
  [
    'create a tax rate of 19% called "VAT" for Germany, exclusive',
    'create_tax_rate',
    { display_name: 'VAT', percentage: 19, inclusive: false, country: 'DE' },
  ],
  ['which tax rates are there?', 'list_tax_rates', {}],
  [
    "credit Bob Loblaw's wallet with $15",
    'top_up_wallet',
    { customer: 'Bob Loblaw', amount: '15', currency: 'usd' },
  ],
])('%s', async (text, tool, input) => {
  expect(await firstCall(text)).toEqual([tool, input]);
});

test.each([
  ['a value that no input holds', "freeze Bob Loblaw's wallet for $15"],
  ['a condition', "freeze Bob Loblaw's wallet if he does not pay"],
  ['a negation', "do not freeze Bob Loblaw's wallet"],
  ['a question', "can I freeze Bob Loblaw's wallet?"],
  ['a missing input', 'create a tax rate called "VAT" for Germany, exclusive'],
])('%s keeps such a tool from being called', async (_, text) => {
  const called = await firstCall(text);
  expect(called === 'text' || JSON.stringify(called).includes('"get_')).toBe(true);
});

test('the instructions can forbid an act altogether', async () => {
  const conversation = startConversation({
    instructions: 'We are Acme. Never delete customers. Never refund over $500.',
  });
  const told = await conversation.say('delete old@example.com');
  expect([told.written, told.text]).toEqual([
    [],
    'I changed nothing: the instructions say "Never delete customers."',
  ]);
});

test('goods and terms of the instructions fill in what was left out', async () => {
  const instructions = 'We sell the "Care Plan" for $35 a month. Invoices are due in 10 days.';
  const { written } = await startConversation({ instructions }).say('create the Care Plan product');
  expect(written[0]?.input).toEqual({ name: 'Care Plan', amount: '35', currency: 'usd', interval: 'month' });
  const { written: billed } = await startConversation({ instructions }).say(
    'invoice Bob Loblaw $300 for design work',
  );
  expect(billed[0]?.input).toMatchObject({ amount: '300', days_until_due: 10 });
});
