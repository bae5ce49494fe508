import { createHash, randomFillSync } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const codes = Buffer.from(alphabet, 'latin1');
const pool = new Uint8Array(4096);
let used = pool.length;
const longest = 256;
const scratch = Buffer.alloc(longest);

/** Random characters as in Stripe's ids: base 62. At most 256. */
export function randomText(length: number): string {
  if (length > longest) throw new RangeError(`At most ${longest} random characters, not ${length}`);
  for (let at = 0; at < length; ) {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    const byte = pool[used++] ?? 255;
    // 248 is the largest multiple of 62 in a byte; beyond it some characters would be likelier.
    if (byte < 248) scratch[at++] = codes[byte % 62] ?? 0;
  }
  return scratch.toString('latin1', 0, length);
}

/** Random decimal digits, as banks number things. */
export function randomDigits(length: number): string {
  return digitsOf(randomText(length));
}

function digitsOf(text: string): string {
  return [...text].map((mark) => alphabet.indexOf(mark) % 10).join('');
}

/** An id in Stripe's manner: `cus_` and random characters. */
export function newId(prefix: string, length = 14): string {
  return `${prefix}_${randomText(length)}`;
}

/** The same text for the same input, always: an account's id from its key. */
export function derivedText(input: string, length: number): string {
  let text = '';
  for (const byte of createHash('sha512').update(input).digest()) {
    if (byte < 248) text += alphabet[byte % 62];
    if (text.length === length) break;
  }
  return text;
}

/** The same digits for the same input. */
export function derivedDigits(input: string, length: number): string {
  return digitsOf(derivedText(input, length));
}
