import type { Kysely } from 'kysely';
import type { Audit } from '../audit/audit.ts';
import type { Chores } from '../chores.ts';
import type { Clock } from '../clock.ts';
import type { Schema } from '../database/schema.ts';
import { createErasures, type DeleteAtStripe, type Erasures } from './erasures.ts';
import { type ProcessingFacts, processingRecord } from './processing-record.ts';
import { createRetention, type Retention } from './retention.ts';

export interface Privacy {
  readonly erasures: Erasures;
  readonly retention: Retention;
  /** Markdown. */
  processingRecord(): Promise<string>;
}

const settleMs = 5_000;
const applyMs = 60 * 60 * 1000;

/** Starts what is done about the data of people by itself: erasures that wait for Stripe, and retention periods. */
export function startPrivacy(needs: {
  db: Kysely<Schema>;
  audit: Audit;
  clock: Clock;
  chores: Chores;
  deleteAtStripe: DeleteAtStripe;
  facts: Omit<ProcessingFacts, 'retention'>;
}): Privacy {
  const { db, clock, chores, facts } = needs;
  const erasures = createErasures(needs);
  const retention = createRetention(needs);
  chores.every(settleMs, 'finish erasures', () => erasures.settle());
  chores.every(applyMs, 'apply retention periods', () => retention.apply());
  return {
    erasures,
    retention,
    processingRecord: async () =>
      processingRecord(db, { ...facts, retention: await retention.get() }, clock.now()),
  };
}
