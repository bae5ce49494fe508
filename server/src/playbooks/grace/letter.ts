import { asText, fillTemplate } from '../../connections/mail/template.ts';
import type { Json } from '../../tools/tool.ts';
import { dateIn, moneyIn } from '../formats.ts';
import { textFor } from '../mail-texts.ts';
import type { Surroundings } from '../playbook.ts';
import type { Overdue } from './overdue.ts';
import type { GraceSettings } from './settings.ts';
import { type LetterKind, languages, letterVariables } from './words.ts';

/** What `send_message` takes; null where there is no address, or no page to pay on. */
export function letterOf(
  { settings, account, timeZone }: Pick<Surroundings, 'account' | 'timeZone'> & { settings: GraceSettings },
  { customer, invoice }: Overdue,
  kind: LetterKind,
  end: Date,
): { [key: string]: Json } | null {
  if (!customer.email || !invoice.page) return null;
  const { language, words, text } = textFor(kind, {
    languages: [...customer.languages, settings.language],
    ...{ own: settings.templates, builtIn: languages },
  });
  const filled = fillTemplate(text, letterVariables, {
    greeting: words.greeting(customer.name && asText(customer.name)),
    name: customer.name ?? '',
    business: account.name,
    amount: moneyIn(language, invoice.open),
    invoice: invoice.number,
    date: dateIn(language, end, timeZone),
    what: (kind === 'warning' ? words.will : words.was)[settings.action],
    link: invoice.page,
  });
  return { to: customer.email, language, ...filled };
}
