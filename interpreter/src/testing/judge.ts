import { startConversation } from './conversation.ts';
import { type Part, paraphrases } from './paraphrases.ts';
import type { WishCase } from './wishes.ts';

async function problemWith(wish: WishCase, text: string): Promise<string | undefined> {
  const told = await startConversation().say(text);
  const writes = JSON.stringify(told.written.map(({ tool, input }) => ({ tool, input })).sort(byTool));
  const expected = JSON.stringify(
    [...wish.writes].map(({ tool, input }) => ({ tool, input: ordered(input, told.written) })).sort(byTool),
  );
  if (normal(writes) !== normal(expected)) return `${text}\n    wrote ${writes}\n    not   ${expected}`;
  const missing = wish.tells?.find((part) => !told.text.includes(part));
  return missing ? `${text}\n    does not tell ${missing}: ${told.text.slice(0, 200)}` : undefined;
}

function byTool(a: { tool: string }, b: { tool: string }): number {
  return a.tool < b.tool ? 1 : -1;
}

/** Amounts count by their value: "$12" and "$12.00" are the same wish. */
function normal(json: string): string {
  return json.replace(/"(amount)":"(\d+)\.0+"/g, '"$1":"$2"');
}

/** The same keys in the order they were written, so that texts can be compared. */
function ordered(input: WishCase['writes'][number]['input'], written: readonly { input: object }[]) {
  const keys = written.flatMap(({ input: made }) => Object.keys(made));
  return Object.fromEntries(Object.entries(input).sort(([a], [b]) => keys.indexOf(a) - keys.indexOf(b)));
}

/** Tries every wording of a wish that belongs to a part; each failure says what came out instead. */
export async function problems(wish: WishCase, part: Part): Promise<{ tried: number; failed: string[] }> {
  const texts = paraphrases(wish.phrasings, part);
  const failed: string[] = [];
  for (const text of texts) {
    const problem = await problemWith(wish, text);
    if (problem) failed.push(problem);
  }
  return { tried: texts.length, failed };
}
