import { baseForm } from '../normalise/vocabulary.ts';
import type { Toolbox, ToolSpec } from '../toolbox.ts';
import type { Clause } from './clauses.ts';
import { readWords } from './verbs.ts';

/**
 * The one tool whose own words a clause uses: its synonyms, or its action and object. A tool that only reads needs
 * less to be chosen than one that writes; a tie between two is no choice.
 */
export function matchTool(clause: Clause, toolbox: Toolbox): ToolSpec | undefined {
  const bases = clause.tokens.filter((token) => token.kind === 'word').map((token) => token.base);
  const phrase = ` ${bases.join(' ')} `;
  const { actions } = readWords(clause.tokens);
  const scored = toolbox.tools
    .map((tool) => ({
      tool,
      score: scoreOf(tool, phrase, new Set(actions.map(({ action }) => String(action)))),
    }))
    .filter(({ tool, score }) => score >= (tool.effect === 'read' ? 2 : 4))
    .sort((a, b) => b.score - a.score);
  const [best, second] = scored;
  return best && best.score !== second?.score ? best.tool : undefined;
}

function scoreOf(tool: ToolSpec, phrase: string, actions: ReadonlySet<string>): number {
  const object = holds(phrase, tool.object.replaceAll('_', ' ')) ? 2 : 0;
  const action = actions.has(tool.action) || holds(phrase, tool.action) ? 2 : 0;
  const synonym = Math.max(
    0,
    ...tool.synonyms.map((words) => (holds(phrase, words) ? 1 + words.split(' ').length : 0)),
  );
  return object + action + synonym;
}

function holds(phrase: string, words: string): boolean {
  const bases = words.toLowerCase().split(' ').map(baseForm).join(' ');
  return phrase.includes(` ${bases} `) || phrase.includes(` ${words.toLowerCase()} `);
}
