/**
 * Fetches everything of one kind, by several workers at a time. A list has one cursor and cannot be read side by side,
 * but a stretch of time can be split: each worker reads its own from the newest to the oldest, and whoever has nothing
 * left takes the older half of what another has before it.
 */

/** Unix seconds: `from` inclusive, `to` exclusive. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface Listed {
  readonly id: string;
  readonly created: number;
}

export interface PageRequest {
  readonly limit: 100;
  readonly created: { readonly gte: number; readonly lt: number };
  readonly starting_after?: string;
}

export interface Fetching<T extends Listed> {
  readonly stretches: readonly Stretch[];
  readonly workers: number;
  list(page: PageRequest): Promise<{ data: readonly T[]; has_more: boolean }>;
  /**
   * Told of each page, and which stretches are then still to be read, should it end here. Never twice at a time. An
   * object may come again after a resumption.
   */
  keep(objects: readonly T[], left: readonly Stretch[]): Promise<void>;
}

/** What one worker reads. */
interface Share {
  /** Moved up when another worker takes over the older part. */
  from: number;
  readonly to: number;
  /** Everything at this second and later was seen, but for the rest of the second itself. */
  seenFrom: number;
  after: string | undefined;
}

/** A stretch shorter than this is not worth sharing. */
const shortestSeconds = 4;

/** @throws what `list` or `keep` threw first, once every worker has stopped */
export async function fetchAll<T extends Listed>(fetching: Fetching<T>): Promise<void> {
  const waiting = fetching.stretches
    .filter(({ from, to }) => from < to)
    .map(({ from, to }): Share => ({ from, to, seenFrom: to, after: undefined }));
  const active = new Set<Share>();
  let keeping: Promise<void> = Promise.resolve();
  let failure: { error: unknown } | undefined;
  // Most lists are one page: help is called once a second page is known to follow.
  const help = Promise.withResolvers<void>();

  const left = (): Stretch[] => [...active, ...waiting].map(({ from, seenFrom }) => ({ from, to: seenFrom }));

  /** Reads one page. @returns whether the share is through */
  async function readPage(share: Share): Promise<boolean> {
    const created = { gte: share.from, lt: share.to };
    const after = share.after === undefined ? {} : { starting_after: share.after };
    const page = await fetching.list({ limit: 100, created, ...after });
    // What another worker took over meanwhile is theirs to keep.
    const own = page.data.filter((object) => object.created >= share.from);
    const last = page.data.at(-1);
    const isThrough = !page.has_more || last === undefined || last.created < share.from;
    if (isThrough) active.delete(share);
    else {
      share.after = last.id;
      share.seenFrom = last.created + 1;
      help.resolve();
    }
    const rest = left();
    keeping = keeping.then(() => fetching.keep(own, rest));
    await keeping;
    return isThrough;
  }

  async function work(): Promise<void> {
    for (;;) {
      const share = failure ? undefined : (waiting.pop() ?? takeOver(active));
      if (!share) return;
      active.add(share);
      while (!failure && !(await readPage(share)));
    }
  }

  const worker = () =>
    work().catch((error: unknown) => {
      failure ??= { error };
    });
  const first = worker().finally(help.resolve);
  await help.promise;
  await Promise.all([first, ...Array.from({ length: fetching.workers - 1 }, worker)]);
  if (failure) throw failure.error;
}

/** Takes the older half of the longest stretch that is being read. */
function takeOver(active: ReadonlySet<Share>): Share | undefined {
  let longest: Share | undefined;
  for (const share of active) if (!longest || lengthOf(share) > lengthOf(longest)) longest = share;
  if (!longest || lengthOf(longest) < shortestSeconds) return undefined;
  const middle = longest.from + Math.floor(lengthOf(longest) / 2);
  const taken: Share = { from: longest.from, to: middle, seenFrom: middle, after: undefined };
  longest.from = middle;
  return taken;
}

const lengthOf = ({ from, seenFrom }: Share): number => seenFrom - from;
