/**
 * Mail templates: Markdown with `{{variables}}`. What a variable holds stays text, whatever somebody wrote into a name:
 * it opens no link and no heading. Addresses go only where the template has a link.
 */

/**
 * `text`: what somebody wrote, shown as it is. `words`: text of our own making, an amount, a date. `link`: an http(s) address
 * for `[…]({{…}})`.
 */
export type VariableKind = 'text' | 'words' | 'link';
export type Variables = { readonly [name: string]: VariableKind };
export type Values<Names extends Variables> = { readonly [name in keyof Names]: string };

/** What a person may edit. */
export interface MailText {
  readonly subject: string;
  /** Markdown. */
  readonly body: string;
}

const placeholder = /\{\{\s*([a-z_]*)\s*\}\}/g;
/** What Markdown would read as a sign: anywhere, within what looks like an address, and at a line's beginning. */
const signs = /[\\`*_{}[\]()<>#~|!]|[.:@/&](?=\S)|^[-+]|(?<=^\d+)[.)]/g;

/** What is wrong with a text as a template, in words; empty when it can be used. */
export function templateProblems(
  text: MailText,
  variables: Variables,
): { path: 'subject' | 'body'; message: string }[] {
  const known = Object.keys(variables);
  return (['subject', 'body'] as const).flatMap((path) =>
    [...text[path].matchAll(placeholder)].flatMap(([whole, name = ''], _index) => {
      const kind = Object.hasOwn(variables, name) ? variables[name] : undefined;
      if (kind === undefined)
        return [
          {
            path,
            message: `There is no variable ${whole}. There are: ${known.map((each) => `{{${each}}}`).join(', ')}.`,
          },
        ];
      if (kind === 'link' && path === 'subject')
        return [{ path, message: `${whole} is an address: use it in the body, as [words](${whole}).` }];
      return [];
    }),
  );
}

/** Fills a template in. An empty line that only a variable without value stood on goes away. */
export function fillTemplate<Names extends Variables>(
  text: MailText,
  variables: Names,
  values: Values<Names>,
): MailText {
  const filledWith = (name: string) => (Object.hasOwn(values, name) ? (values[name] ?? '') : '');
  const subject = text.subject.replace(placeholder, (_, name: string) => filledWith(name));
  const body = text.body.replace(placeholder, (_, name: string) => {
    const value = filledWith(name);
    return variables[name] === 'link' ? address(value) : variables[name] === 'text' ? asText(value) : value;
  });
  return {
    subject: subject.replace(/\s+/g, ' ').trim().slice(0, 200),
    body: body.replace(/\n{3,}/g, '\n\n').trim(),
  };
}

/** A name as one line of text that Markdown shows as it is. */
export const asText = (value: string) => value.replace(/\s+/g, ' ').trim().replace(signs, '\\$&');

/** A link of our own making, for a variable of words. */
export const linkTo = (label: string, url: string) => `[${asText(label)}](${address(url)})`;

/** @throws Error for what is no http(s) address: it would be a fault of ours */
function address(value: string): string {
  const url = new URL(value);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new Error(`${url.protocol} is no address for a mail.`);
  return url.href.replace(/[()]/g, (sign) => (sign === '(' ? '%28' : '%29'));
}
