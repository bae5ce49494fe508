/** What the settings of playbooks that write mail share: languages, and texts of the business's own. */
import { z } from 'zod';
import { templateProblems, type Variables } from '../connections/mail/template.ts';
import { quietHoursSchema } from './quiet-hours.ts';

const languageField = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z]{2,3}$/, 'A language such as en or de.');

export interface OwnText<Kind extends string> {
  readonly language: string;
  readonly kind: Kind;
  readonly subject: string;
  readonly body: string;
}

/** Texts in the place of the built-in ones; a variable that does not exist is refused. */
export function ownTexts<Kind extends string>(kinds: readonly Kind[], variables: Variables) {
  const text = z
    .strictObject({
      language: languageField,
      kind: z.enum(kinds),
      subject: z.string().trim().min(1).max(200),
      body: z.string().trim().min(1).max(10_000).describe('Markdown with {{variables}}.'),
    })
    .superRefine((template, context) => {
      for (const { path, message } of templateProblems(template, variables))
        context.addIssue({ code: 'custom', path: [path], message });
    });
  return z
    .array(text)
    .max(40)
    .default([])
    .describe(
      `Texts in the place of the built-in ones, by language and kind. Variables: ${Object.keys(variables)
        .map((name) => `{{${name}}}`)
        .join(', ')}.`,
    );
}

/** How a playbook writes to customers, the same for all that do. */
export const letterFields = <Kind extends string>(kinds: readonly Kind[], variables: Variables) => ({
  language: languageField.default('en').describe('For customers whose own language is not known.'),
  templates: ownTexts(kinds, variables),
});

/** And when: nobody is reminded in the night of what they owe. */
export const reminderFields = <Kind extends string>(kinds: readonly Kind[], variables: Variables) => ({
  quietHours: quietHoursSchema
    .nullable()
    .default({ from: '20:00', to: '08:00' })
    .describe('No reminder goes out in these hours of the account’s time zone.'),
  ...letterFields(kinds, variables),
});

/** The text for a customer in the first of their languages there is one for. */
export function textFor<
  Kind extends string,
  Words extends { readonly letters: Record<Kind, { subject: string; body: string }> },
>(
  kind: Kind,
  wanted: {
    languages: readonly string[];
    own: readonly OwnText<Kind>[];
    builtIn: { readonly en: Words } & { readonly [language: string]: Words };
  },
): { language: string; words: Words; text: { subject: string; body: string } } {
  const { languages, own, builtIn } = wanted;
  const ownIn = (language: string) => own.find((text) => text.language === language && text.kind === kind);
  const has = (language: string) => ownIn(language) !== undefined || Object.hasOwn(builtIn, language);
  const language = languages.find(has) ?? 'en';
  // A language that only the business itself writes takes its small words from English.
  const words = builtIn[language] ?? builtIn.en;
  return { language, words, text: ownIn(language) ?? words.letters[kind] };
}

/** As a customer at Stripe prefers them: `de-AT` is `de`. */
export function languagesOf(preferred: readonly string[] | null | undefined): string[] {
  return (preferred ?? []).flatMap((locale) => locale.toLowerCase().split('-')[0] ?? []);
}
