import { textAt } from '../json.ts';
import type { Request } from '../meaning/request.ts';
import { stemOf } from '../normalise/stem.ts';
import { actionOfWord } from '../normalise/vocabulary.ts';
import type { World } from './act.ts';

/** "Finalize it", "cancel that please": a verb, what was spoken of last, and nothing else. */
const pointing =
  /^(?:(?:and|then|now|ok|okay|great|please|pls|no|hmm|actually|wait|sorry|can you|could you|go ahead and|so|again)[ ,]+)*([\p{L}-]+) (?:it|that|this|this one|that one|them)(?:[ ,]+(?:again|please|pls|now|then|too|back|after all|right away|immediately))*[.! ]*$/iu;

/** Kinds whose own acts know what "it" is. */
const acted = new Set([
  'charge',
  'payment_intent',
  'invoice',
  'subscription',
  'product',
  'customer',
  'price',
  'refund',
]);

/**
 * The same request as one for the tool that does what was said to what the conversation was about last; undefined where
 * more was said than that, or where the kind has acts of its own.
 */
export function pointedAt(request: Request, world: World): Request | undefined {
  const verb = pointing.exec(request.text.trim())?.[1]?.toLowerCase();
  const newest = world.focus.newestOfAll();
  const id = textAt(newest?.value, 'id');
  if (!verb || !newest || !id || acted.has(newest.object)) return undefined;
  const tool = world.toolbox.tools.find(
    ({ object, effect, action, verb: own }) =>
      object === newest.object &&
      effect !== 'read' &&
      (stemOf(own) === stemOf(verb) || action === (actionOfWord(verb) ?? verb)),
  );
  if (!tool) return undefined;
  return {
    ...request,
    intent: 'tool',
    object: tool.object,
    tool: tool.name,
    said: [],
    slots: { ids: [{ object: newest.object, id }], pronoun: 'thing' },
  };
}
