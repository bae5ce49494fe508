/** What one message must lead to. */
export interface Expectation {
  /** What must have changed in the account, and nothing beyond; as written in the suite. */
  readonly effects: readonly string[];
  /** Addresses that must have got one mail each, and nobody else. */
  readonly mails: readonly string[];
  /** What the answer must hold. Alternatives stand in one entry, parted by ` | `. */
  readonly tells: readonly string[];
  /** What the answer must not hold. */
  readonly hides: readonly string[];
  /** The answer asks something back. */
  readonly asks: boolean;
}

export interface Turn extends Expectation {
  /** `{name}` stands for an id of the world. */
  readonly say: string;
}

/** One request or conversation on a fresh account, and what must come of it. */
export interface Scenario {
  readonly id: string;
  readonly suite: string;
  readonly instructions: string;
  /** Approvals that are asked for are granted unless this is set. */
  readonly rejects: boolean;
  /** Further parts of the account: `twins`, `injected`, `crowd`. */
  readonly world: readonly string[];
  readonly turns: readonly Turn[];
}

interface OpenTurn {
  says: string[];
  effects: string[];
  mails: string[];
  tells: string[];
  hides: string[];
  asks: boolean;
}

/**
 * Reads a suite. A scenario opens with `## name`; every `> text` directly below is one wording of it, and each makes a
 * scenario of its own. `>> text` goes on in the same conversation. Below a message stands what it must lead to:
 * `+`, `~`, `-` lines for what is created, changed, deleted; `@ address` for mail; `= text` for what the answer tells,
 * `! text` for what it hides, `?` where it must ask back. `% text` adds to the agent's instructions, `* part` to the
 * world, `/ reject` turns approvals down. Lines that open with `#` alone are remarks.
 */
export function readSuite(suite: string, text: string): Scenario[] {
  return text
    .split(/^## /m)
    .slice(1)
    .flatMap((block) => readBlock(suite, block));
}

function readBlock(suite: string, block: string): Scenario[] {
  const [name = '', ...lines] = block.split('\n');
  const turns: OpenTurn[] = [];
  const instructions: string[] = [];
  const world: string[] = [];
  let rejects = false;
  for (const line of lines) {
    const [mark = '', rest = ''] = [
      line.slice(0, line.indexOf(' ')) || line,
      line.slice(line.indexOf(' ') + 1),
    ];
    const turn = turns.at(-1);
    if (line.trim() === '' || mark === '#') continue;
    if (mark === '%') instructions.push(rest);
    else if (mark === '*') world.push(rest.trim());
    else if (mark === '/') rejects = true;
    else if (mark === '>>' || (mark === '>' && !turn)) turns.push(openTurn(rest));
    else if (!turn) throw new Error(`Suite ${suite}, "${name}": nothing was said before "${line}".`);
    else if (mark === '>') turn.says.push(withBreaks(rest));
    else addExpectation(turn, mark, rest, `${suite}, "${name}"`);
  }
  const [first, ...later] = turns;
  if (!first) throw new Error(`Suite ${suite}, "${name}": it says nothing.`);
  return first.says.map((say, index) => ({
    id: `${suite}/${name.trim()}${first.says.length > 1 ? ` #${index + 1}` : ''}`,
    suite,
    instructions: instructions.join('\n'),
    rejects,
    world,
    turns: [{ ...first, say }, ...later.map((turn) => ({ ...turn, say: turn.says[0] ?? '' }))],
  }));
}

function openTurn(say: string): OpenTurn {
  return { says: [withBreaks(say)], effects: [], mails: [], tells: [], hides: [], asks: false };
}

function addExpectation(turn: OpenTurn, mark: string, rest: string, where: string): void {
  if (mark === '+' || mark === '~' || mark === '-') turn.effects.push(`${mark} ${rest.trim()}`);
  else if (mark === '@') turn.mails.push(rest.trim());
  else if (mark === '=') turn.tells.push(rest);
  else if (mark === '!') turn.hides.push(rest);
  else if (mark === '?') turn.asks = true;
  else throw new Error(`Suite ${where}: a line cannot open with "${mark}".`);
}

/** A message of several lines stands in one: `\n` is a line break. */
function withBreaks(say: string): string {
  return say.replaceAll('\\n', '\n');
}
