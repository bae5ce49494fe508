import { html } from 'hono/html';

/** A piece of a page. What is put into `html` as text is escaped; only other pieces are taken as they are. */
export type Html = ReturnType<typeof html>;

export const stylePath = '/_sandbox/pages.css';

interface Layout {
  readonly title: string;
  /** One column for a message, two for an order beside its payment. */
  readonly shape: 'narrow' | 'two' | 'wide';
  readonly body: Html;
  readonly livemode?: boolean;
}

/** The frame of every page: what it is, that no money moves, and nothing from anywhere else. */
export function layout({ title, shape, body, livemode = false }: Layout): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="stylesheet" href="${stylePath}">
</head>
<body>
<header class="banner"><strong>${livemode ? 'Simulated live mode' : 'Test mode'}</strong> · a sandbox page: no money moves, only test details work</header>
<main class="${shape}">${body}</main>
</body>
</html>`;
}

/** A page that only says something. */
export function messagePage(title: string, text: string, more: Html | null = null): Html {
  return layout({
    title,
    shape: 'narrow',
    body: html`<div class="card"><h1 class="plain">${title}</h1><p>${text}</p>${more}</div>`,
  });
}
