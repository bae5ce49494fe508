/** Where a link in an answer leads, and whether it may be followed. */
export interface LinkTarget {
  host: string;
  trusted: boolean;
}

const loopbackHosts = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The host of an http(s) address; null for anything else, `mailto:` among it, which is then plain text. Answers repeat
 * names that anybody may have chosen, links included: only Stripe's own pages, this machine's (a sandbox) and Purser's are
 * to be followed.
 */
export function linkTarget(href: string | undefined, ownOrigin: string): LinkTarget | null {
  // A path of Purser's own, as citations are written; `//elsewhere` is none.
  const isOwnPath = /^\/(?![/\\])/.test(href ?? '');
  const base = isOwnPath ? ownOrigin : undefined;
  if (!href || !URL.canParse(href, base)) return null;
  const url = new URL(href, base);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  const stripe =
    url.protocol === 'https:' && (url.hostname === 'stripe.com' || url.hostname.endsWith('.stripe.com'));
  const trusted = stripe || url.origin === ownOrigin || loopbackHosts.includes(url.hostname);
  return { host: url.host, trusted };
}
