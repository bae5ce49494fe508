import { isWrite } from './doubts.ts';
import type { Request, Slots } from './request.ts';

/** A clause that only adds details ("…, her email is a@b.c", "priced at $10") belongs to the one before it. */
export function joined(requests: readonly Request[]): Request[] {
  const found: Request[] = [];
  for (const request of withStories(requests)) {
    const before = found.at(-1);
    if (before && asksSameAgain(before, request)) continue;
    if (before && addsTo(before, request)) found[found.length - 1] = withMeans(before, request);
    else if (before && dueLater(before, request)) {
      found[found.length - 1] = { ...before, slots: { ...before.slots, dueDays: request.slots.dueDays } };
      found.push({ ...request, slots: { ...request.slots, dueDays: undefined }, unread: undefined });
    } else if (before && furtherMade(before, request)) found.push({ ...request, intent: 'create' });
    else if (
      before &&
      request.intent === 'unclear' &&
      before.intent !== 'unclear' &&
      request.when === 'always'
    ) {
      found[found.length - 1] = {
        ...before,
        slots: completed(before, request.slots),
        unread: before.unread ?? request.unread ?? contradiction(before, request),
        text: `${before.text}, ${request.text}`,
      };
    } else if (before && addsDetails(before, request)) {
      found[found.length - 1] = {
        ...before,
        slots: completed(before, request.slots),
        unread: before.unread ?? request.unread ?? contradiction(before, request),
        text: `${before.text}, ${request.text}`,
      };
    } else found.push(request);
  }
  return found;
}

/** "Take $18 from Bob, but use his Mastercard": how it is paid, and no second try. */
function addsTo(before: Request, { intent, when, slots, text }: Request): boolean {
  return (
    /^(?:charge|confirm|pay)$/.test(before.intent) &&
    intent === 'retry' &&
    when === 'always' &&
    !slots.customers &&
    !slots.amount &&
    /\b(?:cards?|visa|master ?card|amex|american express|discover|jcb|method|pm_\w+)\b/i.test(text)
  );
}

function withMeans(before: Request, more: Request): Request {
  const marks = new Set([...(before.slots.marks ?? []), ...(more.slots.marks ?? [])]);
  const ids = [...(before.slots.ids ?? []), ...(more.slots.ids ?? [])];
  return {
    ...before,
    slots: { ...more.slots, ...before.slots, marks, ...(ids.length > 0 && { ids }) },
    unread: before.unread ?? more.unread,
    text: `${before.text}, ${more.text}`,
  };
}

/** "Invoice Emma $200 and send it, due in 2 weeks": the term is that of the invoice. */
function dueLater(before: Request, { intent, object, slots }: Request): boolean {
  return (
    before.intent === 'create' &&
    before.object === 'invoice' &&
    before.slots.dueDays === undefined &&
    slots.dueDays !== undefined &&
    (intent === 'send' || intent === 'finalize' || (intent === 'mail' && object === 'mail'))
  );
}

/** "The bank said do_not_honor. What is that?": the second sentence asks what the first one did. */
function asksSameAgain(before: Request, { intent, object, slots, text }: Request): boolean {
  const { marks: _, pronoun, ...facts } = slots;
  return (
    !isWrite(before) &&
    before.intent !== 'unclear' &&
    intent === 'get' &&
    object === '' &&
    pronoun !== undefined &&
    Object.values(facts).every((value) => value === undefined) &&
    /^(?:what|why|how)\b/i.test(text)
  );
}

/** "Create a product and then a payment link for it": the verb counts again. */
export function furtherMade(before: Request, { intent, object, text }: Request): boolean {
  return (
    ['create', 'reprice', 'update', 'get'].includes(before.intent) &&
    (intent === 'get' || intent === 'list' || intent === 'tool') &&
    /^(?:payment_link|invoice|subscription|coupon|price|payment_intent)$/.test(object) &&
    /^(?:(?:and|then|also|now|plus),? )*(?:an?|another|one)\b/i.test(text)
  );
}

/** A detail that says otherwise than what was read before it. */
function contradiction(before: Request, more: Request): string | undefined {
  const { amount, percent, number, share, interval } = more.slots;
  const { slots } = before;
  const other =
    (amount && slots.amount && amount.decimal !== slots.amount.decimal) ||
    (percent && percent !== slots.percent && (slots.amount ?? slots.percent)) ||
    (number !== undefined && slots.amount !== undefined) ||
    (share && slots.amount) ||
    (interval && slots.interval && interval !== slots.interval);
  return other ? more.text : undefined;
}

/** "Old One has left us. Delete that customer.": a sentence without a verb of ours, and who is meant by the next. */
function tellsOf({ intent, slots, when }: Request, next: Request): boolean {
  const { customers, ids, marks: _, pronoun: __, ...facts } = slots;
  return (
    intent === 'unclear' &&
    when === 'always' &&
    (customers ?? ids) !== undefined &&
    Object.values(facts).every((value) => value === undefined) &&
    !['unclear', 'story', 'noop', 'conditional', 'cannot'].includes(next.intent) &&
    next.slots.pronoun !== undefined &&
    !next.slots.customers &&
    !next.slots.ids
  );
}

/** "I charged Carla twice, refund the last one": what is told first is no request, but says whom the next one means. */
function withStories(requests: readonly Request[]): Request[] {
  return requests.flatMap((request, index) => {
    const before = requests[index - 1];
    const next = requests[index + 1];
    if (next && (request.intent === 'story' || tellsOf(request, next))) return [];
    if (
      !before ||
      (before.intent !== 'story' && !tellsOf(before, request)) ||
      request.slots.customers ||
      request.slots.ids
    )
      return [request];
    return [
      { ...request, slots: { ...request.slots, customers: before.slots.customers, ids: before.slots.ids } },
    ];
  });
}

/** "Create a customer … . Email is …": a statement read as a question about an attribute. */
function addsDetails(before: Request, request: Request): boolean {
  const creates = before.intent === 'create' || before.intent === 'charge';
  return (
    creates &&
    request.intent === 'get' &&
    request.object === '' &&
    request.slots.pronoun !== 'both' &&
    !/\?/.test(request.text)
  );
}

/** The slots of a request, with what a further clause says where nothing was said yet. */
function completed(before: Request, more: Slots): Slots {
  const slots: Slots = { ...more, ...withoutUndefined(before.slots) };
  if (before.intent === 'create' && before.object === 'customer') {
    for (const ref of more.customers ?? []) {
      if (ref.by === 'email') slots.newEmail ??= ref.text;
      else if (ref.by === 'name') slots.newName ??= ref.text;
    }
    if (!before.slots.customers) delete slots.customers;
  }
  return slots;
}

function withoutUndefined(slots: Slots): Slots {
  return Object.fromEntries(Object.entries(slots).filter(([, value]) => value !== undefined)) as Slots;
}
