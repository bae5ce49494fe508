import type { Account } from '../account.ts';
import { decimalText, trillionths } from '../prices/decimal.ts';
import { futureSeconds, type MeterEvent, meterEvents, usageKey } from './event.ts';
import { type Meter, meters } from './meter.ts';

/** A stretch of time in seconds: from `start` on, until just before `end`. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

/** What a customer used of a meter in a window, as exact decimal text; the meter says how events add up. */
export function usageIn(account: Account, meter: Meter, customer: string, window: Window): string {
  return aggregated(meter, [...eventsIn(account, meter.id, customer, window)]);
}

/** The usage that is billed: never less than nothing, and nothing of a meter that is gone. */
export function billableUsage(account: Account, meterId: string, customer: string, window: Window): string {
  const meter = account.of(meters).get(meterId);
  if (!meter) return '0';
  const usage = usageIn(account, meter, customer, window);
  return usage.startsWith('-') ? '0' : usage;
}

/** The events of a window that count, newest report first. */
export function* eventsIn(
  account: Account,
  meter: string,
  customer: string,
  { start, end }: Window,
): Generator<MeterEvent> {
  for (const event of account
    .of(meterEvents)
    .newestFirst({ index: 'usage', key: usageKey(meter, customer) })) {
    // No event is reported further ahead of its time than clocks may differ, so all before are older still.
    if (event.created < start - futureSeconds) return;
    if (!event.canceled && event.timestamp >= start && event.timestamp < end) yield event;
  }
}

/** What events add up to. `last` is the value of the latest, by the time of use, of two at one time the later report. */
export function aggregated(meter: Meter, events: readonly MeterEvent[]): string {
  const { formula } = meter.default_aggregation;
  if (formula === 'count') return String(events.length);
  if (formula === 'sum')
    return decimalText(events.reduce((sum, event) => sum + trillionths(event.value), 0n));
  const latest = events.reduce<MeterEvent | undefined>(
    (best, event) => (!best || event.timestamp > best.timestamp ? event : best),
    undefined,
  );
  return latest ? decimalText(trillionths(latest.value)) : '0';
}
