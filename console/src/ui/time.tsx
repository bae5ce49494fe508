import { useEffect, useState } from 'react';
import { exactTime, shortTime } from './time-words.ts';

/** A moment in the reader's zone: relative under a day, the exact time on hover. */
export function Time({ at, className }: { at: string; className?: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={exactTime(at)} className={className}>
      {shortTime(at, now)}
    </time>
  );
}

/** The present, said again now and then, so that what is relative stays true. */
export function useNow(): Date {
  const [, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), 30_000);
    return () => clearInterval(timer);
  }, []);
  return new Date();
}
