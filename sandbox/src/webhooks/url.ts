import { refused } from '../resource.ts';

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * The address webhooks may be sent to. In live mode Stripe wants https; a simulated live account may also send to this
 * very machine without.
 */
export function checkedWebhookUrl(url: string, livemode: boolean): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(url))
    throw refused('url', 'Invalid URL: An explicit scheme (such as https) must be provided.', 'url_invalid');
  if (!URL.canParse(url)) throw refused('url', 'Not a valid URL', 'url_invalid');
  const { protocol, hostname } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') throw refused('url', 'Not a valid URL', 'url_invalid');
  if (livemode && protocol === 'http:' && !loopback.test(hostname)) {
    throw refused('url', `Invalid URL: ${url}. URLs in livemode must begin with "https://"`, 'url_invalid');
  }
  return url;
}
