import type { IncomingHttpHeaders } from 'node:http';

/** A request as a fake provider received it. */
export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Body;
}

export type Body = { readonly [key: string]: unknown };

/** An answer in no provider's words. */
export interface FakeAnswer {
  /** What the model thinks, with the signature the provider wants back. */
  readonly reasoning?: { readonly text: string; readonly signature: string };
  /** Streamed piece by piece. */
  readonly text?: readonly string[];
  readonly calls?: readonly FakeCall[];
  /** Why it stops, in the provider's own word; left out: the usual one. */
  readonly finish?: string;
}

export interface FakeCall {
  readonly name: string;
  /** Left out: the protocol's usual kind of id, and none at all where the protocol allows it. */
  readonly id?: string;
  /** A string is sent as it stands, which allows broken JSON. */
  readonly input: { readonly [key: string]: unknown } | string;
}

/** An answer that is no stream: a status and the body of an error. */
export interface Refusal {
  readonly status: number;
  /** A string is sent as HTML, as proxies do. */
  readonly body: Body | string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type FakeFailure =
  | 'bad key'
  | 'key not allowed'
  | 'unknown model'
  | 'rate limit'
  | 'quota used up'
  | 'overloaded'
  | 'server error'
  | 'context too long'
  | 'bad request';

/** How one provider speaks. */
export interface Protocol {
  /** What follows the host in the provider's base URL. */
  readonly basePath: string;
  readonly apiKey: string;
  /** The refusal that the real provider would answer this request with, if any. */
  check(request: FakeRequest): Refusal | undefined;
  /** The whole answer as server-sent events. */
  events(answer: FakeAnswer, request: FakeRequest): string[];
  /** The same without the end: what a stream holds before it goes wrong. */
  opening(answer: FakeAnswer, request: FakeRequest): string[];
  readonly failures: Readonly<Record<FakeFailure, Refusal>>;
  /** The failure as it is reported inside a stream. */
  midwayFailure(failure: FakeFailure): string[];
}

/** One event with its name; OpenAI and Google send none. */
export function sse(data: Body | string, event?: string): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${text}\n\n`;
}

/** A call's arguments in pieces of a few characters, as models write them. */
export function argumentPieces(call: FakeCall): string[] {
  const text = typeof call.input === 'string' ? call.input : JSON.stringify(call.input);
  return text.match(/.{1,7}/gs) ?? [''];
}

/** The objects in a list of unknown things. */
export function bodiesIn(value: unknown): Body[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'object' && each !== null) : [];
}
