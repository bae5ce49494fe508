/** How many endpoints and event destinations an account may have in all, as with Stripe. */
export const maxEndpoints = 16;
