import { expect, test } from 'vitest';
import { htmlOf, textOf } from './message.ts';
import { fillTemplate, templateProblems } from './template.ts';

const variables = { name: 'text', amount: 'text', link: 'link', note: 'words' } as const;
const text = {
  subject: 'Your {{amount}}',
  body: 'Dear {{name}},\n\n**{{ amount }}** is open.\n\n{{note}}\n\n[Pay now]({{link}})',
};
const values = { name: 'Dora Díaz-Meyer', amount: '$25.00', link: 'https://pay.example/i/1', note: '' };

test('a template is filled in, as text and as HTML', () => {
  const filled = fillTemplate(text, variables, values);
  expect(filled.subject).toBe('Your $25.00');
  expect(textOf(filled, 'Northwind')).toBe(
    'Dear Dora Díaz-Meyer,\n\n**$25.00** is open.\n\nPay now: https://pay.example/i/1\n\n-- \nNorthwind\n',
  );
  const html = htmlOf({ ...filled, language: 'de' }, 'Northwind');
  expect(html).toContain('<html lang="de">');
  expect(html).toContain('Dear Dora Díaz-Meyer,');
  expect(html).toContain('<a href="https://pay.example/i/1">Pay now</a>');
});

test.each([
  'www.evil.example',
  'https://evil.example/x',
  '[click](https://evil.example)',
  '<b>x</b> # y',
  'evil@evil.example',
  'a\n\n# b',
  '1. one',
  '- x',
  '&lt;b&gt;',
  'Loblaw & Sons, Inc.',
])('the name %j opens no link and no heading', (name) => {
  const filled = fillTemplate(text, variables, { ...values, name });
  const html = htmlOf(filled, '');
  expect(html.match(/<a /g)).toHaveLength(1);
  expect(html).not.toMatch(/<h1|<b>/);
  expect(textOf(filled, '')).toContain(`Dear ${name.replace(/\s+/g, ' ')},`);
});

test('a subject is one line, whatever a value holds', () => {
  const { subject } = fillTemplate(text, variables, { ...values, amount: '$1\r\nBcc: x@example.com' });
  expect(subject).toBe('Your $1 Bcc: x@example.com');
});

test('an address that is none is not put into a mail', () => {
  const hostile = { ...values, link: 'javascript:alert(1)' };
  expect(() => fillTemplate(text, variables, hostile)).toThrow(/javascript/);
  const odd = fillTemplate(text, variables, { ...values, link: 'https://pay.example/(1)' });
  expect(odd.body).toContain('(https://pay.example/%281%29)');
});

test('unknown variables and addresses in a subject are named with what there is', () => {
  expect(templateProblems(text, variables)).toEqual([]);
  const problems = templateProblems(
    { subject: 'Pay {{link}}', body: 'Dear {{nmae}} {{constructor}}' },
    variables,
  );
  expect(problems.map(({ path }) => path)).toEqual(['subject', 'body', 'body']);
  expect(problems[1]?.message).toContain('{{name}}');
});
