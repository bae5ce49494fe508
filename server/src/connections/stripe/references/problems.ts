import { type Json, ToolError } from '../../../tools/tool.ts';

/** Several things answer to a reference: they come back as candidates, and nobody chooses but the person. */
export function ambiguous(what: string, asked: string, candidates: Json[]): ToolError {
  const shown = candidates.slice(0, 10);
  const count = candidates.length;
  return new ToolError('ambiguous', `${count} ${what}s match "${asked}".`, {
    next: `Ask the person which ${what} is meant, telling the candidates apart, and use its id.`,
    details: { asked, count, candidates: shown },
  });
}

/** Nothing answers to a reference. `near` are offered, not used. */
export function notFound(what: string, asked: string, near: Json[] = [], next?: string): ToolError {
  const hint =
    near.length > 0
      ? 'Ask whether one of the similar ones is meant.'
      : `Check the spelling, or give the ${what} id.`;
  return new ToolError('not_found', `There is no ${what} "${asked}".`, {
    next: next ?? hint,
    details: { asked, ...(near.length > 0 && { candidates: near }) },
  });
}
