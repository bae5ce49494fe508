import { only, type Rule, type Seen } from './seen.ts';

export const subscriptionRule: Rule = (seen) => {
  const planned = seen.names('subscription') || seen.names('plan') || seen.idObjects.includes('subscription');
  if (
    seen.first === 'subscribe' &&
    seen.reading.objects[0]?.object === 'customer' &&
    !planned &&
    !seen.names('product')
  )
    return only('create', 'customer');
  const keeps =
    /\b(?:undo|revoke|reverse|retract|withdraw|take back|call off) (?:the |his |her |their |# )*(?:planned )?cancell?ation\b|\b(?:uncancel|un-cancel)\b/.test(
      seen.phrase,
    ) ||
    (seen.first === 'activate' && planned && !seen.names('product')) ||
    /\b(?:keep|let) (?:it|his|her|their|the|#)(?: \w+){0,2} (?:going|running|run on|go on)\b/.test(
      seen.phrase,
    );
  if (keeps) return only('keep', 'subscription');
  // "Start a 30-day trial of Premium for Emma".
  if (
    seen.first === 'create' &&
    seen.tokens.some(({ entity }) => entity?.type === 'days' && entity.purpose === 'trial') &&
    !seen.names('product') &&
    !seen.names('price')
  )
    return only('create', 'subscription');
  if (seen.first === 'subscribe') return only('create', 'subscription');
  // "Start Paul on the Basic Plan".
  const starts = /\b(?:start|started|put|get) (?:#|him|her|them)(?: started)? on\b/.test(seen.phrase);
  if (starts && seen.first === 'create') return only('create', 'subscription');
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
  const moves = seen.first === 'update' && /\bfrom (?:the )?# (?:plan )?to (?:the )?#/.test(seen.phrase);
  if (moves && namesCount(seen) > 1 && !seen.holds('amount')) return only('switch', 'subscription');
  const seats =
    seen.names('quantity') &&
    (seen.first === 'update' ||
      ((seen.first === 'create' || seen.first === 'delete') &&
        (seen.holds('number') || /\b(?:a|one|another) /.test(seen.phrase))));
  if (seats && seen.reading.objects[0]?.object === 'quantity') return only('switch', 'subscription');
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

/** A page where somebody pays by themselves: never a subscription or a charge that begins at once. */
export const pageRule: Rule = (seen) =>
  /\bcheckout (?:page|session|form|flow)\b|\b(?:payment|hosted|order|buying) page\b|\b(?:a|the) checkout\b(?! link)/.test(
    seen.phrase,
  ) &&
  !seen.question &&
  !['list', 'get', 'count'].includes(seen.first ?? '')
    ? only('unclear')
    : undefined;

/** "Tag Paul with plan=enterprise", "her address is …": facts kept on a record, whatever verb is used. */
export const recordRule: Rule = (seen) => {
  if (seen.holds('address') && !seen.question && seen.first !== 'create') return only('update', 'customer');
  if (!seen.holds('pair') || seen.question || seen.first === 'list' || seen.first === 'search')
    return undefined;
  const [kind = 'customer'] = seen.idObjects;
  const made =
    seen.first === 'create' && seen.reading.objects.some(({ object }) => creatable.includes(object));
  if (made && !/\bmetadata\b/.test(seen.phrase)) return undefined;
  return kind === 'customer' && !seen.names('product') ? only('update', 'customer') : only('unclear');
};

export const shelfRule: Rule = (seen) => {
  if (seen.first === 'archive' || /\b(?:make|set|mark|update)\b.*\b(?:inactive|archived)\b/.test(seen.phrase))
    return only('archive', seen.names('price') || seen.idObjects.includes('price') ? 'price' : 'product');
  if (seen.first === 'activate' || /\b(?:make|set|mark|update)\b.*\bactive\b/.test(seen.phrase))
    return only('activate', 'product');
  if (seen.first === 'delete' && seen.names('quantity')) return only('switch', 'subscription');
  if (seen.first === 'delete' && seen.idObjects.includes('payment_intent'))
    return only('cancel', 'payment_intent');
  if (seen.first === 'delete') {
    // "Remove Bob's …": what is his goes, not he himself.
    const owned = seen.tokens.findIndex(({ entity }) => entity?.type === 'name' && entity.possessive);
    if (owned >= 0 && seen.tokens[owned + 1]?.kind === 'word' && seen.reading.objects.length === 0)
      return only('unclear');
    const object =
      seen.idObjects[0] ?? seen.reading.objects[0]?.object ?? (seen.holds('email') ? 'customer' : '');
    const person = object === 'account' && (seen.holds('email') || seen.holds('name'));
    return only('delete', object === 'plan' ? 'product' : person ? 'customer' : object);
  }
  return undefined;
};

export const updateRule: Rule = (seen) => {
  if (launches(seen)) return undefined;
  const changes =
    seen.first === 'update' ||
    /# is (?:his|her|their) (?:new )?(?:e-?mail|phone|mobile|number)|\bshould (?:now )?(?:cost|be|have)\b|\b(?:is|are) (?:now|from now on) (?:called|named)\b|\bnow goes by\b|(?:#|plan|it|price) (?:goes|go|rises?|drops?|falls?|gets?) (?:up |down |cheaper )?to #|^from # to # #? ?(?:for|on)\b|\b(?:now costs|costs # (?:# )?now)\b/.test(
      seen.phrase,
    );
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
    /\bnew\b|\b(?:set up|create|add|launch|introduce) (?:product|plan|package|service|item)\b/.test(
      seen.phrase,
    );
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

/** "We are launching Gold for $49 a month": a new product, whatever else is said of it. */
function launches(seen: Seen): boolean {
  const verb = seen.reading.actions[0]?.word ?? '';
  return (
    /^(?:launch|introduce)$/.test(verb) &&
    seen.holds('amount') &&
    (seen.holds('name') || seen.holds('quoted'))
  );
}

export const createRule: Rule = (seen) => {
  // Metadata without a key and its value: nothing is made by that.
  if (/\bmetadata\b/.test(seen.phrase) && !seen.holds('pair')) return only('unclear');
  if (launches(seen)) return only('create', 'product');
  // "Add a note to customer Paul": what is added is on him, and he is there already.
  const notes = /\b(?:add|put|attach|write|leave) (?:a |the |this )?(?:note|description|memo|remark)\b/.test(
    seen.phrase,
  );
  if (notes && !seen.names('invoice')) return only('update', seen.names('product') ? 'product' : 'customer');
  if (/\bnew (?:e-?mail|phone|name)\b/.test(seen.phrase) && !seen.names('customer'))
    return only('update', 'customer');
  if (/\b(?:apply|grant) /.test(seen.phrase)) return undefined;
  const opens =
    seen.tokens[0]?.word === 'invoice' && (seen.holds('amount') || seen.tokens[1]?.entity !== undefined);
  if (seen.reading.actions.some(({ word }) => word === 'invoice') || opens) return only('create', 'invoice');
  if (seen.first !== 'create' && seen.first !== 'send' && seen.first !== 'attach') return undefined;
  // Nobody is made a customer by being written to.
  if (seen.reading.actions[0]?.word === 'write' && !seen.names('invoice')) return undefined;
  if (seen.reading.objects[0]?.object !== 'product' && seen.names('payment_link'))
    return only('create', 'payment_link');
  const ordered = seen.reading.objects.filter(({ object }) => creatable.includes(object));
  const head = ordered[0];
  const intoStripe = /\b(?:to|in|into) stripe\b/.test(seen.phrase) && !seen.holds('email');
  if (!head && intoStripe && (seen.holds('name') || seen.holds('quoted'))) return only('create', 'product');
  const registers =
    /^(?:onboard|register)$/.test(seen.reading.actions[0]?.word ?? '') &&
    (seen.holds('name') || seen.holds('quoted'));
  const priced =
    seen.holds('amount') &&
    (seen.holds('name') || seen.holds('quoted')) &&
    /\b(?:at|for|costing|priced) #/.test(seen.phrase);
  if (!head && priced && !seen.holds('email') && !/\b(?:him|her|them)\b/.test(seen.phrase))
    return only('create', 'product');
  if (!head) return seen.holds('email') || registers ? only('create', 'customer') : undefined;
  const product = seen.names('product') || seen.idObjects.includes('product');
  // "A subscription product called Gold": the first word says what kind of product.
  if (head.object === 'subscription' && ordered[1]?.object === 'product' && ordered[1].at === head.end)
    return only('create', 'product');
  if (head.object === 'subscription') return only('create', 'subscription');
  if (head.object === 'plan') return only('create', 'product');
  if (head.object === 'price' && product && !/\bprice\b.*\b(?:for|to|on|of)\b/.test(seen.phrase))
    return only('create', 'product');
  return only('create', head.object);
};
