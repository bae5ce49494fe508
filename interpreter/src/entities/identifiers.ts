import { isOrdinaryWord } from '../normalise/vocabulary.ts';
import { channelPattern } from '../places.ts';
import type { Unread } from './entity.ts';
import { findPhones } from './phones.ts';
import { findTaxIds } from './tax-ids.ts';

/** What a Stripe id is the id of, by its prefix. */
const objectsByPrefix: Record<string, string> = {
  cus: 'customer',
  prod: 'product',
  price: 'price',
  plan: 'price',
  sub: 'subscription',
  si: 'subscription_item',
  in: 'invoice',
  ii: 'invoice_item',
  pi: 'payment_intent',
  ch: 'charge',
  py: 'charge',
  re: 'refund',
  pyr: 'refund',
  dp: 'dispute',
  du: 'dispute',
  po: 'payout',
  pm: 'payment_method',
  card: 'payment_method',
  src: 'payment_method',
  txn: 'balance_transaction',
  evt: 'event',
  acct: 'account',
  plink: 'payment_link',
  promo: 'promotion_code',
  seti: 'setup_intent',
  cs: 'checkout_session',
  sub_sched: 'subscription_schedule',
  cn: 'credit_note',
  qt: 'quote',
  tr: 'transfer',
  clock: 'test_clock',
  credgr: 'credit_grant',
  mtr: 'meter',
  we: 'webhook_endpoint',
  txr: 'tax_rate',
  txi: 'tax_id',
  prv: 'review',
  issfr: 'early_fraud_warning',
  file: 'file',
  frr: 'report_run',
  areq: 'approval_request',
  cbtxn: 'customer_balance_transaction',
};

const longestFirst = Object.keys(objectsByPrefix).sort((a, b) => b.length - a.length);
const idPattern = new RegExp(`\\b(${longestFirst.join('|')})_[A-Za-z0-9_]{1,80}\\b`, 'g');

/** The kind of object whose ids begin so: `qt_` is a quote. */
export function kindOfId(prefix: string): string | undefined {
  return objectsByPrefix[prefix.replace(/_$/, '')];
}

/** The kind of object an input takes the id of, as its description writes it: `("qt_…")`. */
export function kindOfInput({ description }: { readonly [key: string]: unknown }): string | undefined {
  return kindOfId(/"([a-z]+(?:_[a-z]+)*_)…"/.exec(String(description ?? ''))?.[1] ?? '');
}

/** Quoted text, e-mails, keys, ids, card and phone numbers: what can be known by its shape alone. */
export function findIdentifiers(unread: Unread): void {
  unread.claim(/\b(?:sk|rk|pk)_(?:test|live)\w*|\bwhsec_[A-Za-z0-9]*/g, () => ({
    type: 'secret',
  }));
  unread.claim(/"([^"\n]{1,300})"/g, (match) => readQuoted(match[1] ?? ''));
  unread.claim(/(?<![\p{L}\d])'([^'\n]{1,300}(?:'s [^'\n]{1,200})?)'(?![\p{L}\d])/gu, (match) =>
    readQuoted(match[1] ?? ''),
  );
  unread.claim(
    /(?<![\p{L}\d._%+-])[\p{L}\d._%+-]{1,64}@[\p{L}\d-]{1,63}(?:\.[\p{L}\d-]{1,63}){1,8}(?:'s\b)?/gu,
    (match) => ({
      type: 'email',
      email: match[0].replace(/'s$/, ''),
    }),
  );
  unread.claim(/\bhttps?:\/\/[^\s"',;]+[^\s"',;.)]/g, ([url]) => ({ type: 'url', url }));
  unread.claim(new RegExp(channelPattern, 'gu'), ([channel]) => ({ type: 'channel', channel }));
  unread.claim(repositoryPattern, ([repository]) =>
    /^(?:[A-Z]{3}\/|\p{Lu}\p{Ll}+\/\p{Lu}\p{Ll}+$)/u.test(repository) ||
    repository.split('/').every((part) => isOrdinaryWord(part.toLowerCase()))
      ? undefined
      : { type: 'repository', repository },
  );
  unread.claim(/\b(pm_card_[A-Za-z0-9_]+)\b(?: ?\(test card [^)]*\))?/g, ([, card = '']) => ({
    type: 'card',
    card,
  }));
  unread.claim(idPattern, (match) => ({
    type: 'id',
    id: match[0],
    object: objectsByPrefix[match[1] ?? ''] ?? '',
  }));
  findTaxIds(unread);
  findPhones(unread, 'labelled');
  unread.claim(/\b\d(?:[ -]?\d){12,18}\b/g, (match) => {
    const digits = match[0].replace(/\D/g, '');
    return passesLuhn(digits) ? { type: 'card', card: digits } : undefined;
  });
  unread.claim(/(?<![•*xX])[•*xX]{2,16}(?:[ -][•*xX]{2,16}){0,4}[ -]?\d{4}\b|\[card[^\]]*\]/gi, () => ({
    type: 'hidden_card',
  }));
  findPhones(unread, 'shaped');
}

/** `acme/app`, where a place is named: no alternative such as "monthly/yearly". */
const repositoryPattern =
  /(?<=\b(?:in|on|to|at|of|for|from|repo|repository|github|issues?|under|into) )(?=[\w.-]*[A-Za-z])[\w.-]{1,60}\/(?=[\w.-]*[A-Za-z])[\w.-]*\w/gi;

function readQuoted(text: string): { type: 'quoted'; text: string } | { type: 'email'; email: string } {
  const inner = text.trim();
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(inner)) return { type: 'email', email: inner };
  return { type: 'quoted', text: inner.replace(/[.,;:]$/, '') };
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const value = index % 2 === 1 ? digit * 2 : digit;
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}
