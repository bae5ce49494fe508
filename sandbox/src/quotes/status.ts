import { invalidRequest } from '../wire/errors.ts';
import type { Quote } from './quote.ts';

/** Throws a 400 unless a quote is in one of these statuses, in the words Stripe has for its schedules. */
export function requireStatus(
  { status }: Quote,
  allowed: readonly Quote['status'][],
  verb: 'accept' | 'cancel' | 'download' | 'finalize' | 'update',
): void {
  if (allowed.includes(status)) return;
  const done = {
    accept: 'accepted',
    cancel: 'canceled',
    download: 'downloaded',
    finalize: 'finalized',
    update: 'updated',
  };
  throw invalidRequest(
    `You cannot ${verb} a quote that is in the \`${status}\` status. It must be in the \`${allowed.join('` or `')}\` status to be ${done[verb]}.`,
  );
}
