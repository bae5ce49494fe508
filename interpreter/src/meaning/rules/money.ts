import { only, type Rule } from './seen.ts';

export const refundRule: Rule = (seen) =>
  /\brefunds? (?:history|status|list|overview|summary|totals?|statistics|rate|log|count)\b/.test(seen.phrase)
    ? only('list', 'refund')
    : refundOrder(seen);

const refundOrder: Rule = (seen) =>
  seen.first === undefined &&
  seen.reading.objects.some(({ object, plural }) => object === 'refund' && plural) &&
  !seen.has('refund')
    ? only('list', 'refund')
    : seen.first === 'refund' || seen.has('refund') || (seen.names('refund') && seen.first !== 'cancel')
      ? only('refund', 'charge')
      : undefined;

/** Money that is reserved and not taken yet: released or taken as a payment, whatever verb is used. */
export const holdRule: Rule = ({ phrase, first }) => {
  if (!/\b(?:holds?|pre-?authori[sz]\w*|authori[sz]ations?|reserved (?:funds|amount|money))\b/.test(phrase))
    return undefined;
  if (/\bput .*\bon hold\b|\b(?:place|put|make|get) (?:a|an) (?:hold|authori)/.test(phrase)) return undefined;
  if (
    first === 'cancel' ||
    first === 'void' ||
    first === 'delete' ||
    /\b(?:lift|drop|undo|let go of) (?:the|his|her|their|#)/.test(phrase)
  )
    return { ...only('cancel', 'payment_intent'), sure: true };
  return first === 'capture' || first === 'charge' || first === 'confirm'
    ? only('capture', 'payment_intent')
    : undefined;
};

export const cardRule: Rule = (seen) => {
  if (!seen.names('payment_method') && !seen.holds('card') && !seen.idObjects.includes('payment_method'))
    return undefined;
  if (
    /\bdefault\b/.test(seen.phrase) &&
    (seen.has('update') || seen.has('default') || seen.has('create') || seen.has('try'))
  )
    return only('default', 'payment_method');
  const adds =
    seen.first === 'attach' || seen.first === 'create' || (seen.first === 'update' && seen.holds('card'));
  const other = seen.reading.objects.some(({ object }) =>
    [
      'subscription',
      'payment_intent',
      'charge',
      'invoice',
      'plan',
      'product',
      'payment_link',
      'price',
      'coupon',
    ].includes(object),
  );
  const makesCustomer = seen.first === 'create' && seen.reading.objects[0]?.object === 'customer';
  return adds && !other && !seen.holds('amount') && !makesCustomer
    ? only('attach', 'payment_method')
    : undefined;
};

/** "Email everyone whose payment failed": a mail to each of them. */
const toThoseWhoFailed =
  /\b(?:fail\w*|declin\w*|bounced|not go through)\b.*\b(?:them|those|these|each|all|everyone|everybody|customers?|people|clients?|subscribers?)\b|\b(?:them|those|these|each|all|everyone|everybody|anyone|customers?|people|clients?|subscribers?|whoever|who|whose)\b.*\b(?:fail\w*|declin\w*|bounced|not go through)\b/;

export const mailRule: Rule = (seen) => {
  // A draft is looked at, and a list of mails is read: neither is sent.
  // "…, her mail is a@b.c": where somebody is reached, and nothing to be written.
  const address =
    /\b(?:his|her|their|its|with|and|,|name #,?) (?:e-?mail|mail)(?: address)?(?: is| :| =)? #/.test(
      seen.phrase,
    );
  if (address && seen.holds('email') && (seen.first === 'create' || seen.first === undefined))
    return undefined;
  if (/\b(?:draft|preview)\b.*\bmail/.test(seen.phrase) || seen.first === 'list') return undefined;
  if (seen.first === 'update' || /\b(?:e-?mail|mail) address/.test(seen.phrase)) return undefined;
  const writes =
    seen.has('send') || seen.names('mail') || /\b(?:write|remind|chase|dun|contact)\b/.test(seen.phrase);
  const single = seen.holds('email') || seen.holds('name') || seen.idObjects.length > 0;
  if (writes && !single && !seen.question && toThoseWhoFailed.test(seen.phrase))
    return only('remind', 'mail');
  if (seen.names('invoice') && seen.holds('amount') && !seen.has('send')) return undefined;
  const addressed =
    /^(?:(?:please|pls|can you|could you|and|then) )*(?:e-?mail|mail|message|notify|inform|write(?: to)?|drop|tell) (?:#|(?:him|her|them)\b)/.test(
      seen.phrase,
    );
  if (addressed && (seen.holds('quoted') || /\b(?:that|saying|about|line|note)\b|:/.test(seen.phrase)))
    return only('mail', 'mail');
  if (
    /^(?:(?:please|can you|could you) )*drop (?:#|him|her|them) (?:a|an) (?:line|mail|note|message|e-?mail)\b/.test(
      seen.phrase,
    )
  )
    return only('mail', 'mail');
  if (/\blet (?:#|him|her|them|the customer) know\b/.test(seen.phrase)) return only('mail', 'mail');
  if (!seen.has('send') && !seen.names('mail')) return undefined;
  const invoice = seen.names('invoice') || seen.idObjects.includes('invoice');
  const sends = seen.reading.actions.find(({ action }) => action === 'send');
  if (!sends && seen.first !== 'create') return undefined;
  if (invoice && !seen.names('mail')) return only('send', 'invoice');
  if (
    seen.names('mail') ||
    (sends && /^(?:email|e-mail|mail|notify|inform|message|remind)$/.test(sends.word))
  )
    return only('mail', 'mail');
  return seen.first === 'send' && seen.names('payment_link')
    ? undefined
    : only('send', seen.names('refund') ? 'refund' : '');
};

/** Money that came another way: in cash, by wire. */
const paidElsewhere =
  /\b(?:mark(?:ed)?|record|note|book|set|count) .*\b(?:as )?paid\b|\b(?:paid|settled|pays) (?:it |me |us )?(?:in cash|by (?:bank transfer|wire|cheque|check|cash)|(?:outside|out) of (?:stripe|band)|offline)\b|\bin cash\b/;

/** "Add $20 for shipping to Anna's draft": a line on an invoice that is there already. */
const addsLine =
  /\b(?:add|put) .*#.* (?:to|on|onto|into) (?:#|(?:the|his|her|their|that|this)) ?(?:draft|invoice|bill|open)?/;

export const invoiceRule: Rule = (seen) => {
  const invoice = seen.names('invoice') || seen.idObjects.includes('invoice');
  const draft = /\bdrafts?\b/.test(seen.phrase);
  const it =
    /\b(?:it|that|this)\b/.test(seen.phrase) &&
    seen.reading.objects.every(({ object }) => object === 'invoice');
  if ((invoice || it) && paidElsewhere.test(seen.phrase) && !seen.question) return only('pay', 'invoice');
  if (
    (invoice || draft) &&
    seen.holds('amount') &&
    addsLine.test(seen.phrase) &&
    !/\bbalance\b/.test(seen.phrase)
  )
    return only('create', 'invoice_item');
  const line =
    seen.first === 'create' &&
    seen.holds('amount') &&
    !seen.holds('name') &&
    !seen.holds('email') &&
    /^(?:(?:and|also|then|now|please) )*(?:add|put) (?:another )?#(?: (?:for|of) .+| to it)$/.test(
      seen.phrase,
    ) &&
    seen.reading.objects.length === 0;
  if (line) return only('create', 'invoice_item');
  // "Send her an invoice, but keep it as draft".
  if (invoice && seen.first === 'send' && seen.holds('amount') && draft) return only('create', 'invoice');
  if (draft && (seen.first === 'delete' || seen.first === 'cancel')) return only('void', 'invoice');
  if (seen.has('finalize') || seen.first === 'finalize') return only('finalize', 'invoice');
  if (seen.has('void') && seen.idObjects.includes('payment_intent')) return only('cancel', 'payment_intent');
  if (seen.has('void')) return only('void', 'invoice');
  if (!invoice) return undefined;
  if (seen.first === 'pay' || (seen.first === 'charge' && !seen.holds('amount')))
    return only('pay', 'invoice');
  if (seen.first === 'cancel' || seen.first === 'delete') return only('void', 'invoice');
  return undefined;
};

export const paymentRule: Rule = (seen) => {
  const intent = seen.names('payment_intent') || seen.idObjects.includes('payment_intent');
  if (seen.first === 'capture') return only('capture', 'payment_intent');
  if (seen.first === 'cancel' && (intent || (seen.names('charge') && !seen.names('subscription'))))
    return only('cancel', 'payment_intent');
  if (seen.first === 'create' && intent && !seen.has('confirm') && !seen.holds('card'))
    return only('create', 'payment_intent');
  if (
    seen.first === 'confirm' ||
    ((seen.first === 'pay' || seen.first === 'charge' || seen.first === 'try') && intent)
  )
    return only('confirm', 'payment_intent');
  if (seen.first === 'pay')
    return seen.holds('amount') && (seen.holds('name') || seen.holds('email'))
      ? only('charge', 'charge')
      : only('confirm', 'payment_intent');
  return undefined;
};

/** "Pay Bob $50", "send $50 to Bob": money to a customer, which only a refund can be. Never read as a charge. */
export const payAwayRule: Rule = (seen) => {
  if (!seen.holds('amount') || seen.holds('card')) return undefined;
  const away =
    /\b(?:pay|send|transfer|wire|give|make (?:a |the )?payment)\b.*\bto (?:#|him|her|them|customer|the customer)|\b(?:pay|send|wire) (?:#|him|her|them|customer #|the customer)/.test(
      seen.phrase,
    );
  const other =
    ['invoice', 'payment_intent', 'payment_link', 'refund', 'subscription', 'mail'].some((object) =>
      seen.names(object),
    ) || seen.idObjects.length > 0;
  return away &&
    !other &&
    !seen.has('refund') &&
    !seen.reading.actions.some(({ word }) => /^(?:charge|process|run|take|bill)$/.test(word))
    ? only('unclear')
    : undefined;
};

export const chargeRule: Rule = (seen) => {
  if (seen.names('coupon')) return undefined;
  if (/^(?:an? |the |new )?bill (?:for|to) (?:#|customer)/.test(seen.phrase) && seen.holds('amount'))
    return only('create', 'invoice');
  const verb = seen.reading.actions.find(({ action }) => action === 'charge');
  const makesCharge =
    seen.first === 'create' &&
    seen.names('charge') &&
    !seen.names('payment_link') &&
    !seen.names('payment_method') &&
    !seen.names('invoice');
  // Who prepares a payment takes no money yet.
  if (makesCharge && /\b(?:prepare|draft|set up|setup|plan|ready)\b/.test(seen.phrase))
    return only('create', 'payment_intent');
  if (makesCharge) return only('charge', 'charge');
  if (!verb || seen.first !== 'charge') return undefined;
  if (/\b(?:take|collect) # from (?:#|him|her|them)/.test(seen.phrase) && seen.holds('number'))
    return only('charge', 'charge');
  if (verb.word === 'bill' && (seen.names('invoice') || seen.holds('days'))) return only('create', 'invoice');
  if (verb.word === 'bill') return only('charge', seen.names('payment_method') ? 'charge' : 'bill');
  if (/^(?:charge|debit)$/.test(verb.word) || seen.names('charge') || seen.holds('amount'))
    return only('charge', 'charge');
  return undefined;
};

export const retryRule: Rule = (seen) =>
  (seen.first === 'try' && !seen.question) ||
  (seen.reading.actions.length === 0 && /\b(?:backup|other card|second card|again)\b/.test(seen.phrase))
    ? only('retry', 'charge')
    : undefined;
