import { spokenDecimal } from '../answers/money.ts';
import type { Request, Slots } from '../meaning/request.ts';
import type { Ask, Candidate } from '../plan/act.ts';

const dropWords =
  /^(?:no|nope|nah|never ?mind|forget (?:it|that|about it)|cancel|stop|leave it|nothing|don't|do not|no thanks|no thank you|neither|none(?: of (?:them|those))?)\b[ ,.!]*(?:thanks|thank you|please|it|that)?[.! ]*$/i;
const yesWords =
  /^(?:yes|yep|yeah|sure|ok|okay|right|correct|exactly|please do|do it|go ahead|go on|confirm(?:ed)?|that one|that's (?:it|right|the one)|the one|of course|y|please)\b/i;

/** What an answer to a question leads to: requests to go on with, or word that the person let it go. */
export type Answer = { readonly requests: readonly Request[] } | { readonly dropped: true };

/**
 * Reads a message as the answer to a question that was put. Undefined where it is none: then it is a new request.
 * @param fresh the same message read on its own.
 */
export function readAnswer(text: string, ask: Ask, fresh: readonly Request[]): Answer | undefined {
  if (dropWords.test(text.trim())) return { dropped: true };
  // A question back answers nothing, whatever words of an answer stand in it.
  if (/^(?:when|what|which|who|whose|how|why|where|does|do|did|is|are|was)\b.*\?\s*$/i.test(text.trim()))
    return undefined;
  const [first] = fresh;
  const ownRequest = fresh.length > 1 || (first !== undefined && isWholeRequest(first, ask));
  if (ownRequest) return undefined;
  const slots = first?.slots ?? {};
  const request = answered(text.trim(), ask, slots);
  return request && { requests: [request, ...ask.rest] };
}

/** A message with a verb of its own and another purpose is no answer. */
function isWholeRequest(request: Request, ask: Ask): boolean {
  if (request.intent === 'unclear' || request.intent === ask.request.intent) return false;
  if (request.intent === 'get' && request.object === '') return false;
  if (ask.about === 'timing' && request.intent === 'cancel') return false;
  if (ask.about === 'choice' || ask.about === 'text')
    return (
      ['secret', 'about', 'delete', 'refund'].includes(request.intent) ||
      (request.intent === 'list' && request.text.split(' ').length > 2)
    );
  if (/^(?:what|which|show|list|how|who|when|where|why|is|are|does|do|did|can|could)\b/i.test(request.text))
    return true;
  const verbless =
    /^\S+(?: \S+){0,3}$/.test(request.text) && ['list', 'get', 'confirm', 'retry'].includes(request.intent);
  return !verbless || request.intent === 'list';
}

function answered(text: string, ask: Ask, slots: Slots): Request | undefined {
  const merged = { ...ask.request, slots: fillGaps(ask.request.slots, slots) };
  switch (ask.about) {
    case 'timing':
      return slots.timing
        ? { ...merged, slots: { ...merged.slots, timing: slots.timing } }
        : timingOf(text, merged);
    case 'amount':
      return slots.amount || slots.number
        ? {
            ...merged,
            slots: {
              ...merged.slots,
              amount: slots.amount ?? merged.slots.amount,
              number: slots.number,
              interval: merged.slots.interval ?? slots.interval,
              customers: merged.slots.customers ?? slots.customers,
            },
          }
        : undefined;
    case 'confirm':
      return yesWords.test(text) ? ask.request : undefined;
    case 'choice':
      return ask.choices?.find(({ words }) => words.test(text.toLowerCase()))?.request;
    case 'text':
      return withText(text, ask, merged, slots);
    default:
      return withReference(text, ask, merged, slots);
  }
}

/** What the answer adds; what the request already says stays, but for the reference that was in question. */
function fillGaps(before: Slots, more: Slots): Slots {
  const {
    customers: _,
    product: __,
    ids: ___,
    number: ____,
    ordinal: _____,
    pronoun: ______,
    marks: _______,
    ...rest
  } = more;
  return { ...rest, ...before };
}

function timingOf(text: string, request: Request): Request | undefined {
  if (/\bend\b|\bperiod\b|\blater\b|\bsecond\b|\blatter\b|\brenew/i.test(text))
    return { ...request, slots: { ...request.slots, timing: 'period_end' } };
  if (/\bnow\b|\bimmediate|\bat once\b|\bfirst\b|\bright away\b/i.test(text))
    return { ...request, slots: { ...request.slots, timing: 'now' } };
  return undefined;
}

function withText(text: string, ask: Ask, merged: Request, slots: Slots): Request | undefined {
  const said = text
    .replace(
      /^(?:it'?s|its|it is|call it|name it|the name is|name|make it|use|to|should be|let'?s call it)[ :]+/i,
      '',
    )
    .replace(/^["']|["']?[.!]?$/g, '')
    .trim();
  const value = slots.newName ?? slots.newEmail ?? said;
  if (!value) return undefined;
  const email = slots.newEmail ?? slots.customers?.find(({ by }) => by === 'email')?.text;
  const name = slots.newName ?? slots.customers?.find(({ by }) => by === 'name')?.text;
  if (ask.request.object === 'customer' && ask.request.intent === 'create') {
    return {
      ...merged,
      slots: { ...merged.slots, newEmail: email, newName: name ?? besideAddress(said, email) },
    };
  }
  if (ask.slot === 'percent') {
    const percent = slots.percent ?? slots.number;
    return percent || slots.amount
      ? { ...merged, slots: { ...merged.slots, percent, amount: slots.amount } }
      : undefined;
  }
  if (ask.slot === 'phone')
    return slots.phone || /\d{5}/.test(said)
      ? { ...merged, slots: { ...merged.slots, phone: slots.phone ?? said } }
      : undefined;
  if (ask.slot === 'newEmail')
    return email ? { ...merged, slots: { ...merged.slots, newEmail: email } } : undefined;
  return { ...merged, slots: { ...merged.slots, [ask.slot ?? 'newName']: said } };
}

/** "Ann Lee, ann@lee.com": what is left of an answer beside the address is the name. */
function besideAddress(said: string, email: string | undefined): string | undefined {
  const left = email === undefined ? said : said.replace(email, '').replace(/[,;()<>]|\band\b/g, ' ');
  const name = left.replace(/\s+/g, ' ').trim();
  return /^\p{L}[\p{L}\p{M}'. -]{0,60}$/u.test(name) || email === undefined ? name : undefined;
}

function withReference(text: string, ask: Ask, merged: Request, slots: Slots): Request | undefined {
  const chosen = chooseCandidate(text, ask.candidates ?? [], slots);
  if (chosen) return withId(merged, ask, chosen.id);
  const [id] = slots.ids ?? [];
  if (ask.about === 'customer') {
    const ref =
      slots.customers?.[0] ??
      (slots.newEmail ? { by: 'email' as const, text: slots.newEmail } : undefined) ??
      bareName(text);
    return (
      ref && {
        ...merged,
        slots: { ...merged.slots, customers: [ref], number: slots.number ?? merged.slots.number },
      }
    );
  }
  if (ask.about === 'product') {
    const ref = slots.product ?? slots.customers?.[0] ?? bareName(text);
    return ref && { ...merged, slots: { ...merged.slots, product: ref } };
  }
  if (id) return { ...merged, slots: { ...merged.slots, ids: [...(merged.slots.ids ?? []), id] } };
  return slots.customers ? { ...merged, slots: { ...merged.slots, customers: slots.customers } } : undefined;
}

function bareName(text: string): { by: 'name'; text: string } | undefined {
  const said = text
    .replace(/^(?:for|it'?s|the|to|with|from)\s+/i, '')
    .replace(/[.!?]$/, '')
    .trim();
  return said.length > 1 && said.length < 60 && said.split(' ').length <= 4 && !yesWords.test(said)
    ? { by: 'name', text: said }
    : undefined;
}

function withId(request: Request, ask: Ask, id: string): Request {
  const { slots } = request;
  if (ask.about === 'customer')
    return { ...request, slots: { ...slots, customers: [{ by: 'id', text: id }] } };
  if (ask.about === 'product') return { ...request, slots: { ...slots, product: { by: 'id', text: id } } };
  return { ...request, slots: { ...slots, ids: [...(slots.ids ?? []), { object: ask.object ?? '', id }] } };
}

/** The one candidate an answer points at, by position, id, address, or words that only it has. */
function chooseCandidate(
  text: string,
  candidates: readonly Candidate[],
  slots: Slots,
): Candidate | undefined {
  if (candidates.length === 0) return undefined;
  const lower = text.toLowerCase();
  if (candidates.length === 1 && yesWords.test(text)) return candidates[0];
  if (/^(?:the )?last(?: one)?[.!]?$/.test(lower)) return candidates.at(-1);
  const position =
    typeof slots.ordinal === 'number'
      ? slots.ordinal
      : /^(?:number |no\.? |#|option )?(\d{1,2})[.)]?$/.exec(lower)?.[1];
  if (position !== undefined) {
    const found = candidates[typeof position === 'number' ? position : Number(position) - 1];
    if (found) return found;
  }
  const byRhythm = candidates.filter(
    ({ label }) => slots.interval !== undefined && label.includes(`per ${slots.interval}`),
  );
  if (byRhythm.length === 1) return byRhythm[0];
  const sum = slots.amount ? spokenDecimal(slots.amount.decimal, slots.amount.currency ?? 'usd') : undefined;
  const bySum = candidates.filter(({ label }) => sum !== undefined && label.includes(sum));
  if (bySum.length === 1) return bySum[0];
  const exact = candidates.filter(({ handles }) =>
    handles.some(
      (handle) =>
        handle.length > 2 && (lower.includes(handle.toLowerCase()) || handle.toLowerCase() === lower),
    ),
  );
  const longest = Math.max(0, ...exact.map(({ handles }) => matchedLength(handles, lower)));
  const best = exact.filter(({ handles }) => matchedLength(handles, lower) === longest);
  if (best.length === 1) return best[0];
  const words = lower
    .split(/[^\p{L}\p{N}@._+-]+/u)
    .filter(
      (word) =>
        word.length > 2 &&
        !/^(?:the|one|with|that|his|her|for|please|mean|meant|from|name|email|mail)$/.test(word),
    );
  const fitting = candidates.filter(({ handles }) =>
    words.some((word) => handles.some((handle) => handle.toLowerCase().includes(word))),
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}

function matchedLength(handles: readonly string[], lower: string): number {
  return Math.max(
    0,
    ...handles.filter((handle) => lower.includes(handle.toLowerCase())).map((handle) => handle.length),
  );
}
