import type { Collection, CollectionSpec } from './store/collection.ts';

/** Work that waits for a time: a payout's arrival, a renewal. Kept with the account, so it survives restarts. */
export interface DueJob {
  readonly id: string;
  /** Seconds since 1970. */
  readonly at: number;
  readonly kind: string;
  readonly payload: string;
}

export const dueJobs: CollectionSpec<DueJob> = { name: 'due_jobs', indexes: {} };

/** The jobs of an account ordered by time, then by age. A cancelled job stays in the heap and is skipped. */
export function createDueQueue(jobs: () => Collection<DueJob>) {
  let heap: { job: DueJob; order: number }[] = [];
  let order = 0;

  function earlier(a: number, b: number): boolean {
    const left = heap[a];
    const right = heap[b];
    if (!left || !right) return false;
    return left.job.at < right.job.at || (left.job.at === right.job.at && left.order < right.order);
  }

  function swap(a: number, b: number): void {
    const held = heap[a];
    const other = heap[b];
    if (held && other) {
      heap[a] = other;
      heap[b] = held;
    }
  }

  function push(job: DueJob): void {
    let at = heap.push({ job, order: order++ }) - 1;
    while (at > 0 && earlier(at, (at - 1) >> 1)) {
      swap(at, (at - 1) >> 1);
      at = (at - 1) >> 1;
    }
  }

  function pop(): DueJob | undefined {
    const top = heap[0];
    const last = heap.pop();
    if (last && heap.length > 0) heap[0] = last;
    for (let at = 0; ; ) {
      let least = at;
      if (earlier(2 * at + 1, least)) least = 2 * at + 1;
      if (earlier(2 * at + 2, least)) least = 2 * at + 2;
      if (least === at) return top?.job;
      swap(at, least);
      at = least;
    }
  }

  return {
    /** Keeps a job; inside a transaction. Answers its id. */
    add(job: DueJob): string {
      jobs().put(job);
      push(job);
      return job.id;
    },
    /** Hands over each job due by `at`, earliest first; jobs may add further ones. */
    runUntil(at: number, run: (job: DueJob) => void): void {
      for (let top = heap[0]; top && top.job.at <= at; top = heap[0]) {
        pop();
        if (jobs().get(top.job.id)) run(top.job);
      }
    },
    /** Starts over from what is stored. */
    reload(): void {
      heap = [];
      for (const job of jobs().oldestFirst()) push(job);
    },
  };
}
