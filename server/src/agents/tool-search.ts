/** Finds tools that an agent does not carry, so that prompts stay small and nothing is out of reach. */
import { z } from 'zod';
import { type Json, readTool, type Tool } from '../tools/tool.ts';
import type { Entry } from './journal.ts';

export const toolSearchName = 'search_tools';
const mostFound = 6;

/** @returns null where there is nothing to find. */
export function createToolSearch(tools: readonly Tool[]): Tool | null {
  if (tools.length === 0) return null;
  return readTool({
    name: toolSearchName,
    title: 'Search tools',
    description:
      'Finds further tools by what they do ("credit note", "pause a subscription", "quote"). What it finds can be called from the next step on. Use it before you say that something cannot be done.',
    input: z.strictObject({
      query: z.string().min(1).max(200).describe('A few words: the action and the object.'),
    }),
    permissions: [],
    words: { action: 'search', object: 'tool' },
    async read({ query }) {
      const found = ranked(tools, query).slice(0, mostFound);
      const rows: Json[] = found.map(({ name, effect, description }) => ({
        tool: name,
        effect,
        does: description,
      }));
      return {
        view: { object: 'list', of: 'tools', data: rows },
        record: null,
        summary: found.length === 0 ? 'Found no tool' : `Found ${found.map(({ name }) => name).join(', ')}`,
        objects: [],
        requestIds: [],
      };
    },
  });
}

/** The tools that searches in this thread found. */
export function foundTools(entries: readonly Entry[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const entry of entries) {
    if (entry.kind !== 'tool' || entry.content.name !== toolSearchName) continue;
    const { result } = entry.content;
    if (result.status !== 'completed') continue;
    for (const name of namesIn(result.view)) names.add(name);
  }
  return names;
}

const foundView = z.object({ data: z.array(z.object({ tool: z.string() })) });

function namesIn(view: Json): string[] {
  const parsed = foundView.safeParse(view);
  return parsed.success ? parsed.data.data.map(({ tool }) => tool) : [];
}

/** By how many of the words stand in what a tool is called and does; names weigh most. */
function ranked(tools: readonly Tool[], query: string): Tool[] {
  const words = stemsOf(query);
  const scored = tools.map((tool) => {
    const called = new Set(stemsOf(`${tool.name} ${tool.title}`));
    const meant = new Set(stemsOf(`${tool.words.object} ${(tool.words.synonyms ?? []).join(' ')}`));
    const does = new Set(stemsOf(tool.description));
    const score = words.reduce(
      (sum, word) => sum + (called.has(word) ? 4 : 0) + (meant.has(word) ? 3 : 0) + (does.has(word) ? 1 : 0),
      0,
    );
    return { tool, score };
  });
  return scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ tool }) => tool);
}

/** Words without their endings: `refunds`, `refunding` and `refund` are one. */
export function stemsOf(text: string): string[] {
  return (text.toLowerCase().match(/[a-z]+/g) ?? [])
    .filter((word) => word.length > 2)
    .map((word) => word.replace(/(?:ies|ing|es|ed|s|e|y)$/, ''));
}
