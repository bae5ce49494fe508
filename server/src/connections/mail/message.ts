import MarkdownIt from 'markdown-it';

/** A mail as somebody wrote it. */
export interface Message {
  /** One address. */
  readonly to: string;
  readonly subject: string;
  /** Markdown. */
  readonly body: string;
  /** BCP 47, for screen readers and translators; default `en`. */
  readonly language?: string | undefined;
  /** Where whoever gets it unsubscribes; absent: it needs no consent. */
  readonly unsubscribe?: string | undefined;
}

// HTML in the text is shown, never obeyed; pictures are links, so that reading a mail loads nothing from elsewhere.
const markdown = new MarkdownIt('default', { html: false, linkify: true, breaks: true }).disable('image');

/** The whole HTML of a mail: what its reader sees, without script, remote font or picture. */
export function htmlOf(
  { subject, body, language = 'en', unsubscribe }: Omit<Message, 'to'>,
  footer: string,
): string {
  const { escapeHtml } = markdown.utils;
  return `<!doctype html>
<html lang="${escapeHtml(language)}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><title>${escapeHtml(subject)}</title></head>
<body style="margin:0;padding:24px;font:16px/1.5 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
<div style="max-width:36em;margin:0 auto">
${markdown.render(body)}<p style="margin-top:2em;font-size:13px;opacity:.7">${escapeHtml(footer)}${unsubscribe ? `<br><a href="${escapeHtml(unsubscribe)}">Unsubscribe</a>` : ''}</p>
</div></body></html>
`;
}

/** The text part: Markdown reads well as it is, but for links and signs that were escaped. */
export function textOf({ body, unsubscribe }: Pick<Message, 'body' | 'unsubscribe'>, footer: string): string {
  const plain = body
    .trim()
    .replace(/\[([^\]\n]+)\]\(([^()\s]+)\)/g, '$1: $2')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1');
  return `${plain}\n\n-- \n${footer}\n${unsubscribe ? `Unsubscribe: ${unsubscribe}\n` : ''}`;
}
