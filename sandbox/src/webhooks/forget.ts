import type { Account } from '../account.ts';
import { abandoned, deliveries } from './delivery.ts';

/** Gives up all that is still on its way to a destination that is about to go. */
export function forgetDeliveries(account: Account, destinationId: string): void {
  for (const delivery of account.of(deliveries).by('endpoint', destinationId)) {
    if (delivery.job !== null) account.cancel(delivery.job);
    if (delivery.due !== null || delivery.job !== null) account.of(deliveries).put(abandoned(delivery));
  }
}
