import { randomBytes } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const idLength = 20;
/** Bytes from here on are thrown away: they would make the first letters of the alphabet likelier. */
const fairBytes = 256 - (256 % alphabet.length);

/** A new id: `newId('agt')` → `agt_3kTMd42fAEOVjPx1Zc0Q`. Letters and digits, 119 random bits. */
export function newId(prefix: string): string {
  let id = '';
  while (id.length < idLength) {
    for (const byte of randomBytes(idLength)) {
      if (byte < fairBytes && id.length < idLength) id += alphabet[byte % alphabet.length];
    }
  }
  return `${prefix}_${id}`;
}
