import type { Action } from '../normalise/vocabulary.ts';
import type { Clause } from './clauses.ts';
import type { Intent } from './request.ts';
import { phraseOf, type Token } from './tokens.ts';
import { type FoundObject, type Reading, readWords } from './verbs.ts';

/** What a clause asks for: the act, and the kinds of object it is about (several for "customers and products"). */
export interface Decision {
  readonly intent: Intent;
  readonly objects: readonly string[];
}

/** A clause with everything a decision needs to look at. */
interface Seen {
  readonly tokens: readonly Token[];
  readonly phrase: string;
  readonly reading: Reading;
  readonly first: Action | undefined;
  readonly question: boolean;
  has(action: Action): boolean;
  names(object: string): boolean;
  /** The kinds of the ids named. */
  readonly idObjects: readonly string[];
  holds(type: string): boolean;
}

type Rule = (seen: Seen) => Decision | undefined;

/** Decides what a clause asks for, or undefined where its words do not say. */
export function decide(clause: Clause): Decision | undefined {
  const seen = look(clause);
  for (const rule of rules) {
    const decision = rule(seen);
    if (decision) return decision;
  }
  return undefined;
}

function look(clause: Clause): Seen {
  const { tokens } = clause;
  const reading = readWords(tokens);
  const phrase = phraseOf(tokens);
  const readers: ReadonlySet<Action> = new Set(['list', 'get', 'count']);
  const writing = reading.actions.find(
    (found) => !readers.has(found.action) && found.action !== 'create' && found.action !== 'try',
  );
  const leading = reading.actions[0];
  // "see if you can refund …", "get Bob his money back": a strong verb goes before a light one, unless that one asks.
  const light = leading && /^(?:get|see|give me|need|want|start|use|make|create)$/.test(leading.word);
  return {
    tokens,
    phrase,
    reading,
    first:
      spreadVerb(phrase) ??
      (light && writing && !blocksLight(leading.word, writing.action)
        ? writing.action
        : (leading?.action ?? wish(phrase))),
    question: isQuestion(phrase),
    has: (action) => reading.actions.some((found) => found.action === action),
    names: (object) => reading.objects.some((found) => found.object === object),
    idObjects: tokens.flatMap(({ entity }) => (entity?.type === 'id' ? [entity.object] : [])),
    holds: (type) => tokens.some(({ entity }) => entity?.type === type),
  };
}

/** Verbs with their parts apart: "put Carla on …", "take … off sale", "give Anna a … plan". */
function spreadVerb(phrase: string): Action | undefined {
  if (
    /\b(?:do not|don't|dont|not|won't|never|stop|turn off|disable) (?:auto(?:matically)?[- ]?)?renew/.test(
      phrase,
    )
  )
    return 'cancel';
  if (/\b(?:give|send|pay|hand) (?:#|him|her|them|the customer) .{0,60}\bback\b/.test(phrase))
    return 'refund';
  if (
    /\b(?:give|get) (?:me|us) (?:a|an|another|one) (?:new |shareable )?(?:# )*(?:payment |checkout )?(?:link|coupon|discount|voucher|promo code)\b/.test(
      phrase,
    )
  )
    return 'create';
  if (/\b(?:take|pull) .{1,40}\boff (?:sale|the (?:market|shelf|shop|store|site))\b/.test(phrase))
    return 'archive';
  if (
    /\b(?:put|sign|enrol+|place|set) # (?:up )?(?:on|onto|up|for|up for|up to|in)\b.*(?:#|plan|subscription)/.test(
      phrase,
    )
  )
    return 'subscribe';
  if (
    /\b(?:put|place|sign) (?:him|her|them|this customer|the customer)(?: up)? (?:on|onto|for|to)\b/.test(
      phrase,
    )
  )
    return 'subscribe';
  if (
    /\bgive (?:#|him|her|them) (?:a|an|the|our) (?:new |monthly |yearly |free )?(?:# )*(?:# )?(?:subscription|plan|membership)\b/.test(
      phrase,
    )
  )
    return 'subscribe';
  return undefined;
}

/** "I want a payment intent …", "we'd like an invoice …". */
function wish(phrase: string): Action | undefined {
  return /\b(?:want|like|need|get me) (?:a|an|one|another|new)\b/.test(phrase) ? 'create' : undefined;
}

/** "create an invoice and send …" stays a creation; "need to refund" is a refund. */
function blocksLight(word: string, writing: Action): boolean {
  return (
    (word === 'create' || word === 'make') &&
    ['send', 'report', 'charge', 'pay', 'update', 'explain', 'capture', 'attach', 'confirm'].includes(writing)
  );
}

/** A question about what is or was, which never changes anything. "Can you …" is an order. */
function isQuestion(phrase: string): boolean {
  const opening = phrase.replace(
    /^(?:[,. -]|and|so|hey|hi|hello|ok|okay|please|but|also|just|tell me|show me|let me know|do you know|check)+ ?/g,
    '',
  );
  if (/^(?:can|could|would|will) (?:you|u|we|i)\b|^is it possible\b|^may i\b|^would it be\b/.test(opening))
    return false;
  if (/^(?:would|will|might|may) (?!you\b|u\b|we\b|i\b)/.test(opening)) return true;
  return /^(?:what|which|who|whose|whom|when|where|why|how|is|are|was|were|did|does|has|have|do|if|whether|should)\b/.test(
    opening,
  );
}

const only = (intent: Intent, ...objects: string[]): Decision => ({ intent, objects });

const secretRule: Rule = (seen) => {
  const asked = seen.names('api_key') || seen.holds('secret');
  const about =
    /\b(?:secret|api key|stripe key|keys?|password|credentials?|tokens?|webhook secret)\b/.test(
      seen.phrase,
    ) || seen.holds('secret');
  return asked && about ? only('secret') : undefined;
};

const smallTalkRule: Rule = ({ phrase, tokens }) => {
  const said = phrase.replace(/[^\p{L}' ]/gu, '').trim();
  if (
    /^(?:who|what) are you\b|^what(?:'s| is) your name|^what (?:can|do|could) you (?:do|help|handle)|^how can you help|^help(?: me)?$|^what is (?:this|purser)|\byour (?:capabilities|features)\b|^are you (?:a|an|chatgpt|human|real|gpt|claude|ai)\b|^introduce yourself|^tell me about yourself|^how do(?:es)? (?:you|this) work/.test(
      said,
    )
  )
    return only('about');
  if (
    /^(?:hi|hello|hey|good (?:morning|afternoon|evening)|yo|greetings)(?: there| everyone| purser)?$/.test(
      said,
    )
  )
    return only('greeting');
  if (
    /^(?:ok |okay |great |perfect |cool |nice )*(?:thanks|thank you|thx|cheers|ty)\b/.test(said) &&
    tokens.length < 9
  )
    return only('thanks');
  if (
    /\bwhat (?:do|does|are) (?:you|we|our (?:company|business)|the (?:company|business)|us|i) (?:sell|selling|offer|offering)|\bwhat (?:is|are|'s) (?:our|my|your|the) (?:business|company|offer|offering|refund policy|policy|polic(?:y|ies)|rules?|opening hours?)\b|\bwhat kind of (?:business|company)\b|\bour (?:business|company|refund policy|policy|policies|rules)\b.*\b(?:about|is|are|do|say)\b|\bdescribe (?:our|my|the|your) (?:business|company)/.test(
      said,
    )
  )
    return only('business');
  return undefined;
};

const negationRule: Rule = ({ phrase, reading }) =>
  reading.actions.length > 0 &&
  !/renew/.test(phrase) &&
  /^(?:please )?(?:do not|don't|dont|never|no need to|not)\b/.test(phrase)
    ? only('noop')
    : undefined;

const howToRule: Rule = ({ phrase }) =>
  /^(?:how (?:do|can|should|would|could) (?:i|we|one|you)|how to|should (?:i|we))\b/.test(phrase)
    ? only('about', 'how')
    : undefined;

const countRule: Rule = (seen) => {
  if (!seen.has('count') && !/\bhow many\b/.test(seen.phrase)) return undefined;
  const object = listables(seen)[0] ?? objectOfVerb(seen) ?? 'customer';
  return only('count', object);
};

/** Kinds of objects that can be listed, in the order named; a customer who only owns the others is left out. */
function listables(seen: Seen): string[] {
  const found = seen.reading.objects.filter(({ object }) => listable.has(object));
  const kept = found.filter(
    (object) => !(object.object === 'customer' && found.length > 1 && isOwner(seen.tokens, object, found)),
  );
  const plan =
    kept.length === 1 &&
    kept[0]?.object === 'plan' &&
    /\b(?:on|have|has|using|under)\b/.test(seen.phrase) &&
    (seen.holds('name') || seen.holds('email') || /\b(?:he|she|they)\b/.test(seen.phrase));
  if (plan) return ['subscription'];
  const kinds = [...new Set(kept.map(({ object }) => (object === 'plan' ? 'product' : object)))];
  // "my account balance", "subscriptions with a failed payment": the other word only says more about the one.
  if (kinds.length > 1 && kinds.includes('account')) return kinds.filter((kind) => kind !== 'account');
  if (kinds.length === 2 && /\bfail(?:ed|ing)? (?:a |the |their )?payments?\b/.test(seen.phrase))
    return kinds.filter((kind) => kind !== 'charge');
  return kinds;
}

const listable = new Set(
  'customer product plan price subscription invoice payment_intent charge refund dispute payout event coupon payment_link balance balance_transaction payment_method account'.split(
    ' ',
  ),
);

/** "payments of customer X", "customers with overdue invoices": the customer is not what is listed. */
function isOwner(tokens: readonly Token[], customer: FoundObject, all: readonly FoundObject[]): boolean {
  if (!customer.plural) return true;
  const after = all.find((other) => other.at > customer.at);
  if (!after) return /^(?:of|for|from|by|to)$/.test(tokens[customer.at - 1]?.word ?? '');
  const between = tokens.slice(customer.end, after.at).map((token) => token.word);
  return between.some((word) => /^(?:with|who|that|whose|having|have|has|without)$/.test(word));
}

/** What a question is about when only its verb says so: "what did Bob pay?" */
function objectOfVerb(seen: Seen): string | undefined {
  if (seen.has('refund')) return 'refund';
  if (
    seen.has('pay') ||
    seen.has('charge') ||
    /\b(?:pay|pays|paid|paying)\b/.test(seen.phrase) ||
    /\bspen[dt]\b|\bbought\b|\bowe/.test(seen.phrase)
  )
    return /\bowe/.test(seen.phrase) ? 'invoice' : 'charge';
  if (seen.has('subscribe') || /\bsubscribed\b/.test(seen.phrase)) return 'subscription';
  return undefined;
}

/** Somebody tells what happened; nothing is asked for by that. */
const storyRule: Rule = ({ phrase }) =>
  /^(?:i|we|you|he|she|they|someone|somebody|my colleague) (?:have |has |had |just |already |accidentally |mistakenly )*(?:charged|paid|refunded|cancelled|canceled|created|deleted|sent|billed|invoiced|made|overcharged)\b/.test(
    phrase,
  )
    ? only('story')
    : undefined;

const disputeRule: Rule = (seen) =>
  (seen.names('dispute') || seen.idObjects.includes('dispute')) &&
  !seen.question &&
  /\b(?:accept|submit|close|challenge|contest|counter|fight|upload|respond)\b/.test(seen.phrase)
    ? only('unclear')
    : seen.names('dispute') || seen.idObjects.includes('dispute')
      ? only(seen.idObjects.includes('dispute') ? 'get' : 'list', 'dispute')
      : undefined;

const reportRule: Rule = (seen) => {
  const asksReport =
    /\breport\b|\bmrr\b|\bchurn\b|\brevenue\b|\bturnover\b|\bearn(?:ed|ings|t)?\b|\bhow much (?:did|have|do) (?:we|i) (?:make|made|earn|sell|sold|take)/.test(
      seen.phrase,
    );
  return asksReport && !seen.has('refund') ? only('report', 'revenue') : undefined;
};

const readRule: Rule = (seen) => {
  const reads =
    seen.first === 'list' ||
    seen.first === 'get' ||
    seen.first === 'search' ||
    seen.question ||
    seen.first === 'explain';
  if (!reads) return undefined;
  if (seen.first === 'explain' || seen.names('decline_code') || /\bmeans?\b/.test(seen.phrase))
    return only('tool', 'explain');
  return readDecision(seen);
};

function readDecision(seen: Seen): Decision | undefined {
  const kinds = listables(seen);
  const attribute = seen.reading.objects.some(({ object }) =>
    ['phone', 'email', 'name', 'description', 'status'].includes(object),
  );
  const [id] = seen.idObjects;
  if (
    id &&
    id !== 'customer' &&
    id !== 'product' &&
    kinds.every(
      (kind) => kind === id || kind === 'customer' || (kind === 'charge' && id === 'payment_intent'),
    )
  )
    return only('get', id);
  if (kinds.length > 0) {
    const single =
      kinds.length === 1 && seen.reading.objects.some(({ object, plural }) => object === kinds[0] && !plural);
    return { intent: single ? 'get' : 'list', objects: kinds };
  }
  const verbObject = objectOfVerb(seen);
  if (verbObject) return only('list', verbObject);
  const about = seen.holds('name') || seen.holds('email') || seen.holds('quoted') || id !== undefined;
  if (about || attribute || seen.first === 'list' || seen.first === 'get') {
    if (id === 'product') return only('get', 'product');
    if (/\bhow much (?:is|does|are|do)\b/.test(seen.phrase)) return only('get', 'product');
    return about || attribute || /\b(?:him|her|it|them|that|this)\b/.test(seen.phrase)
      ? only('get', '')
      : undefined;
  }
  if (/\bhow much (?:money|cash)\b/.test(seen.phrase)) return only('get', 'balance');
  return undefined;
}

const refundRule: Rule = (seen) =>
  seen.first === undefined &&
  seen.reading.objects.some(({ object, plural }) => object === 'refund' && plural) &&
  !seen.has('refund')
    ? only('list', 'refund')
    : seen.first === 'refund' || seen.has('refund') || (seen.names('refund') && seen.first !== 'cancel')
      ? only('refund', 'charge')
      : undefined;

const cardRule: Rule = (seen) => {
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

const mailRule: Rule = (seen) => {
  if (seen.first === 'update') return undefined;
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

const invoiceRule: Rule = (seen) => {
  const invoice = seen.names('invoice') || seen.idObjects.includes('invoice');
  if (seen.has('finalize')) return only('finalize', 'invoice');
  if (seen.has('void')) return only('void', 'invoice');
  if (!invoice) return undefined;
  if (seen.first === 'pay' || (seen.first === 'charge' && !seen.holds('amount')))
    return only('pay', 'invoice');
  if (seen.first === 'cancel' || seen.first === 'delete') return only('void', 'invoice');
  return undefined;
};

const paymentRule: Rule = (seen) => {
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
const payAwayRule: Rule = (seen) => {
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

const chargeRule: Rule = (seen) => {
  const verb = seen.reading.actions.find(({ action }) => action === 'charge');
  const makesCharge =
    seen.first === 'create' &&
    seen.names('charge') &&
    !seen.names('payment_link') &&
    !seen.names('payment_method') &&
    !seen.names('invoice');
  if (makesCharge) return only('charge', 'charge');
  if (!verb || seen.first !== 'charge') return undefined;
  if (verb.word === 'bill') return only('charge', 'bill');
  if (/^(?:charge|debit)$/.test(verb.word) || seen.names('charge') || seen.holds('amount'))
    return only('charge', 'charge');
  return undefined;
};

const retryRule: Rule = (seen) =>
  seen.first === 'try' ||
  (seen.reading.actions.length === 0 && /\b(?:backup|other card|second card|again)\b/.test(seen.phrase))
    ? only('retry', 'charge')
    : undefined;

const subscriptionRule: Rule = (seen) => {
  const planned = seen.names('subscription') || seen.names('plan') || seen.idObjects.includes('subscription');
  if (
    seen.first === 'subscribe' &&
    seen.reading.objects[0]?.object === 'customer' &&
    !planned &&
    !seen.names('product')
  )
    return only('create', 'customer');
  if (seen.first === 'subscribe') return only('create', 'subscription');
  if (seen.first === 'cancel' && !seen.names('refund')) return only('cancel', 'subscription');
  if (seen.first === 'switch') return only('switch', 'subscription');
  const toPlan =
    seen.first === 'update' &&
    planned &&
    /\b(?:to|onto) (?:the |a |an |our )?(?:# )?(?:#|plan)/.test(seen.phrase) &&
    !seen.holds('amount') &&
    !seen.names('price') &&
    !seen.names('name') &&
    !seen.names('description') &&
    !/\brename\b/.test(seen.phrase);
  if (
    toPlan &&
    (seen.names('subscription') ||
      seen.holds('email') ||
      /'s\b|\bhis\b|\bher\b|\btheir\b|\bcustomer\b/.test(seen.phrase) ||
      namesCount(seen) > 1)
  )
    return only('switch', 'subscription');
  if (seen.names('quantity') && seen.first === 'update') return only('switch', 'subscription');
  if (
    (seen.first === 'archive' || seen.first === 'delete') &&
    seen.names('subscription') &&
    !seen.names('product')
  )
    return only('cancel', 'subscription');
  return undefined;
};

function namesCount(seen: Seen): number {
  return seen.tokens.filter(({ entity }) => entity?.type === 'name' || entity?.type === 'quoted').length;
}

const shelfRule: Rule = (seen) => {
  if (seen.first === 'archive' || /\b(?:make|set|mark|update)\b.*\b(?:inactive|archived)\b/.test(seen.phrase))
    return only('archive', seen.names('price') || seen.idObjects.includes('price') ? 'price' : 'product');
  if (seen.first === 'activate' || /\b(?:make|set|mark|update)\b.*\bactive\b/.test(seen.phrase))
    return only('activate', 'product');
  if (seen.first === 'delete') {
    const object =
      seen.idObjects[0] ?? seen.reading.objects[0]?.object ?? (seen.holds('email') ? 'customer' : '');
    return only('delete', object === 'plan' ? 'product' : object);
  }
  return undefined;
};

const updateRule: Rule = (seen) => {
  const changes =
    seen.first === 'update' ||
    /\bshould (?:now )?(?:cost|be|have)\b|\b(?:now costs|costs # (?:# )?now)\b/.test(seen.phrase);
  const setsPrice =
    (seen.holds('amount') || (seen.holds('number') && seen.names('price'))) &&
    (seen.names('price') ||
      seen.names('plan') ||
      seen.names('product') ||
      /\b(?:instead of|a month|cost)\b/.test(seen.phrase) ||
      seen.holds('interval') ||
      seen.holds('name') ||
      seen.holds('quoted'));
  const makes =
    seen.first === 'create' &&
    /^(?:make|set|put)\b/.test(seen.reading.actions[0]?.word ?? '') &&
    !seen.names('payment_intent') &&
    !seen.names('subscription') &&
    !seen.names('customer');
  const indefinite =
    /\b(?:make|create|set up|put in) (?:me |us )?(?:a|an|one|another|new|\d)\b/.test(seen.phrase) ||
    /\bnew\b/.test(seen.phrase);
  if (setsPrice && (changes || (makes && !indefinite)) && !seen.names('coupon') && !seen.names('invoice'))
    return only('reprice', 'price');
  if (!changes) return undefined;
  const product = seen.names('product') || seen.names('plan') || seen.idObjects.includes('product');
  const described = seen.names('description') && !seen.names('customer') && !seen.holds('email');
  if (described && !product) return only('update', '');
  if (product && !seen.names('customer')) return only('update', 'product');
  const attribute =
    ['phone', 'email', 'name', 'description'].some((object) => seen.names(object)) ||
    seen.holds('phone') ||
    seen.holds('email') ||
    seen.names('customer') ||
    seen.idObjects.includes('customer');
  if (attribute) return only('update', 'customer');
  const renames = seen.reading.actions.some(({ word }) => word === 'rename' || word === 'call');
  return renames ? only('update', '') : only('update', seen.reading.objects[0]?.object ?? '');
};

const creatable = [
  'payment_link',
  'payment_intent',
  'invoice_item',
  'coupon',
  'invoice',
  'subscription',
  'customer',
  'product',
  'price',
  'plan',
];

const createRule: Rule = (seen) => {
  if (/\bnew (?:e-?mail|phone|name)\b/.test(seen.phrase) && !seen.names('customer'))
    return only('update', 'customer');
  if (/\b(?:apply|grant) /.test(seen.phrase)) return undefined;
  if (seen.reading.actions.some(({ word }) => word === 'invoice') || seen.tokens[0]?.base === 'invoice')
    return only('create', 'invoice');
  if (seen.first !== 'create' && seen.first !== 'send' && seen.first !== 'attach') return undefined;
  if (seen.reading.objects[0]?.object !== 'product' && seen.names('payment_link'))
    return only('create', 'payment_link');
  const ordered = seen.reading.objects.filter(({ object }) => creatable.includes(object));
  const head = ordered[0];
  if (!head) return seen.holds('email') ? only('create', 'customer') : undefined;
  const product = seen.names('product') || seen.idObjects.includes('product');
  if (
    head.object === 'subscription' ||
    (seen.names('subscription') &&
      head.object === 'customer' &&
      ordered[1]?.object === 'subscription' &&
      head.at > 1 &&
      false)
  )
    return only('create', 'subscription');
  if (head.object === 'plan') return only('create', 'product');
  if (head.object === 'price' && product && !/\bprice\b.*\b(?:for|to|on|of)\b/.test(seen.phrase))
    return only('create', 'product');
  return only('create', head.object);
};

/** "Dora $40", "balance?", "customers": no verb at all. */
const verblessRule: Rule = (seen) => {
  if (seen.first !== undefined) return undefined;
  if (seen.holds('phone') && seen.names('phone') && !seen.question) return only('update', 'customer');
  const alone = seen.tokens.length < 3 && (seen.idObjects.length === 1 || seen.holds('email'));
  if (alone) return only('get', '');
  if (seen.reading.objects.length === 0) return undefined;
  const bare = seen.reading.objects[0]?.object;
  const makes =
    (bare === 'payment_intent' && seen.holds('amount')) ||
    (bare === 'coupon' && (seen.holds('percent') || seen.holds('amount'))) ||
    (bare === 'payment_link' && (seen.holds('name') || seen.holds('quoted')));
  if (makes && bare && !seen.question && !/\b(?:give|apply|grant|offer)\b/.test(seen.phrase))
    return only('create', bare);
  return readDecision(seen);
};

const rules: readonly Rule[] = [
  secretRule,
  smallTalkRule,
  negationRule,
  storyRule,
  howToRule,
  disputeRule,
  reportRule,
  countRule,
  readRule,
  payAwayRule,
  refundRule,
  cardRule,
  mailRule,
  invoiceRule,
  paymentRule,
  shelfRule,
  subscriptionRule,
  chargeRule,
  updateRule,
  createRule,
  retryRule,
  verblessRule,
];
