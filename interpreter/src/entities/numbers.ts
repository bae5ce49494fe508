const small: Record<string, number> = {
  zero: 0,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  thirteen: 13,
  fourteen: 14,
  fifteen: 15,
  sixteen: 16,
  seventeen: 17,
  eighteen: 18,
  nineteen: 19,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fourty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
};
const scales: Record<string, number> = {
  dozen: 12,
  hundred: 100,
  thousand: 1000,
  grand: 1000,
  million: 1_000_000,
};

const word = `(?:${[...Object.keys(small), ...Object.keys(scales)].join('|')})`;

/** Matches a number in words: `fifty`, `twenty-five`, `a hundred and ten`. */
export const numberWords = `(?:(?:an? )?${word}(?:(?:[ -]| and )${word})*(?: and a half)?|half a dozen)`;

/** Matches a number in digits, grouped or not, with decimals, with k or m for thousands and millions. */
export const numberDigits = String.raw`(?:\d{1,3}(?:\.\d{3})+(?=,\d{1,2}(?!\d))|\d{1,3}(?:[,' ]\d{3})+(?!\d)|\d{1,3}(?:\.\d{3}){2,}(?!\d)|\d+)(?:[.,]\d{1,3}(?!\d)|[.,]-{1,2})?(?:\s?(?:[kK]|mio|[mM])\b)?`;

/** The value of a number in words, or undefined: `twenty-five hundred` is 2500. */
export function valueOfWords(text: string): number | undefined {
  let total = 0;
  let group = 0;
  let seen = false;
  const spoken = text.toLowerCase();
  if (spoken === 'half a dozen') return 6;
  const half = spoken.endsWith(' and a half') ? 0.5 : 0;
  for (const part of spoken.replace(/ and a half$/, '').split(/[ -]+/)) {
    if (part === 'and') continue;
    if (part === 'a' || part === 'an') {
      group = 1;
      continue;
    }
    const value = small[part];
    const scale = scales[part];
    if (value !== undefined) group += value;
    else if (scale === 12) group = Math.max(group, 1) * 12;
    else if (scale === 100) group = Math.max(group, 1) * 100;
    else if (scale !== undefined) {
      total += Math.max(group, 1) * scale;
      group = 0;
    } else return undefined;
    seen = true;
  }
  return seen ? total + group + half : undefined;
}

/**
 * Digits as people write them → an exact decimal: `1,250.50`, `1.250,50`, `5k`, `1'000`. Undefined where the marks
 * allow two readings that differ a thousandfold and nothing decides (`1.250` alone is 1.25).
 */
export function decimalOfDigits(text: string): string | undefined {
  const match = /^([\d.,' ]*\d)\s?(k|K|m|M|mio)?$/.exec(text.trim().replace(/[.,]-+$/, ''));
  if (!match) return undefined;
  const plain = withoutGrouping(match[1] ?? '');
  const zeros = match[2] ? (match[2].toLowerCase() === 'k' ? 3 : 6) : 0;
  return plain === undefined ? undefined : shifted(plain, zeros);
}

function withoutGrouping(text: string): string | undefined {
  const spaced = text.replace(/[' ]/g, '');
  const comma = spaced.lastIndexOf(',');
  const dot = spaced.lastIndexOf('.');
  if (comma >= 0 && dot >= 0) {
    return comma > dot ? spaced.replaceAll('.', '').replace(',', '.') : spaced.replaceAll(',', '');
  }
  if (comma >= 0)
    return /^\d{1,3}(,\d{3})+$/.test(spaced) ? spaced.replaceAll(',', '') : spaced.replace(',', '.');
  if (/^\d{1,3}(\.\d{3}){2,}$/.test(spaced)) return spaced.replaceAll('.', '');
  return /^\d+(\.\d+)?$/.test(spaced) ? spaced : undefined;
}

/** The decimal point moved to the right, on the digits themselves. */
function shifted(decimal: string, places: number): string {
  const [whole = '0', fraction = ''] = decimal.split('.');
  const moved = fraction.padEnd(places, '0');
  const rest = moved.slice(places);
  const digits = (whole + moved.slice(0, places)).replace(/^0+(?=\d)/, '');
  return rest ? `${digits}.${rest}` : digits;
}

const anyNumber = new RegExp(`(?<![\\p{L}\\d_])(?:${numberDigits}|${numberWords})(?![\\p{L}\\d_])`, 'giu');

/** Every number a text names, in digits or words, as exact decimals. */
export function readNumbers(text: string): string[] {
  return [...text.matchAll(anyNumber)].flatMap(([found]) => {
    const decimal = decimalOfDigits(found) ?? valueOfWords(found)?.toString();
    return decimal === undefined ? [] : [decimal];
  });
}
