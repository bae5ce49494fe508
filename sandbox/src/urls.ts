import { refused } from './resource.ts';

/** Schemes a page may never lead to, since they run or show what the caller wrote. */
const forbidden = /^(?:javascript|data|vbscript|blob|file):/i;

/** Throws Stripe's 400 `url_invalid` unless the text is an address with a scheme, of a web page or an app. */
export function requireUrl(url: string, param: string): void {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(url))
    throw refused(param, 'Invalid URL: An explicit scheme (such as https) must be provided.', 'url_invalid');
  if (forbidden.test(url) || !URL.canParse(url)) throw refused(param, 'Not a valid URL', 'url_invalid');
}

/** A domain in small letters. Throws Stripe's 400 for what is no domain: an address, a path, a port. */
export function requireDomain(name: string, param: string): string {
  const domain = name.toLowerCase();
  if (/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(domain)) return domain;
  throw refused(
    param,
    `The domain name \`${name}\` is invalid: pass a name without scheme, path and port, such as example.com.`,
  );
}
