import type { Request, Slots } from '../meaning/request.ts';

/** What people open with when they think again; it says nothing by itself. */
const openings =
  /^(?:(?:on second thoughts?|on reflection|come to think of it|thinking about it|hm+|you know what|by the way|btw|oh,? and|oh|one more thing|(?:he|she|they|the customer|the client) (?:said|says|replied|answered) (?:no|yes|ok(?:ay)?|fine))[,;:.!]* )+(?=\p{L})/iu;

/** The same message without what it opens with when somebody thinks again: "on second thought, resume it". */
export function withoutSecondThoughts(text: string): string {
  return text.replace(openings, '');
}

const keeps =
  /\b(?:keep (?:it|her|him|them|that|the (?:subscription|plan|membership))|changed (?:his|her|their) mind|(?:do not|don't|dont) (?:cancel|end) (?:it|that|her|him|them)?|un-?cancel|leave it (?:running|on|active|as it (?:is|was))|take (?:it|that) back|undo (?:it|that)|wants? to stay|stays? after all)\b/i;
const raises =
  /^(?:(?:now|please|then|and|ok|okay|can you|could you)[ ,]+)*(?:raise|lower|increase|decrease|reduce|bump|change|set|make|put) (?:it|that|this|the price|its price)(?: (?:up|down))? (?:to|at|cost)\b/i;
const figures =
  /^(?:and |so |ok )?(?:how much (?:of (?:it|that) )?(?:is|was|have we|do we have) (?:still )?(?:left|kept|remaining)|what(?:'s| is) (?:left|remaining)|how much (?:is|was|has been) (?:refunded|given back)|how much did we keep)\b/i;

/** What a short message asks for that only what went before explains: undone, dearer, what is left, more of the same. */
export function afterAll(
  text: string,
  fresh: readonly Request[],
  last: Request,
  wrote: boolean,
): Request | undefined {
  const [first] = fresh;
  const slots: Slots = first?.slots ?? {};
  const own = slots.ids !== undefined || slots.product !== undefined;
  if (own) return undefined;
  // "She changed her mind, keep it", after a subscription was set to end.
  if (wrote && last.intent === 'cancel' && last.object !== 'payment_intent' && keeps.test(text)) {
    const { customers, ids } = last.slots;
    return {
      ...{ intent: 'keep', object: 'subscription', when: 'always', text },
      slots: { pronoun: 'thing', ...(customers && { customers }), ...(ids && { ids }) },
    };
  }
  if (fresh.length > 1 || slots.customers) return undefined;
  if (first && slots.amount && /^(?:product|price|plan)$/.test(last.object) && raises.test(text.trim())) {
    const { product } = last.slots;
    return {
      ...{ intent: 'reprice', object: 'price', when: 'always', text },
      slots: { ...slots, pronoun: 'thing', ...(product && { product }) },
    };
  }
  if (figures.test(text.trim()) && /^(?:charge|refund|payment_intent)?$/.test(last.object))
    return { intent: 'get', object: 'charge', slots: { pronoun: 'thing' }, when: 'always', text };
  const parts = /\b(?:pending|available|instant\w*|on the way|cleared)\b/i;
  return last.object === 'balance' && parts.test(text) && text.split(' ').length < 9 ? last : undefined;
}
