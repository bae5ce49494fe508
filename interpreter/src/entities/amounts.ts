import { currencies } from '@purser/money';
import type { EntityValue, Unread } from './entity.ts';
import { decimalOfDigits, numberDigits, numberWords, valueOfWords } from './numbers.ts';

/** Currency signs. A dollar or krona sign alone follows the account's own currency where that is one of them. */
const signs: Record<string, string> = {
  us$: 'usd',
  a$: 'aud',
  au$: 'aud',
  c$: 'cad',
  ca$: 'cad',
  nz$: 'nzd',
  hk$: 'hkd',
  s$: 'sgd',
  r$: 'brl',
  mx$: 'mxn',
  $: 'dollar',
  '€': 'eur',
  '£': 'gbp',
  '¥': 'jpy',
  '￥': 'jpy',
  '₹': 'inr',
  '₩': 'krw',
  '₺': 'try',
  '₪': 'ils',
  '₫': 'vnd',
  '฿': 'thb',
  zł: 'pln',
  kr: 'krona',
  円: 'jpy',
};

/** What people call their money. */
const names: readonly (readonly [pattern: string, currency: string])[] = [
  ['us dollars?|american dollars?', 'usd'],
  ['canadian dollars?', 'cad'],
  ['australian dollars?|aussie dollars?', 'aud'],
  ['new zealand dollars?', 'nzd'],
  ['singapore dollars?', 'sgd'],
  ['hong kong dollars?', 'hkd'],
  ['dollars?|bucks?', 'dollar'],
  ['euros?', 'eur'],
  ['british pounds?|pounds? sterling|pounds?|quid', 'gbp'],
  ['yens?', 'jpy'],
  ['yuan|rmb|renminbi', 'cny'],
  ['rupees?', 'inr'],
  ['swiss francs?|francs?', 'chf'],
  ['mexican pesos?', 'mxn'],
  ['reais', 'brl'],
  ['zlotys?', 'pln'],
  ['kron(?:a|or|er)', 'krona'],
  ['korean won|won', 'krw'],
  ['taiwan dollars?', 'twd'],
  ['swedish kron(?:a|or)', 'sek'],
  ['norwegian kron(?:e|er)', 'nok'],
  ['danish kron(?:e|er)', 'dkk'],
  ['rands?', 'zar'],
  ['shekels?', 'ils'],
  ['dirhams?', 'aed'],
  ['baht', 'thb'],
  ['turkish liras?|liras?', 'try'],
  ['forints?', 'huf'],
  ['ringgits?', 'myr'],
  ['chinese yuan', 'cny'],
];

/** Codes that are also English words or first names: only taken for money in capitals. */
const wordlikeCodes = new Set([
  'all',
  'try',
  'top',
  'mad',
  'pen',
  'gel',
  'sos',
  'mop',
  'amd',
  'bob',
  'bam',
  'cup',
  'lak',
  'std',
  'php',
  'pgk',
  'ron',
  'mur',
  'mop',
  'npr',
  'omr',
]);
const dollars = ['usd', 'cad', 'aud', 'nzd', 'sgd', 'hkd', 'twd', 'mxn'];
const kronas = ['sek', 'nok', 'dkk', 'isk'];

const escaped = (text: string) => text.replace(/[$]/g, '\\$');
const signPattern = Object.keys(signs)
  .sort((a, b) => b.length - a.length)
  .map(escaped)
  .join('|');
const codePattern = currencies
  .map((code) =>
    wordlikeCodes.has(code)
      ? code.toUpperCase()
      : `${code}|${code.toUpperCase()}|${code[0]?.toUpperCase()}${code.slice(1)}`,
  )
  .join('|');
const namePattern = names.map(([pattern]) => pattern).join('|');
const number = `${numberDigits}|${numberWords}`;

const signFirst = new RegExp(
  `(?<![\\p{L}\\d])(${signPattern})\\s?(${numberDigits})(?:\\s?(${codePattern})\\b)?`,
  'giu',
);
const codeFirst = new RegExp(`(?<![\\p{L}\\d_])(${codePattern})\\s?(${numberDigits})(?![\\p{L}\\d])`, 'gu');
const codeLast = new RegExp(`(?<![\\p{L}\\d_.,])(${numberDigits})\\s?(${codePattern})\\b`, 'gu');
const signLast = new RegExp(
  `(?<![\\p{L}\\d_.,])(${numberDigits})\\s?(${signPattern})(?![\\p{L}\\d$])`,
  'giu',
);
const nameLast = new RegExp(`(?<![\\p{L}\\d_.,])(${number})[\\s-](?:of )?(${namePattern})\\b`, 'giu');
const cents = new RegExp(`(?<![\\p{L}\\d_.,])(${number})\\s?(?:cents?|¢|pence)(?![\\p{L}])`, 'giu');

/** "7 dollars 50 a month", "12 euro fifty": the second number is the cents. */
const spokenCents = new RegExp(
  `(?<![\\p{L}\\d_.,])(${number})[\\s-](${namePattern}) (\\d{2}|(?:ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[ -](?:five|nine))?)(?=\\s*(?:[.,;!?]|$|(?:a|per|each|every|to|from|for|on|please)\\b))`,
  'giu',
);

/** "Twenty dollars and fifty cents", "$20 and 50 cents". */
const withCents = new RegExp(
  `(?<![\\p{L}\\d_.,])(?:(${signPattern})\\s?)?(${number})(?:[\\s-](${namePattern}))?,? and (${number})[\\s-]?(?:cents?|pence)\\b`,
  'giu',
);

/**
 * Sums of money: `$29.99`, `fifty bucks`, `USD 1,250.50`, `¥5000`, `5k euros`, `1.250,50 €`.
 * @param currency the account's own, which decides what a bare dollar sign means.
 */
export function findAmounts(unread: Unread, currency: string): void {
  const own = (found: string) => ownCurrency(found, currency);
  unread.claim(spokenCents, ([, whole = '', name = '', part = '']) => {
    const [main, cent] = [decimalOfSpoken(whole), decimalOfSpoken(part)];
    if (!main || !cent || main.includes('.')) return undefined;
    return amountOf(`${main}.${cent.padStart(2, '0')}`, own(currencyNamed(name)));
  });
  unread.claim(withCents, ([, sign = '', whole = '', name = '', part = '']) => {
    const cent = decimalOfSpoken(part);
    const main = decimalOfSpoken(whole);
    if (!cent || !main || !/^\d{1,2}$/.test(cent) || main.includes('.') || (!sign && !name)) return undefined;
    return amountOf(
      `${main}.${cent.padStart(2, '0')}`,
      own(sign ? (signs[sign.toLowerCase()] ?? '') : currencyNamed(name)),
    );
  });
  unread.claim(signFirst, ([, sign = '', digits = '', code]) =>
    amountOf(decimalOfDigits(digits), code?.toLowerCase() ?? own(signs[sign.toLowerCase()] ?? '')),
  );
  unread.claim(codeLast, ([, digits = '', code = '']) =>
    amountOf(decimalOfDigits(digits), code.toLowerCase()),
  );
  unread.claim(codeFirst, ([, code = '', digits = '']) =>
    amountOf(decimalOfDigits(digits), code.toLowerCase()),
  );
  unread.claim(signLast, ([, digits = '', sign = '']) =>
    amountOf(decimalOfDigits(digits), own(signs[sign.toLowerCase()] ?? '')),
  );
  unread.claim(nameLast, ([, spoken = '', name = '']) =>
    amountOf(decimalOfSpoken(spoken), own(currencyNamed(name))),
  );
  unread.claim(cents, ([, spoken = '']) => amountOf(hundredth(decimalOfSpoken(spoken)), own('dollar')));
}

/** `20%`, `twenty percent`. */
export function findPercents(unread: Unread): void {
  unread.claim(/\bhalf[ -](?:price|off)\b/gi, () => ({ type: 'percent', percent: '50' }));
  unread.claim(
    new RegExp(`(?<![\\p{L}\\d.,])(${number})\\s?(?:%|percent|per cent|pct)`, 'giu'),
    ([, spoken = '']) => {
      const percent = decimalOfSpoken(spoken);
      return percent === undefined ? undefined : { type: 'percent', percent };
    },
  );
}

function decimalOfSpoken(text: string): string | undefined {
  return decimalOfDigits(text) ?? valueOfWords(text)?.toString();
}

function amountOf(decimal: string | undefined, currency: string): EntityValue | undefined {
  return decimal === undefined
    ? undefined
    : { type: 'amount', amount: { decimal, currency: currency || undefined } };
}

function currencyNamed(name: string): string {
  return names.find(([pattern]) => new RegExp(`^(?:${pattern})$`, 'i').test(name))?.[1] ?? '';
}

function ownCurrency(found: string, account: string): string {
  if (found === 'dollar') return dollars.includes(account) ? account : 'usd';
  if (found === 'krona') return kronas.includes(account) ? account : 'sek';
  if (found === 'jpy' && account === 'cny') return 'cny';
  return found;
}

/** Whole cents as a decimal in major units. */
function hundredth(cent: string | undefined): string | undefined {
  if (cent === undefined || !/^\d+$/.test(cent)) return undefined;
  const padded = cent.padStart(3, '0');
  return `${padded.slice(0, -2)}.${padded.slice(-2)}`;
}
