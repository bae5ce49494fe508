import type { Period } from '../entities/entity.ts';
import { extractEntities } from '../entities/extract.ts';
import type { SpeltText } from '../normalise/spelling.ts';
import type { Setting } from '../setting.ts';
import type { Toolbox, ToolSpec } from '../toolbox.ts';
import type { Clause } from './clauses.ts';
import type { Request, Slots } from './request.ts';
import { narrows } from './rules/filters-said.ts';
import { readQuestion } from './rules/question.ts';
import { type Decision, look } from './rules/seen.ts';
import { readSlots } from './slots.ts';

/** "What would Anna pay if she went to Premium?": what a change comes to is previewed, where a tool does. */
export function supposedChange(said: string, { tools }: Toolbox): ToolSpec | undefined {
  const supposes =
    /\bwould\b.*\b(?:pay|cost|owe|charged|billed|due|come to)\b.*\bif\b.*\b(?:switch\w*|mov\w*|w[eo]nt|goes?|chang\w*|upgrad\w*|downgrad\w*|took|takes?)\b/i;
  return supposes.test(said)
    ? tools.find(
        ({ verb, effect, name }) => verb === 'preview' && effect === 'read' && /subscription/.test(name),
      )
    : undefined;
}

/** A question that takes reckoning, with the facts its clause states. */
export function questionOf(
  clause: Clause,
  said: string,
  decision: Decision | undefined,
  source: SpeltText,
  setting: Setting,
): Pick<Request, 'intent' | 'object' | 'slots' | 'query'> | undefined {
  const periods = clause.tokens.flatMap(({ entity }) => (entity?.type === 'period' ? [entity.period] : []));
  const query = readQuestion(look(clause), said, decision, {
    periods,
    asked: /^\s*\?/.test(source.text.slice(clause.tokens.at(-1)?.end ?? 0)),
  });
  if (!query) return undefined;
  const object =
    query.of === 'hold' ? 'payment_intent' : query.of === 'fee' ? 'balance_transaction' : query.of;
  const slots = withoutNobody(readSlots(clause, 'list', object, source), clause);
  const period = query.against && (periods.length > 1 ? periods[0] : thisTime(query.against, setting));
  const newest = slots.ordinal === 'last' && query.measure === 'list' ? 1 : undefined;
  const limit = query.limit ?? slots.limit ?? newest;
  return {
    intent: query.measure === 'count' ? 'count' : 'list',
    object,
    slots: { ...slots, ...(period && { period }) },
    query: { ...query, ...(limit !== undefined && { limit }) },
  };
}

/** A lower-case word that nothing ties to what is asked for is nobody's name: "average payment size". */
function withoutNobody(slots: Slots, { tokens }: Clause): Slots {
  const somebody = slots.customers?.filter(({ by, text }) => {
    if (by === 'name' && narrows(text)) return false;
    // "Rank customers by …": a verb that nobody listed.
    if (
      by === 'name' &&
      tokens[0]?.text === text &&
      !/^(?:has|have|is|did|was|does|'s|,|:)$/.test(tokens[1]?.word ?? ',')
    )
      return false;
    if (by !== 'name' || text !== text.toLowerCase() || text.includes(' ')) return true;
    const at = tokens.findIndex(({ entity }) => entity?.type === 'name' && entity.text === text);
    const { entity } = tokens[at] ?? {};
    const before = tokens[at - 1]?.word ?? '';
    return (
      (entity?.type === 'name' && entity.possessive) ||
      /^(?:of|from|by|for|did|has|have|does|is|was|will|if|and|to|customer|client|about)$/.test(before) ||
      /^(?:has|have|paid|pays|pay|spent|spend|still|ever|owe|owes|got)$/.test(tokens[at + 1]?.word ?? '')
    );
  });
  const { customers: _, ...rest } = slots;
  return somebody && somebody.length > 0 ? { ...rest, customers: somebody } : rest;
}

/** "Than last month" is set against this month. */
function thisTime({ words }: Period, setting: Setting): Period | undefined {
  const unit = /\b(week|month|quarter|year)\b/i.exec(words)?.[1];
  const now = unit ? `this ${unit}` : /yesterday/i.test(words) ? 'today' : undefined;
  const found = now === undefined ? undefined : extractEntities(now, setting)[0];
  return found?.type === 'period' ? found.period : undefined;
}
