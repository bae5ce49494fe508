import type { Order } from './order.ts';

const seats = '(?:seats?|licen[cs]es?)';
const more = '(?:more|extra|additional|further|new)';

/** How many of something a subscription is for. */
export const seatOrders: readonly Order[] = [
  [
    `(?:change|set|raise|increase|reduce|lower|bump|cut|adjust|update) {who}'s (?:[\\p{L}]+ )?${seats} (?:up |down )?(?:from {was} )?to {count}`.replace(
      '{was}',
      '\\d+',
    ),
    "change the seats of {who}'s subscription to {count}",
  ],
  [
    `{who} (?:now |only )*(?:needs?|wants?|would like|gets?|should get|requires?|asked for|ordered) (?:only |just |now )*{count} ${more} ${seats}{rest}`,
    "add {count} seats to {who}'s subscription",
  ],
  [
    `{who} (?:now |only )*(?:needs?|has|have|wants?|is at|are at|should have|uses?|is down to|is up to) (?:only |just |now )*{count} ${seats}(?: now| in total| from now on| altogether)?(?:,.*)?`,
    "change the seats of {who}'s subscription to {count}",
  ],
  [`{count} ${more} ${seats} (?:for|to|on) {who}`, "add {count} seats to {who}'s subscription"],
  [`give {who} {count} ${more} ${seats}`, "add {count} seats to {who}'s subscription"],
  [`{count} ${seats}(?: less| fewer) for {who}`, "remove {count} seats from {who}'s subscription"],
];
