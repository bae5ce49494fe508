import { money, parseMoney } from '@purser/money';
import { asText, fillTemplate, linkTo } from '../../connections/mail/template.ts';
import type { Json } from '../../tools/tool.ts';
import { dateIn, moneyIn } from '../formats.ts';
import { textFor } from '../mail-texts.ts';
import type { RunView } from '../playbook.ts';
import type { Payer } from './payer.ts';
import type { PaymentInput, PaymentSettings } from './settings.ts';
import { type LetterKind, languages, letterVariables } from './words.ts';

/** What `send_message` takes: how it ended, or where to confirm. */
export function letterOf(
  { settings, input, account, timeZone, now }: RunView<PaymentSettings, PaymentInput>,
  payer: Payer & { readonly email: string },
  kind: LetterKind,
  confirm?: { link: string; until: Date },
): { [key: string]: Json } {
  const { language, words, text } = textFor(kind, {
    languages: [...payer.languages, settings.language],
    ...{ own: settings.templates, builtIn: languages },
  });
  const { minor, currency } = parseMoney(input.amount, input.currency);
  const filled = fillTemplate(text, letterVariables, {
    greeting: words.greeting(payer.name && asText(payer.name)),
    name: payer.name ?? '',
    business: account.name,
    amount: moneyIn(language, money(minor, currency)),
    what: input.description ? words.what(asText(input.description)) : '',
    advice: settings.cardPage ? linkTo(words.update, settings.cardPage) : words.reply,
    until: dateIn(language, confirm?.until ?? now, timeZone),
    link: confirm?.link ?? 'https://stripe.com/',
  });
  return { to: payer.email, language, ...filled };
}
