import { type ActContext, type FindContext, ToolError } from '../../tools/tool.ts';
import { mostObjects } from './pages.ts';

/** Anything of Stripe's that takes metadata. */
interface Marked {
  readonly metadata?: Readonly<Record<string, string>> | null | undefined;
}

/** Which operation is looked for, and from when on. */
export type Look = Pick<FindContext, 'operationId' | 'since'>;

/** How far apart Stripe's clock and ours may be. */
const skewSeconds = 300;

/** What stands in the metadata of whatever an operation makes or changes. */
export function mark({ operationId }: Pick<ActContext, 'operationId'>): { metadata: { purser_op: string } } {
  return { metadata: { purser_op: operationId } };
}

/** Whether an operation made this, or was the last to change it. */
export function bears(object: Marked, { operationId }: Look): boolean {
  return object.metadata?.purser_op === operationId;
}

/**
 * Whether an operation changed this: by its mark, or, where another one has put its own in that place since, by what
 * the object is now.
 * @throws ToolError `unclear` when it is neither as it was nor as it was wanted
 */
export function wasChanged(
  object: Marked,
  look: Look,
  is: { readonly asWanted: boolean; readonly asBefore: boolean },
): boolean {
  if (bears(object, look) || is.asWanted) return true;
  if (is.asBefore || object.metadata?.purser_op === undefined) return false;
  throw new ToolError('unclear', `Others changed it since; whether ${look.operationId} did cannot be told.`);
}

/**
 * Narrows a list of the whole account to what can be an operation's. Not for the lists of one customer: what belongs to
 * a customer on a test clock is dated by that clock.
 */
export function madeSince({ since }: Look): { created: { gte: number } } {
  return { created: { gte: Math.floor(since.getTime() / 1000) - skewSeconds } };
}

/**
 * Looks through a list of the SDK for what an operation made.
 * @returns null only after the list was seen to its end
 * @throws ToolError `too_many` when that would take too long: then nobody may say that it did not happen
 */
export async function findMade<T extends Marked>(list: AsyncIterable<T>, look: Look): Promise<T | null> {
  let seen = 0;
  for await (const object of list) {
    if (bears(object, look)) return object;
    seen += 1;
    if (seen === mostObjects)
      throw new ToolError(
        'too_many',
        `The mark of ${look.operationId} is not on the newest ${seen} objects.`,
      );
  }
  return null;
}
