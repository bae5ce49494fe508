/** What a model is given to work with in one step: the tools it carries, those it found, and its earlier results. */
import type { Account, Mode } from '../tools/account.ts';
import type { Tool } from '../tools/tool.ts';
import type { Entry } from './journal.ts';
import type { Reach } from './reach.ts';
import { createResultReader } from './results.ts';
import { createToolSearch, foundTools } from './tool-search.ts';

/** A connection made ready for one turn. */
export interface OpenedConnection {
  readonly account: Account;
  readonly mode: Mode;
  readonly tools: readonly Tool[];
  /** IANA name, of the account: periods in words are meant in it. */
  readonly timeZone: string;
  /** The names of the tools a preset carries; all of them for a name it does not know. */
  carries(preset: string): ReadonlySet<string>;
}

/**
 * Hands out the tools of a connection; `main.ts` supplies it, so that agents know no connection.
 * @throws Problem when the connection was deleted or its key cannot be opened.
 */
export type OpenConnection = (connectionId: string) => Promise<OpenedConnection>;

export interface Toolbox {
  /** Everything that may be called. */
  readonly tools: readonly Tool[];
  /** What the model is told of: each costs it room. */
  readonly declared: readonly Tool[];
}

/** @param takesAll the model reads any number of tools at no cost, and whole results: it needs no search. */
export function toolboxFor(
  { tools: all, carried }: Pick<Reach, 'tools' | 'carried'>,
  { takesAll, entries }: { takesAll: boolean; entries: readonly Entry[] },
): Toolbox {
  if (takesAll || all.length === 0) return { tools: all, declared: all };
  const found = foundTools(entries);
  const search = createToolSearch(all.filter(({ name }) => !carried.has(name)));
  const own = search ? [search, createResultReader(entries)] : [createResultReader(entries)];
  return {
    tools: [...all, ...own],
    declared: [...all.filter(({ name }) => carried.has(name) || found.has(name)), ...own],
  };
}
