import { createHash } from 'node:crypto';
import type { Mode } from '../../tools/account.ts';
import { ConnectionProblem, type KeyInfo } from '../connection.ts';

/** A Stripe key's form, read from its prefix. The key itself is never part of a message. */
export interface ApiKey extends KeyInfo {
  readonly secret: string;
  readonly mode: Mode;
}

const where = 'Copy a secret key (sk_…) or restricted key (rk_…) from https://dashboard.stripe.com/apikeys.';

/** What people paste instead, by how it begins. */
const mistaken: readonly { begins: RegExp; code: string; message: string }[] = [
  {
    begins: /^pk_(test|live)_/,
    code: 'key_publishable',
    message: 'This is a publishable key (pk_…): it is made for browsers and may not read the account.',
  },
  {
    begins: /^whsec_/,
    code: 'key_webhook_secret',
    message: 'This is the signing secret of a webhook endpoint, not an API key.',
  },
  {
    begins: /^sk_org_/,
    code: 'key_organization',
    message: 'This is the key of an organisation; a connection is for one account.',
  },
  {
    begins: /^(ek|ephkey)_/,
    code: 'key_malformed',
    message: 'This is an ephemeral key; it expires within the hour.',
  },
  { begins: /^ca_/, code: 'key_malformed', message: 'This is a Connect client id, not a key.' },
  { begins: /^acct_/, code: 'key_malformed', message: 'This is an account id, not a key.' },
  {
    begins: /^(pi|seti|cs)_.*secret/,
    code: 'key_malformed',
    message: 'This is the client secret of one payment, not a key.',
  },
  { begins: /^mk_/, code: 'key_malformed', message: 'This is the id of a key, not the key itself.' },
  {
    begins: /^(sk-|ghp_|gho_|github_pat_|xox[a-z]-|AIza|AKIA|SG\.|shp)/,
    code: 'key_other_product',
    message: 'This is a key of another product, not of Stripe.',
  },
];

function refuse(code: string, message: string, next = where): never {
  throw new ConnectionProblem(code, message, next);
}

/** First 16 hex digits of the key's SHA-256: enough to tell keys apart. */
function fingerprint(secret: string): string {
  return createHash('sha256').update(secret).digest('hex').slice(0, 16);
}

/**
 * Reads a pasted key. Space around it is dropped; anything else that is not a key is refused with its own message.
 * @throws ConnectionProblem `key_missing`, `key_malformed`, `key_masked`, `key_publishable`, `key_webhook_secret`, …
 */
export function parseApiKey(pasted: string): ApiKey {
  const text = pasted.trim();
  if (text === '') refuse('key_missing', 'No key was given.');
  for (const { begins, code, message } of mistaken) if (begins.test(text)) refuse(code, message);
  if (/[*•…]|\.\.\./.test(text)) {
    refuse(
      'key_masked',
      'This key is masked: the Dashboard shows only part of it.',
      'Reveal the key in the Dashboard, or make a new one, and copy all of it.',
    );
  }
  if (/\s/.test(text))
    refuse('key_malformed', 'The key has space inside it: more than the key was copied, or it broke in two.');
  const form = /^(sk|rk)_(test|live)_[A-Za-z0-9_]{3,500}$/.exec(text);
  if (!form)
    refuse(
      'key_malformed',
      'This does not look like a Stripe key: those begin with sk_ or rk_, then test_ or live_.',
    );
  return {
    secret: text,
    mode: form[2] === 'live' ? 'live' : 'test',
    kind: form[1] === 'rk' ? 'restricted' : 'secret',
    last4: text.slice(-4),
    fingerprint: fingerprint(text),
  };
}
