/** What a run did, for people: each decision with its reason, each call with what came of it. */
import type { Entry } from '../agents/journal.ts';

/** One step of a run, for its history. */
export type PlaybookStep = {
  at: string;
  /** `decision`: what was decided and why; `call`: what came of it. */
  kind: 'decision' | 'call';
  text: string;
  tool: string | null;
  status: 'completed' | 'failed' | 'rejected' | null;
  operationId: string | null;
};

/** What an entry of the transcript says to it. */
export function historyOf(entry: Entry): PlaybookStep[] {
  const at = entry.at.toISOString();
  if (entry.kind === 'model')
    return [{ at, kind: 'decision', text: entry.content.text, tool: null, status: null, operationId: null }];
  if (entry.kind !== 'tool') return [];
  const { name: tool, result, operationId = null } = entry.content;
  const text =
    result.status === 'completed'
      ? result.summary
      : result.status === 'rejected'
        ? result.reason
        : result.error.message;
  return [{ at, kind: 'call', text, tool, status: result.status, operationId }];
}
