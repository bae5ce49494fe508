import type { Kysely } from 'kysely';
import type { Schema } from '../database/schema.ts';
import type { Json } from '../tools/tool.ts';
import { type Playbook, schemaOf } from './playbook.ts';
import { listSetups, type OutcomeSum, type PlaybookSetup, sumOutcomes } from './rows.ts';

/** A playbook as people see it. */
export interface PlaybookInfo {
  name: string;
  title: string;
  description: string;
  /** JSON Schema of its settings, with defaults and descriptions: a form is drawn from it. */
  settings: object;
  /** JSON Schema of what one run is about. */
  input: object;
  /** It begins by itself: on these events, and by looking. */
  events: readonly string[];
  looksEveryHours: number | null;
  setups: PlaybookSetup[];
  /** How its runs ended so far. */
  outcomes: OutcomeSum[];
  /** Outcomes in which it did what it is for. */
  successes: readonly string[];
  /** What people may ask of a run under way, and how a button says it. */
  asks: Readonly<Record<string, string>>;
}

/** Of one connection, or of all. */
export async function infoOf(
  db: Kysely<Schema>,
  playbook: Playbook,
  connectionId?: string,
): Promise<PlaybookInfo> {
  const { name, title, description, events, looksEveryHours = null, successes, asks = {} } = playbook;
  const of = connectionId === undefined ? {} : { connectionId };
  const setups = await listSetups(db, { name, ...of });
  return {
    ...{ name, title, description, events, looksEveryHours, successes, asks },
    ...{ settings: schemaOf(playbook.settings), input: schemaOf(playbook.input) },
    setups: setups.map(({ name: _, ...setup }) => ({
      ...setup,
      settings: withDefaults(playbook, setup.settings),
    })),
    outcomes: await sumOutcomes(db, { playbook: name, ...of }),
  };
}

/** Settings as they hold: with the defaults of what nobody set. */
function withDefaults(playbook: Playbook, settings: Json): Json {
  const parsed = playbook.settings.safeParse(settings);
  return parsed.success ? (parsed.data as Json) : settings;
}
