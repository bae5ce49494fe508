import { plainText } from '../../answers/describe.ts';
import { isJsonObject, rowsAt, textAt } from '../../json.ts';
import type { Request } from '../../meaning/request.ts';
import { type Act, callTool, done, type Outcome, type World } from '../act.ts';

const searcher = 'search_knowledge';
/** What asks to be told something, or speaks of what is written somewhere. An order is never answered by a document. */
const asks =
  /^(?:so |and |please )*(?:what|which|who|whom|when|where|why|how|can|may|could|do|does|did|is|are|should|will|must|tell me|explain)\b|\?\s*$|\b(?:polic(?:y|ies)|handbook|manual|documents?|guidelines?|knowledge|according to)\b/i;
/** What rules are about, and what an account holds no figures of. */
const rules =
  /\b(?:polic(?:y|ies)|handbook|manual|guidelines?|terms|warrant(?:y|ies)|guarantees?|allowed|entitled|eligible|have to|need to|must|may|accept(?:ed)?|tak(?:e|en) back|sen[dt] .{0,20}back|returns?|returning|shipping|ship|delivery|exchange|complaints?|opening hours)\b|^how (?:long|soon|late)\b/i;
const looking = new Set(['list', 'get', 'count', 'unclear']);
/** More would bury the answer; the others are a click away. */
const mostQuoted = 2;
const mostLines = 12;

/** Whether the agent has documents that a message could be about. */
function asksKnowledge({ text }: Request, { toolbox }: World): boolean {
  return toolbox.named(searcher) !== undefined && asks.test(text.trim());
}

/** Whether a question that could be one about the account is one about the rules of the business. */
export function asksForRules(request: Request, world: World): boolean {
  const { intent, slots, text } = request;
  // "complaints" or "boxes" may have been taken for somebody's name; names begin with a capital.
  const isOfSomebody =
    slots.ids !== undefined ||
    (slots.customers ?? []).some((customer) => customer.by !== 'name' || /^\p{Lu}/u.test(customer.text));
  return looking.has(intent) && !isOfSomebody && rules.test(text) && asksKnowledge(request, world);
}

/**
 * What the agent's documents say, quoted, with where it stands. This model quotes and does not retell: what a document
 * says is its own affair. Undefined where they say nothing.
 */
export function* fromKnowledge(request: Request, world: World): Act<Outcome | undefined> {
  if (!asksKnowledge(request, world)) return undefined;
  const result = yield* callTool(searcher, { query: request.text.trim().slice(0, 500) });
  if (result.status !== 'ok') return undefined;
  const quotes = rowsAt(result.value, 'data').flatMap((row) => {
    const text = isJsonObject(row.content) ? textAt(row.content, 'text') : undefined;
    const cite = textAt(row, 'cite');
    return text && cite ? [`${quoted(text)}\n\n— ${cite}`] : [];
  });
  return quotes.length > 0 ? done(quotes.slice(0, mostQuoted).join('\n\n')) : undefined;
}

function quoted(text: string): string {
  const lines = text.split('\n').map(plainText);
  const shown = lines.slice(0, mostLines);
  return [...shown, ...(lines.length > shown.length ? ['…'] : [])]
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
}
