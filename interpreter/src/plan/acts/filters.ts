import type { Json } from '../../json.ts';
import type { Request, Slots } from '../../meaning/request.ts';
import type { ToolSpec } from '../../toolbox.ts';
import type { World } from '../act.ts';
import { customerRef, productRef } from '../references.ts';

/** The filters of a request, as far as the tool knows them. */
export function listInput(
  request: Request,
  tool: ToolSpec,
  world: World,
  limit?: number,
): Record<string, Json | undefined> {
  const { slots } = request;
  const takes = (name: string) => tool.properties.has(name);
  const customer = customerRef(request, world) ?? ownerOfFocus(request, world);
  const ownName = request.object === 'customer' ? slots.customers?.[0] : undefined;
  const product = productRef(request, world);
  const everything =
    request.intent === 'count' ||
    slots.atLeast !== undefined ||
    slots.atMost !== undefined ||
    (request.object === 'subscription' && slots.product !== undefined) ||
    superlative(request.text) !== undefined ||
    /\b(?:how much|total|sum)\b/i.test(request.text);
  const status = statusFor(request);
  return {
    customer: takes('customer') ? customer : undefined,
    email: takes('email') && ownName?.by === 'email' ? ownName.text : undefined,
    query: takes('query') && ownName?.by === 'name' ? ownName.text : undefined,
    product: takes('product') ? product : undefined,
    created: takes('created') ? createdInput(slots) : undefined,
    status: takes('status') && allows(tool, 'status', status) ? status : undefined,
    active: takes('active') ? activeFor(request) : undefined,
    overdue: takes('overdue') && slots.marks?.has('overdue') ? true : undefined,
    open: takes('open') && slots.marks?.has('open') ? true : undefined,
    limit: takes('limit')
      ? (limit ??
        slots.limit ??
        smallNumber(slots.number) ??
        (everything && request.intent !== 'count'
          ? 1000
          : slots.marks?.has('all') || everything
            ? 100
            : undefined))
      : undefined,
    count_all: takes('count_all') && (everything || slots.marks?.has('all')) ? true : undefined,
  };
}

/** "The biggest payment": which end of the list by amount is meant. */
export function superlative(text: string): 'biggest' | 'smallest' | undefined {
  if (/\b(?:biggest|largest|highest|most expensive|priciest)\b/i.test(text)) return 'biggest';
  return /\b(?:smallest|lowest|cheapest|least expensive)\b/i.test(text) ? 'smallest' : undefined;
}

/** "His invoices" after somebody was spoken of; "their payments". */
function ownerOfFocus(request: Request, world: World): string | undefined {
  return request.slots.pronoun && request.object !== 'customer' ? world.focus.customer() : undefined;
}

function smallNumber(number: string | undefined): number | undefined {
  return number !== undefined && /^\d{1,3}$/.test(number) && Number(number) > 0 ? Number(number) : undefined;
}

function createdInput(slots: Slots): Json | undefined {
  if (!slots.period) return undefined;
  const { from, to } = slots.period;
  return { ...(from && { from }), ...(to && { to }) };
}

function allows(tool: ToolSpec, name: string, value: string | undefined): boolean {
  const options = tool.properties.get(name)?.enum;
  return value !== undefined && (!Array.isArray(options) || options.includes(value));
}

function activeFor({ slots, text }: Request): boolean | undefined {
  // "All products including archived ones".
  if (/\b(?:includ\w+|also|as well as|both|and) (?:the )?(?:archived|inactive)\b/i.test(text))
    return undefined;
  if (slots.marks?.has('inactive')) return false;
  return slots.marks?.has('active') ? true : undefined;
}

function statusFor({ object, slots, text }: Request): string | undefined {
  const marks = slots.marks ?? new Set<string>();
  const lower = text.toLowerCase();
  if (object === 'charge') {
    if (marks.has('failed')) return 'failed';
    return marks.has('succeeded') || slots.ordinal === 'last' || /\b(?:paid|spent|spend|pay)\b/.test(lower)
      ? 'succeeded'
      : undefined;
  }
  if (object === 'invoice') {
    if (marks.has('overdue')) return undefined;
    if (/\bdrafts?\b/.test(lower)) return 'draft';
    if (/\bvoid(?:ed)?\b/.test(lower)) return 'void';
    if (
      marks.has('unpaid') ||
      marks.has('open') ||
      /\bowes?\b|\bowing\b|\b(?:not|n't|hasnt|havent|didnt|to|never) (?:yet )?(?:paid|pay)\b|(?:n't|not|never) (?:yet )?(?:been )?(?:paid|pay)\b/.test(
        lower,
      )
    )
      return 'open';
    return /\bpaid\b/.test(lower) ? 'paid' : undefined;
  }
  if (object === 'subscription') {
    if (marks.has('overdue') || marks.has('failed')) return 'past_due';
    if (marks.has('unpaid')) return 'unpaid';
    if (/\btrial(?:ing|s)?\b/.test(lower)) return 'trialing';
    if (marks.has('canceled')) return 'canceled';
    return marks.has('active') ? 'active' : undefined;
  }
  if (object === 'payment_intent') {
    if (/\bauthori[sz]ed\b|\buncaptured\b|\bcaptured?\b|\bheld\b|\bon hold\b/.test(lower))
      return 'requires_capture';
    if (marks.has('succeeded')) return 'succeeded';
    return marks.has('canceled') ? 'canceled' : undefined;
  }
  if (object === 'payout')
    return marks.has('failed')
      ? 'failed'
      : /\bin transit\b/.test(lower)
        ? 'in_transit'
        : /\bpending\b/.test(lower)
          ? 'pending'
          : undefined;
  return undefined;
}
