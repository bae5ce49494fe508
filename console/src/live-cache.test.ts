import type { Message, Thread, ThreadSummary } from '@purser/server/api';
import { QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';
import { applyLiveEvent, withDelta, withSummary } from './live-cache.ts';
import { threadQuery } from './queries.ts';

const message = (text: string): Message => ({
  id: 'msg_1',
  role: 'assistant',
  text,
  createdAt: '2026-11-23T10:00:00Z',
  runId: 'run_1',
  parts: [{ type: 'text', text }],
  toolCalls: [],
  status: 'running',
});

const delta = (part: number, offset: number, text: string) => ({
  type: 'delta' as const,
  threadId: 'th_1',
  messageId: 'msg_1',
  part,
  offset,
  text,
});

const summary = (id: string, updatedAt: string): ThreadSummary => ({
  id,
  agentId: 'ag_1',
  agentName: 'Stripe Sleuth',
  connection: null,
  title: id,
  status: 'idle',
  unread: false,
  createdAt: updatedAt,
  updatedAt,
});

const thread = (): Thread => ({
  ...summary('th_1', '2026-11-23T10:00:00Z'),
  messages: [message('Your bal')],
  approvals: [],
  readOnly: false,
});

test('a delta continues the text where the server says it belongs', () => {
  expect(withDelta(message('Your bal'), delta(0, 8, 'ance'))?.text).toBe('Your balance');
});

test('a delta that was seen before does not repeat its text', () => {
  expect(withDelta(message('Your balance'), delta(0, 8, 'ance'))?.text).toBe('Your balance');
});

test('a delta may open the next part', () => {
  const parts = withDelta(message('One.'), delta(1, 0, 'Two'))?.parts;
  expect(parts).toEqual([
    { type: 'text', text: 'One.' },
    { type: 'text', text: 'Two' },
  ]);
});

test.each([
  ['text before it is missing', delta(0, 20, 'x')],
  ['a part before it is missing', delta(3, 0, 'x')],
])('a delta is refused where %s', (_why, missed) => {
  expect(withDelta(message('Your bal'), missed)).toBeNull();
});

test('a missed delta asks for a new start instead of showing wrong text', () => {
  const cache = new QueryClient();
  cache.setQueryData(['thread', 'th_1'], thread());
  expect(applyLiveEvent(cache, delta(0, 20, 'x'))).toBe(false);
  expect(cache.getQueryData<Thread>(['thread', 'th_1'])?.messages[0]?.text).toBe('Your bal');
});

test('an answer that was asked for before the stream told more does not set the thread back', async () => {
  const cache = new QueryClient();
  const old = Promise.withResolvers<Thread>();
  const fetching = cache.fetchQuery(threadQuery('th_1', () => old.promise));
  applyLiveEvent(cache, { type: 'thread', thread: { ...thread(), status: 'idle' } });
  old.resolve({ ...thread(), status: 'running' });
  await fetching;
  expect(cache.getQueryData<Thread>(['thread', 'th_1'])?.status).toBe('idle');
});

test('a decision made elsewhere asks for a new start', () => {
  const cache = new QueryClient();
  cache.setQueryData(['thread', 'th_1'], { ...thread(), approvals: [{ id: 'apr_1', status: 'pending' }] });
  expect(applyLiveEvent(cache, { type: 'approvals', threadId: 'th_1', approvals: [] })).toBe(false);
});

test('a summary moves the row to its place by latest activity', () => {
  const pages = {
    pages: [
      {
        data: [summary('th_2', '2026-11-23T12:00:00Z'), summary('th_1', '2026-11-23T10:00:00Z')],
        next_cursor: null,
      },
    ],
    pageParams: [null],
  };
  const after = withSummary(pages, summary('th_1', '2026-11-23T13:00:00Z'));
  expect(after.pages[0]?.data.map((row) => row.id)).toEqual(['th_1', 'th_2']);
});

test('a summary also changes the open thread, and keeps its messages', () => {
  const cache = new QueryClient();
  cache.setQueryData(['thread', 'th_1'], thread());
  applyLiveEvent(cache, {
    type: 'thread_summary',
    thread: { ...summary('th_1', '2026-11-23T13:00:00Z'), title: 'Balance' },
  });
  const after = cache.getQueryData<Thread>(['thread', 'th_1']);
  expect(after?.title).toBe('Balance');
  expect(after?.messages).toHaveLength(1);
});
