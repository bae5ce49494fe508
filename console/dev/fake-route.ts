import type { ServerResponse } from 'node:http';
import type { Approval, Halt, Thread } from '@purser/server/api';

/** What one fake server knows. */
export interface World {
  threads: Thread[];
  approvals: Approval[];
  halts: Halt[];
  watchers: Set<ServerResponse>;
  signedIn: boolean;
  nextId: number;
}

export type Answer = { status?: number; body: unknown };
export type Handler = (context: {
  world: World;
  match: RegExpExecArray;
  body: Record<string, unknown>;
  query: URLSearchParams;
}) => Answer;
/** Method, path below `/api`, and what answers. */
export type Route = [string, RegExp, Handler];

export const page = (rows: unknown[]): Answer => ({ body: { data: rows, next_cursor: null } });
export const missing: Answer = {
  status: 404,
  body: { title: 'Not found', status: 404, detail: 'This does not exist, or not any more.' },
};
export const found = (value: unknown): Answer => (value ? { body: value } : missing);
