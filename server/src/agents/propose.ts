/**
 * From a description in plain words to an agent: instructions, the tools it speaks of, the least permissions they need
 * and the least policy. Read by rules and without a model, so that it is the same for everybody; a person looks at it and
 * creates the agent, or changes it first.
 */
import { isCurrency, MoneyError, parseMoney, toDecimal } from '@purser/money';
import { type Decision, type Policy, policySchema } from '../guard/policy.ts';
import type { Permission, Tool } from '../tools/tool.ts';
import { agentTemplates } from './templates.ts';
import { stemsOf } from './tool-search.ts';

export interface Proposal {
  name: string;
  description: string;
  instructions: string;
  /** The connection's preset whose tools come nearest. */
  preset: string;
  tools: { name: string; title: string; effect: Tool['effect']; decision: Decision; because: string }[];
  /** What a restricted key needs for these tools, and nothing more. */
  permissions: Permission[];
  policy: Policy;
}

interface Chosen {
  readonly tool: Tool;
  readonly decision: Decision;
  /** Goes ahead up to this much. */
  readonly upTo: { amount: string; currency: string } | null;
  readonly because: string;
}

interface KnownPreset {
  readonly name: string;
  readonly carries: readonly string[];
}

/** Verbs people use for what tools call otherwise. */
const alsoSaid: Record<string, string> = {
  ...{ make: 'create', issue: 'create', write: 'create', open: 'create', prepare: 'create', give: 'create' },
  ...{
    change: 'update',
    edit: 'update',
    correct: 'update',
    fix: 'update',
    switch: 'update',
    upgrade: 'update',
  },
  ...{
    remind: 'send',
    mail: 'send',
    email: 'send',
    contact: 'send',
    retry: 'pay',
    collect: 'pay',
    archive: 'update',
  },
};
const forbids = /\b(?:never|not|don['’]?t|no|cannot|must ?n['’]?t|without)\b/i;
const asks = /\b(?:ask|asks|approv\w*|confirm\w*|permission|check with)\b/i;
const upTo =
  /\b(?:up to|under|below|at most|less than|no more than|max(?:imum)?(?: of)?)\s+(?:([$€£])\s?(\d+(?:\.\d{1,2})?)|(\d+(?:\.\d{1,2})?)\s?(dollars?|euros?|pounds?|[a-z]{3})\b)/i;
const currencies: Record<string, string> = {
  ...{ $: 'usd', '€': 'eur', '£': 'gbp', dollar: 'usd', dollars: 'usd', euro: 'eur', euros: 'eur' },
  ...{ pound: 'gbp', pounds: 'gbp' },
};

export function proposeAgent(
  text: string,
  { tools, presets }: { tools: readonly Tool[]; presets: readonly KnownPreset[] },
): Proposal {
  const chosen = chooseTools(text, tools);
  const wanted = chosen.filter(({ decision }) => decision !== 'deny');
  const preset = presetFor(wanted, presets);
  const template = agentTemplates.find(({ id }) => id === preset);
  return {
    name: template?.name ?? 'Assistant',
    description: firstSentence(text),
    instructions: instructionsFrom(text),
    preset,
    tools: chosen.map(({ tool: { name, title, effect }, decision, because }) => ({
      ...{ name, title, effect, decision, because },
    })),
    permissions: permissionsOf(wanted.map(({ tool }) => tool)),
    policy: policyFor(chosen),
  };
}

function chooseTools(text: string, tools: readonly Tool[]): Chosen[] {
  const chosen = new Map<string, Chosen>();
  for (const sentence of text
    .split(/[.;!?\n]+/)
    .map((each) => each.trim())
    .filter(Boolean)) {
    const said = saidIn(sentence);
    const isForbidden = forbids.test(sentence) && !upTo.test(sentence);
    for (const tool of tools) {
      if (!speaksOf(tool, said)) continue;
      // What is forbidden by name stays forbidden, wherever else it is spoken of.
      if (chosen.get(tool.name)?.decision === 'deny' || (isForbidden && tool.effect === 'read')) continue;
      const decision = isForbidden ? 'deny' : tool.effect === 'read' ? 'allow' : 'ask';
      const limit = tool.effect === 'money' && !asks.test(sentence) ? limitIn(sentence) : null;
      const before = chosen.get(tool.name);
      chosen.set(tool.name, {
        ...{ tool, decision, upTo: limit ?? before?.upTo ?? null },
        because: before && decision !== 'deny' ? before.because : sentence.slice(0, 200),
      });
    }
  }
  return [...chosen.values()];
}

function saidIn(sentence: string): Set<string> {
  const words = sentence.toLowerCase().match(/[a-z]+/g) ?? [];
  return new Set([
    ...stemsOf(sentence),
    ...words.flatMap((word) => stemsOf(alsoSaid[word.replace(/s$/, '')] ?? '')),
  ]);
}

/** Its object is spoken of, and for a change its verb, too; or what it is called stands there whole. */
function speaksOf({ words, effect, title, offByDefault }: Tool, said: ReadonlySet<string>): boolean {
  if (offByDefault) return false;
  const all = (phrase: string) => {
    const stems = stemsOf(phrase.replaceAll('_', ' '));
    return stems.length > 0 && stems.every((stem) => said.has(stem));
  };
  const object = all(words.object) || (words.synonyms ?? []).some((each) => each.includes(' ') && all(each));
  const isActed = all(words.action) || (words.synonyms ?? []).some(all);
  if (effect === 'read') return object && /^(?:list|get|retrieve|report|search)$/.test(words.action);
  return all(title) || (object && isActed) || (words.action === words.object && isActed);
}

function limitIn(sentence: string): Chosen['upTo'] {
  const [, sign, first, second, word] = upTo.exec(sentence) ?? [];
  const amount = first ?? second;
  const currency = currencies[sign ?? word?.toLowerCase() ?? ''] ?? word?.toLowerCase();
  if (amount === undefined || currency === undefined || !isCurrency(currency)) return null;
  try {
    return { amount: toDecimal(parseMoney(amount, currency)), currency };
  } catch (error) {
    if (error instanceof MoneyError) return null;
    throw error;
  }
}

/** Most of what is wanted, and of those the one that carries least else. */
function presetFor(wanted: readonly Chosen[], presets: readonly KnownPreset[]): string {
  const changes = wanted.filter(({ tool }) => tool.effect !== 'read');
  if (changes.length === 0) return presets.find(({ name }) => name === 'analyst')?.name ?? '';
  const missing = ({ carries }: KnownPreset) =>
    changes.filter(({ tool }) => !carries.includes(tool.name)).length;
  const [best] = presets.toSorted((a, b) => missing(a) - missing(b) || a.carries.length - b.carries.length);
  return best?.name ?? '';
}

/** Nothing changes but by the tools that were spoken of; those ask, save for small sums that were named. */
function policyFor(chosen: readonly Chosen[]): Policy {
  const rules = chosen.flatMap(({ tool, decision, upTo: limit }) =>
    decision === 'ask' && limit
      ? [
          { decision: 'allow', tools: [tool.name], upTo: [limit] },
          { decision: 'ask', tools: [tool.name] },
        ]
      : [],
  );
  const tools = Object.fromEntries(
    chosen.filter(({ tool }) => tool.effect !== 'read').map(({ tool, decision }) => [tool.name, decision]),
  );
  return policySchema.parse({
    ...(rules.length > 0 && { rules }),
    tools,
    effects: { write: 'deny', money: 'deny', destructive: 'deny', outbound: 'deny' },
  });
}

function permissionsOf(tools: readonly Tool[]): Permission[] {
  const strongest = new Map<string, Permission>();
  for (const { permissions } of tools)
    for (const permission of permissions)
      if (permission.access === 'write' || !strongest.has(permission.resource))
        strongest.set(permission.resource, permission);
  return [...strongest.values()].sort((a, b) => a.resource.localeCompare(b.resource));
}

function instructionsFrom(text: string): string {
  return `## Your work
${text.trim()}

## Rules
- Look things up before you answer, and name amounts with their currency and ids.
- If several customers or objects could be meant, list them and ask.
- Do what was asked and nothing more. What is not described above you do not do.`;
}

function firstSentence(text: string): string {
  const [first = ''] = text.trim().split(/(?<=[.!?])\s|\n/);
  return first.length <= 160 ? first : `${first.slice(0, 159)}…`;
}
