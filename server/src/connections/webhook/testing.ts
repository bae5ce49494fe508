/** For tests: a receiver's check of a delivery, as a Standard Webhooks library makes it. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { PeerRequest } from '../testing-peer.ts';

/** What was sent, once its signature is right. @throws Error where it is not */
export function verified(secret: string, { headers, raw }: Pick<PeerRequest, 'headers' | 'raw'>): unknown {
  const [id, at, given] = ['id', 'timestamp', 'signature'].map((name) => String(headers[`webhook-${name}`]));
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const own = createHmac('sha256', key).update(`${id}.${at}.${raw}`).digest();
  const fits = (given ?? '').split(' ').some((each) => {
    const [version, signature = ''] = each.split(',');
    const theirs = Buffer.from(signature, 'base64');
    return version === 'v1' && theirs.length === own.length && timingSafeEqual(theirs, own);
  });
  if (!fits) throw new Error('The signature is wrong.');
  return JSON.parse(raw);
}
