import { asText, fillTemplate, type MailText } from '../../connections/mail/template.ts';
import { ToolError } from '../../tools/tool.ts';
import { dateIn, moneyIn } from '../formats.ts';
import { textFor } from '../mail-texts.ts';
import type { Arrears } from './arrears.ts';
import { type DunningSettings, letterKind } from './settings.ts';
import { languages, letterVariables } from './words.ts';

export interface Letter extends MailText {
  readonly to: string;
  readonly language: string;
}

/**
 * What the n-th mail about an invoice says, counted from 1: by why the payment failed, in the customer's language.
 * @throws ToolError where there is nobody to write to
 */
export function letterOf(
  arrears: Arrears,
  step: number,
  { settings, business, timeZone }: { settings: DunningSettings; business: string; timeZone: string },
): Letter {
  const { customer, declineClass, nextAttempt, number } = arrears;
  if (!customer.email)
    throw new ToolError(
      'no_address',
      `There is no e-mail address on the invoice ${number} or its customer.`,
      {
        next: 'Add one to the customer in Stripe.',
      },
    );
  const link = declineClass === 'authenticate' ? arrears.page : (settings.cardPage ?? arrears.page);
  if (!link)
    throw new ToolError('no_page', `The invoice ${number} has no page to be paid on.`, {
      next: 'Finalize it, or set a page where customers change their card in the settings of the playbook.',
    });
  const kind = letterKind(step, settings.steps.length);
  const { language, words, text } = textFor(kind, {
    languages: [...arrears.languages, settings.language],
    ...{ own: settings.templates, builtIn: languages },
  });
  const filled = fillTemplate(text, letterVariables, {
    greeting: words.greeting(customer.name && asText(customer.name)),
    name: customer.name ?? '',
    business,
    amount: moneyIn(language, arrears.open),
    invoice: number,
    reason: arrears.isExpired ? words.expired : words.reason[declineClass],
    remedy: words.remedy[declineClass],
    action: declineClass === 'authenticate' ? words.action.authenticate : words.action.pay,
    next_attempt: nextAttempt ? words.nextAttempt(dateIn(language, nextAttempt, timeZone)) : '',
    link,
  });
  return { to: customer.email, language, ...filled };
}
