import { createHash } from 'node:crypto';
import { day } from '../clock.ts';
import type { Collection, CollectionSpec } from '../store/collection.ts';
import { invalidRequest, StripeFault } from './errors.ts';

/** The first answer to a key, kept with the change it belongs to. */
export interface RememberedAnswer {
  readonly id: string;
  readonly fingerprint: string;
  /** Where it was used; absent in records of older sandboxes. */
  readonly path?: string;
  readonly status: number;
  /** What was answered: mostly the very object that was made, which never changes and so costs nothing more. */
  readonly value: object;
  /** Its text, in records of older sandboxes. */
  readonly body?: string;
  readonly requestId: string;
  /** Seconds since 1970. */
  readonly created: number;
}

export const rememberedAnswers: CollectionSpec<RememberedAnswer> = {
  name: 'idempotency',
  indexes: {},
  holds: { of: (answer) => answer.value, put: (answer, value) => ({ ...answer, value }) },
};

/** Stripe forgets a key after at least 24 hours. */
const retentionSeconds = day;

/** What makes two requests the same: method, address and parameters. */
export function fingerprintOf(method: string, path: string, parameters: string): string {
  return createHash('sha1').update(`${method} ${path}\n${parameters}`).digest('base64');
}

/** Stripe's limit on a key is 255 characters. */
export function checkedKey(header: string | undefined): string | null {
  if (header === undefined || header === '') return null;
  if (header.length > 255) throw invalidRequest('Idempotency keys can be at most 255 characters long.');
  return header;
}

/** What was answered to this key before, if anything. Throws Stripe's error when the request was another. */
export function rememberedAnswer(
  answers: Collection<RememberedAnswer>,
  key: string,
  request: { readonly fingerprint: string; readonly path: string },
  now: number,
): RememberedAnswer | null {
  const answer = answers.get(key);
  if (!answer || answer.created < now - retentionSeconds) return null;
  if (answer.fingerprint === request.fingerprint) return answer;
  if (answer.path !== undefined && answer.path !== request.path)
    throw new StripeFault(400, {
      type: 'idempotency_error',
      message: `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${request.path}' vs '${answer.path}'). Try using a key other than '${key}' if you meant to execute a different request.`,
    });
  throw new StripeFault(400, {
    type: 'idempotency_error',
    message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
  });
}

/** The text of an answer, the same as the first time. */
export function bodyOf({ body, value }: RememberedAnswer): string {
  return body ?? JSON.stringify(value);
}

/** 409: the first request with this key has not been answered yet. */
export function keyInUse(key: string): StripeFault {
  return new StripeFault(409, {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
  });
}

/** Forgets answers past their time; the oldest come first, so it stops at the first young one. */
export function pruneAnswers(answers: Collection<RememberedAnswer>, now: number): void {
  for (const answer of answers.oldestFirst()) {
    if (answer.created >= now - retentionSeconds) return;
    answers.restore(answer.id, undefined);
  }
}
