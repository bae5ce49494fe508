import { refused } from './resource.ts';

/** Schemes a page may never lead to, since they run or show what the caller wrote. */
const forbidden = /^(?:javascript|data|vbscript|blob|file):/i;

/** Throws Stripe's 400 `url_invalid` unless the text is an address with a scheme, of a web page or an app. */
export function requireUrl(url: string, param: string): void {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(url))
    throw refused(param, 'Invalid URL: An explicit scheme (such as https) must be provided.', 'url_invalid');
  if (forbidden.test(url) || !URL.canParse(url)) throw refused(param, 'Not a valid URL', 'url_invalid');
}
