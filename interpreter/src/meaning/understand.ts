import { extractEntities } from '../entities/extract.ts';
import { type SpeltText, spelt } from '../normalise/spelling.ts';
import { tidy } from '../normalise/text.ts';
import type { Setting } from '../setting.ts';
import type { Toolbox } from '../toolbox.ts';
import { type Clause, splitClauses } from './clauses.ts';
import { decide } from './decide.ts';
import { matchTool } from './match-tool.ts';
import { splitPeople } from './people.ts';
import type { Request, Slots } from './request.ts';
import { readSlots } from './slots.ts';
import { tokenise } from './tokens.ts';

/** Reads a message into the things it asks for, in order. What it does not understand is `unclear`. */
export function understand(message: string, setting: Setting, toolbox: Toolbox): Request[] {
  const source = spelt(tidy(message));
  const { text } = source;
  const clauses = splitClauses(tokenise(text, extractEntities(text, setting)));
  const requests = clauses.flatMap((clause) => requestsOf(clause, source, toolbox));
  return joined(requests);
}

function requestsOf(clause: Clause, source: SpeltText, toolbox: Toolbox): Request[] {
  const said = source.text.slice(clause.tokens[0]?.start ?? 0, clause.tokens.at(-1)?.end ?? 0);
  const decision = decide(clause);
  const base = { when: clause.when, text: said };
  if (!decision || (decision.intent === 'tool' && decision.objects[0] !== 'explain')) {
    const tool = matchTool(clause, toolbox);
    const slots = readSlots(clause, tool ? 'tool' : 'unclear', tool?.object ?? '', source);
    return [
      { ...base, intent: tool ? 'tool' : 'unclear', object: tool?.object ?? '', tool: tool?.name, slots },
    ];
  }
  const { intent, objects } = decision;
  if (intent === 'create' && objects[0] === 'customer') {
    return splitPeople(clause).map((part) => ({
      ...base,
      intent,
      object: 'customer',
      slots: readSlots(part, intent, 'customer', source),
    }));
  }
  return (objects.length > 0 ? objects : ['']).map((object) => ({
    ...base,
    intent,
    object,
    slots: readSlots(clause, intent, object, source),
  }));
}

/** A clause that only adds details ("…, her email is a@b.c", "priced at $10") belongs to the one before it. */
function joined(requests: readonly Request[]): Request[] {
  const found: Request[] = [];
  for (const request of requests) {
    const before = found.at(-1);
    if (before && request.intent === 'unclear' && before.intent !== 'unclear' && request.when === 'always') {
      found[found.length - 1] = {
        ...before,
        slots: completed(before, request.slots),
        text: `${before.text}, ${request.text}`,
      };
    } else if (before && addsDetails(before, request)) {
      found[found.length - 1] = {
        ...before,
        slots: completed(before, request.slots),
        text: `${before.text}, ${request.text}`,
      };
    } else found.push(request);
  }
  return found;
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
