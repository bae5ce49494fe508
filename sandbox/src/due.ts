import type { Collection, CollectionSpec } from './store/collection.ts';

/** Whose time something happens in: a test clock's, by its id, or null for the account's own. */
export type Timeline = string | null;

/** Work that waits for a time: a payout's arrival, a renewal. Kept with the account, so it survives restarts. */
export interface DueJob {
  readonly id: string;
  /** Seconds since 1970. */
  readonly at: number;
  readonly kind: string;
  readonly payload: string;
  /** The test clock in whose time `at` is; absent: the account's own. */
  readonly clock?: string;
}

export const dueJobs: CollectionSpec<DueJob, 'clock' | 'payload'> = {
  name: 'due_jobs',
  indexes: { clock: (job) => job.clock ?? null, payload: (job) => job.payload },
};

/** Who keeps jobs: an account. */
interface JobOwner {
  of(spec: typeof dueJobs): Collection<DueJob>;
}

/** The jobs of one or more accounts, for each timeline ordered by time, then by age. */
export function createDueQueue<Owner extends JobOwner>() {
  const heaps = new Map<Timeline, JobHeap<Owner>>();
  let order = 0;

  function push(owner: Owner, job: DueJob): void {
    const timeline = timelineOf(job);
    const heap = heaps.get(timeline) ?? new JobHeap();
    heaps.set(timeline, heap);
    heap.push({ owner, job, order: order++ });
  }

  /** A job that was cancelled or moved since stays in the heap and is passed over here. */
  function stillWaits({ owner, job }: Entry<Owner>): boolean {
    const stored = owner.of(dueJobs).get(job.id);
    return stored !== undefined && timelineOf(stored) === timelineOf(job);
  }

  return {
    /** Keeps a job; inside a transaction. Answers its id. */
    add(owner: Owner, job: DueJob): string {
      owner.of(dueJobs).put(job);
      push(owner, job);
      return job.id;
    },
    /** Hands over each job of a timeline due by `at`, earliest first; jobs may add further ones. */
    runUntil(timeline: Timeline, at: number, run: (owner: Owner, job: DueJob) => void): void {
      const heap = heaps.get(timeline);
      if (!heap) return;
      for (let top = heap.top(); top && top.job.at <= at; top = heap.top()) {
        heap.pop();
        if (stillWaits(top)) run(top.owner, top.job);
      }
    },
    /** Makes jobs wait in another timeline, at the same time there; inside a transaction. */
    move(owner: Owner, which: readonly DueJob[], timeline: Timeline): void {
      for (const { clock: _, ...job } of which)
        this.add(owner, timeline === null ? job : { ...job, clock: timeline });
    },
    /** Starts over from what these accounts have stored. */
    reload(owners: Iterable<Owner>): void {
      heaps.clear();
      for (const owner of owners) for (const job of owner.of(dueJobs).oldestFirst()) push(owner, job);
    },
  };
}

function timelineOf(job: DueJob): Timeline {
  return job.clock ?? null;
}

interface Entry<Owner> {
  readonly owner: Owner;
  readonly job: DueJob;
  readonly order: number;
}

/** A binary heap: the earliest job first, of equals the oldest. */
class JobHeap<Owner> {
  #entries: Entry<Owner>[] = [];

  top(): Entry<Owner> | undefined {
    return this.#entries[0];
  }

  push(entry: Entry<Owner>): void {
    let at = this.#entries.push(entry) - 1;
    while (at > 0 && this.#isEarlier(at, (at - 1) >> 1)) {
      this.#swap(at, (at - 1) >> 1);
      at = (at - 1) >> 1;
    }
  }

  pop(): void {
    const last = this.#entries.pop();
    if (last && this.#entries.length > 0) this.#entries[0] = last;
    for (let at = 0; ; ) {
      let least = at;
      if (this.#isEarlier(2 * at + 1, least)) least = 2 * at + 1;
      if (this.#isEarlier(2 * at + 2, least)) least = 2 * at + 2;
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #isEarlier(a: number, b: number): boolean {
    const left = this.#entries[a];
    const right = this.#entries[b];
    if (!left || !right) return false;
    return left.job.at < right.job.at || (left.job.at === right.job.at && left.order < right.order);
  }

  #swap(a: number, b: number): void {
    const held = this.#entries[a];
    const other = this.#entries[b];
    if (held && other) {
      this.#entries[a] = other;
      this.#entries[b] = held;
    }
  }
}
