/**
 * What is said, and how it is said plainly. `{who}`, `{done}` (a participle; `{do}` is its verb), `{count}`, `{value}` and
 * others (see `orders.ts`) stand for what is carried over; everything else is a regular expression.
 */
export type Order = readonly [said: string, plain: string];
