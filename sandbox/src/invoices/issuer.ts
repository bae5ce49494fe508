import { either, object, oneOf, required, unsupported } from '../wire/params.ts';

/** Who issues an invoice: only the account itself here. */
export const issuerParam = object({
  account: unsupported(),
  type: required(either((value) => value === 'account', unsupported(), oneOf('self'))),
});
