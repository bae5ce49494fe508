import { readMessages } from '../agents/threads.ts';
import { answerMessageId, isResting, type RunStatus } from '../agents/transcript.ts';
import { listApprovals } from '../guard/approval-list.ts';
import { notFound } from '../problem.ts';
import type { TurnResult } from './api.ts';
import type { Service } from './service.ts';

/** News can be missed while the database reconnects; then the run is looked at this often. */
const lookEveryMs = 1_000;

/** Waits until the run rests or waits for a person, and says how it came out. */
export async function restingTurn(
  service: Service,
  run: { threadId: string; runId: string },
): Promise<TurnResult> {
  const status = await untilRest(service, run.runId);
  const { db } = service.database;
  const [messages, approvals] = await Promise.all([
    readMessages(db, run, service.tools),
    listApprovals(db, { threadId: run.threadId, status: 'pending' }),
  ]);
  const answer = messages.find((message) => message.id === answerMessageId(run.runId));
  return {
    runId: run.runId,
    status,
    text: answer?.text ?? '',
    toolCalls: answer?.toolCalls ?? [],
    approvals,
    ...(answer?.error ? { error: answer.error } : {}),
  };
}

async function untilRest(service: Service, runId: string): Promise<TurnResult['status']> {
  let wake = Promise.withResolvers<void>();
  const unsubscribe = service.live.subscribe((news) => {
    if (news.kind === 'run' && news.runId === runId) wake.resolve();
  });
  try {
    for (;;) {
      wake = Promise.withResolvers();
      const status = await statusOf(service, runId);
      if (isResting(status) || status === 'awaiting_approval') return status;
      const timer = setTimeout(() => wake.resolve(), lookEveryMs);
      await wake.promise;
      clearTimeout(timer);
    }
  } finally {
    unsubscribe();
  }
}

async function statusOf(service: Service, runId: string): Promise<RunStatus> {
  const row = await service.database.db
    .selectFrom('runs')
    .select('status')
    .where('id', '=', runId)
    .executeTakeFirst();
  if (!row) throw notFound('run', runId);
  return row.status;
}
