import { readsOnly } from '../guard/provenance/intent.ts';
import type { Origin } from '../guard/provenance/provenance.ts';
import { readValues } from '../guard/provenance/sources.ts';
import { wordsOf } from '../guard/provenance/words.ts';
import type { Json, Tool } from '../tools/tool.ts';
import type { Entry } from './journal.ts';

/** Words with which people go on from what they said before. */
const goesOn = new Set([
  ...[
    'same',
    'again',
    'likewise',
    'ditto',
    'too',
    'also',
    'another',
    'instead',
    'genauso',
    'auch',
    'nochmal',
    'idem',
  ],
]);
/** An answer is short: `yes`, `the second one`, `bob@example.com`. */
const shortAnswer = 4;

/**
 * Where the values of a write in this run may come from. What was said earlier counts as said now when the message
 * only makes sense with it: it answers the agent's question, or says "same", "again".
 */
export function originOf(entries: readonly Entry[], runId: string, instructions: string): Origin {
  const runs = [...Map.groupBy(entries, (entry) => entry.runId).values()];
  const at = runs.findIndex((run) => run[0]?.runId === runId);
  const said = runs.slice(0, at + 1).map(saidIn);
  let first = at;
  while (first > 0 && continues(said[first] ?? '', runs[first - 1] ?? [])) first -= 1;
  return {
    now: said.slice(first),
    before: said.slice(0, Math.max(0, first)),
    standing: [instructions],
    results: entries.flatMap(viewOf),
  };
}

/**
 * Of a call that a program outside chose, nobody knows what a person said. For a change that can be set back its
 * arguments count as said, save those that stand in texts which others wrote; for anything graver only what was looked
 * up before does.
 */
export function originOfCall(
  entries: readonly Entry[],
  { tool, input }: { tool: Tool; input: Json },
  instructions: string,
): Origin {
  const results = entries.flatMap(viewOf);
  const { typed } = readValues(results);
  const isTyped = (text: string) => typed.some((each) => each.toLowerCase().includes(text.toLowerCase()));
  const given = tool.effect === 'write' ? textsIn(input).filter((text) => !isTyped(text)) : [];
  return { now: [tool.words.action, tool.title, ...given], before: [], standing: [instructions], results };
}

function textsIn(value: Json): string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

function saidIn(run: readonly Entry[]): string {
  const entry = run.find((each) => each.kind === 'user');
  return entry?.kind === 'user' ? entry.content.text : '';
}

function viewOf(entry: Entry): Json[] {
  return entry.kind === 'tool' && entry.content.result.status === 'completed'
    ? [entry.content.result.view]
    : [];
}

function continues(text: string, before: readonly Entry[]): boolean {
  const words = wordsOf(text);
  if (words.some((word) => goesOn.has(word))) return true;
  const answer = before.findLast((entry) => entry.kind === 'model');
  if (answer?.kind !== 'model' || readsOnly(text)) return false;
  return (
    answer.content.text.trimEnd().endsWith('?') ||
    (answer.content.text.includes('?') && words.length <= shortAnswer)
  );
}
