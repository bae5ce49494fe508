import { type Money, money } from '@purser/money';
import { asText, fillTemplate, linkTo } from '../../connections/mail/template.ts';
import type { Json } from '../../tools/tool.ts';
import { dateIn, moneyIn } from '../formats.ts';
import { textFor } from '../mail-texts.ts';
import type { RunView } from '../playbook.ts';
import type { Buyer, Line } from './quote.ts';
import type { OrderInput, OrderSettings } from './settings.ts';
import { type LetterKind, languages, letterVariables } from './words.ts';

/** What `send_message` takes: how the order stands, or where to pay it. */
export function letterOf(
  { settings, input, account, timeZone, now }: RunView<OrderSettings, OrderInput>,
  kind: LetterKind,
  about: {
    readonly buyer: Buyer & { readonly email: string };
    readonly lines: readonly Line[];
    readonly total: Money;
    readonly refunded?: Money;
    readonly pay?: { readonly url: string; readonly until: Date };
  },
): { [key: string]: Json } {
  const { buyer, lines, total, refunded = total, pay } = about;
  const { language, words, text } = textFor(kind, {
    languages: [...buyer.languages, settings.language],
    ...{ own: settings.templates, builtIn: languages },
  });
  const filled = fillTemplate(text, letterVariables, {
    greeting: words.greeting(buyer.name && asText(buyer.name)),
    name: buyer.name ?? '',
    business: account.name,
    order: input.reference ?? '',
    items: lines.map((line) => `- ${inWords(line, language)}`).join('\n'),
    total: moneyIn(language, total),
    refund: moneyIn(language, refunded),
    until: dateIn(language, pay?.until ?? now, timeZone),
    action: pay ? linkTo(words.pay, pay.url) : '',
  });
  return { to: buyer.email, language, ...filled };
}

function inWords({ quantity, name, unit }: Line, language: string): string {
  const sum = money(unit.minor * BigInt(quantity), unit.currency);
  return `${quantity} × ${asText(name)}: ${moneyIn(language, sum)}`;
}
