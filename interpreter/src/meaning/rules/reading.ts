import type { Token } from '../tokens.ts';
import type { FoundObject } from '../verbs.ts';
import { type Decision, only, type Rule, type Seen } from './seen.ts';

/** "How much is pending?", "what can I pay out?": the balance, where no other kind of thing is named. */
export const balanceRule: Rule = (seen) => {
  const { phrase } = seen;
  const funds =
    /\bwhat (?:have we|we have|we've|do we have|is) (?:got )?in the bank\b|\bhow much (?:money |cash |funds? )?(?:is|do|have|can|could)\b.*\b(?:pending|available|on the way|withdraw|pay out|in (?:the |my |our )?(?:stripe|account|bank))\b|\bwhat (?:can|could) (?:i|we) (?:pay out|withdraw|cash out)\b/.test(
      phrase,
    );
  const other = seen.reading.objects.some(({ object }) =>
    ['invoice', 'subscription', 'dispute', 'refund', 'payment_intent', 'charge', 'customer'].includes(object),
  );
  return funds && !other && !seen.holds('name') && !seen.holds('email') ? only('get', 'balance') : undefined;
};

/** "Who is on the Basic plan?", "how many subscribers has Premium?": the subscriptions to one product. */
export const subscribersRule: Rule = (seen) => {
  const { phrase, tokens } = seen;
  const people =
    seen.names('customer') || /\b(?:who|people|everyone|everybody|somebody|anyone)\b/.test(phrase);
  const look =
    seen.question ||
    seen.has('count') ||
    seen.first === 'list' ||
    seen.first === 'get' ||
    seen.first === undefined;
  const other = seen.reading.objects.some(({ object }) =>
    [
      'invoice',
      'charge',
      'refund',
      'dispute',
      'payment_method',
      'payment_intent',
      'payout',
      'event',
    ].includes(object),
  );
  if (!people || !look || other) return undefined;
  const named = tokens.some(
    ({ entity }, at) =>
      (entity?.type === 'name' || entity?.type === 'quoted') &&
      (/\b(?:plan|subscription|package|membership|tier|bundle|seats?)$/i.test(entity.text) ||
        /^(?:plan|subscription|package|membership|tier)$/.test(tokens[at + 1]?.base ?? '')),
  );
  const joins =
    /\b(?:subscribed|subscribe|subscribes|signed up) (?:to|for) (?:the |our )?#|\bpays? for (?:the |our )?#/.test(
      phrase,
    );
  const on = named && /\b(?:on|with|has|have|using|does|do|of|to) (?:the |our |a )?#/.test(phrase);
  if (!joins && !on) return undefined;
  return only(seen.has('count') || /\bhow many\b/.test(phrase) ? 'count' : 'list', 'subscription');
};

/** A code as Stripe writes them: `do_not_honor`. Whoever brings one up wants to know what it says. */
export const codeRule: Rule = (seen) =>
  seen.tokens.some(({ kind, word }) => kind === 'word' && /^[a-z]+(?:_[a-z]+)+$/.test(word)) &&
  (seen.question ||
    seen.first === undefined ||
    seen.first === 'list' ||
    seen.first === 'get' ||
    seen.first === 'explain') &&
  seen.idObjects.length === 0 &&
  /\b(?:means?|meaning|said|says|saying|code|error|decline|declined|explain|why|reason|what(?:'s| is| does)|got)\b/.test(
    seen.phrase,
  )
    ? only('tool', 'explain')
    : undefined;

export const countRule: Rule = (seen) => {
  if (!seen.has('count') && !/\bhow many\b/.test(seen.phrase)) return undefined;
  if (
    seen.names('quantity') &&
    (seen.holds('name') || seen.holds('email') || /\b(?:he|she|they)\b/.test(seen.phrase))
  )
    return only('list', 'subscription');
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
  if (seen.has('refund') || seen.did('refund')) return 'refund';
  if (/\bpaid out\b|\bpay(?:ing)? out\b/.test(seen.phrase)) return 'payout';
  if (
    seen.has('pay') ||
    seen.did('pay') ||
    seen.has('charge') ||
    seen.did('charge') ||
    /\b(?:pay|pays|paid|paying)\b/.test(seen.phrase) ||
    /\bspen[dt]\b|\bbought\b|\bowe/.test(seen.phrase)
  )
    return /\bowe/.test(seen.phrase) ? 'invoice' : 'charge';
  if (
    seen.has('subscribe') ||
    seen.did('subscribe') ||
    /\bsubscribed\b|\brenew\w*\b|\bnext bill\w*|\bbilled next\b/.test(seen.phrase)
  )
    return 'subscription';
  return undefined;
}

export const disputeRule: Rule = (seen) =>
  (seen.names('dispute') || seen.idObjects.includes('dispute')) &&
  !seen.question &&
  !/^(?:any|list|show|which|open)\b/.test(seen.phrase) &&
  /\b(?:accept|submit|close|challenge|contest|counter|fight|upload|respond)\b/.test(seen.phrase)
    ? only('unclear')
    : seen.names('dispute') || seen.idObjects.includes('dispute')
      ? only(seen.idObjects.includes('dispute') ? 'get' : 'list', 'dispute')
      : undefined;

export const reportRule: Rule = (seen) => {
  const asksReport =
    /\bwhat (?:did|have|has) (?:we|i) (?:sell|sold|make|made|earn|earned)\b|\breport\b|\bmrr\b|\barr\b|\brecurring revenue\b|\bchurn\b|\brevenue\b|\bturnover\b|\bearn(?:ed|ings|t)?\b|\bhow much (?:did|have|do) (?:we|i) (?:make|made|earn|sell|sold|take)/.test(
      seen.phrase,
    );
  const first = seen.first ?? 'list';
  const orders = !['list', 'get', 'count', 'create', 'report', 'search', 'explain', 'send'].includes(first);
  const other = ['invoice', 'charge', 'payment_intent', 'product', 'subscription'].some(
    (object) => seen.reading.objects[0]?.object === object,
  );
  if (!seen.question && (orders || (first === 'create' && (other || seen.holds('amount'))))) return undefined;
  return asksReport && !seen.has('refund') ? only('report', 'revenue') : undefined;
};

export const readRule: Rule = (seen) => {
  if (
    seen.idObjects.includes('invoice') &&
    /\b(?:was|is|has been) paid (?:in cash|by|outside)\b/.test(seen.phrase) &&
    !seen.question
  )
    return undefined;
  const knows =
    /^(?:please )?(?:i|we) (?:need|want|would like|'d like)(?: to (?:know|see|have))? (?:#|(?:the|his|her|their|all)\b)/.test(
      seen.phrase,
    ) &&
    (seen.reading.actions.length === 0 ||
      seen.reading.actions.every(({ word }) => /^(?:need|want|get)$/.test(word)));
  if (/\bhow much do (?:we|you|they) (?:charge|ask|take|want) for\b/.test(seen.phrase))
    return only('get', 'product');
  const reads =
    knows ||
    (seen.first === 'report' && (seen.holds('email') || seen.holds('name'))) ||
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
  const { phrase } = seen;
  if (kinds.includes('charge') && /\b(?:uncaptured|captured?|authori[sz]ed|on hold|held)\b/.test(phrase))
    return only('list', 'payment_intent');
  if (/\b(?:went|go(?:es)?|sent|paid out|transferred|deposited|arrived?)\b.*\bbanks?\b/.test(phrase))
    return only('list', 'payout');
  if (kinds[0] === 'account' && /\b(?:pending|available|funds?)\b/.test(phrase))
    return only('get', 'balance');
  if (kinds[0] === 'account' && /\bhow much\b/.test(seen.phrase)) return only('get', 'balance');
  if (kinds.length === 1 && kinds[0] === 'balance' && (seen.holds('name') || seen.holds('email')))
    return only('get', 'customer');
  if (
    (kinds[0] === 'payment_method' || kinds.length === 0) &&
    /\b(?:declin\w+|rejected|refused|bounced)\b/.test(phrase) &&
    /\b(?:card|cards|payment|payments|who|whose)\b/.test(phrase)
  )
    return only('list', 'charge');
  const monthly =
    /\b(?:pay|pays|cost|costs)\b.*(?:\b(?:each|every|per|a) (?:month|year|week)\b|#)/.test(phrase) &&
    seen.holds('interval');
  if (
    monthly &&
    kinds.length === 0 &&
    (seen.holds('name') || seen.holds('email') || /\b(?:he|she|they)\b/.test(phrase))
  )
    return only('list', 'subscription');
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
  if (
    /\b(?:everything|all|anything|things?|stuff|what|goods) (?:(?:that )?(?:we|i|you|they) |do (?:we|i) )(?:sell|offer|have (?:on offer|for sale))\b/.test(
      phrase,
    )
  )
    return only('list', 'product');
  const verbObject = objectOfVerb(seen);
  if (verbObject)
    return only(/\b(?:last|latest|most recently)\b/.test(seen.phrase) ? 'get' : 'list', verbObject);
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

/** "Dora $40", "balance?", "customers": no verb at all. */
export const verblessRule: Rule = (seen) => {
  if (seen.first !== undefined) return undefined;
  if (seen.holds('phone') && seen.names('phone') && !seen.question) return only('update', 'customer');
  const product =
    (seen.reading.objects[0]?.object === 'product' && seen.reading.objects[0]?.at === 0) ||
    /\bnew (?:product|plan|item|package|tier|service)\b|\b(?:launch|launching|introduc\w+) (?:#|a|the|our)\b/.test(
      seen.phrase,
    );
  if (product && seen.holds('amount') && (seen.holds('name') || seen.holds('quoted')))
    return only('create', 'product');
  const somebody = seen.holds('email') || seen.holds('name');
  if (somebody && !seen.question && seen.names('quantity') && seen.holds('number') && !seen.holds('amount'))
    return only('switch', 'subscription');
  if (somebody && /\b(?:spent|paid|spending)\b/.test(seen.phrase)) return only('list', 'charge');
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
