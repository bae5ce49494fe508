import { StripeFault } from '../wire/errors.ts';

/** Does something on behalf of a part of the request, so that refusals name the whole way to what they are about. */
export function named<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof StripeFault) || error.body.param === undefined) throw error;
    const param = error.body.param.replace(/^[^[]+/, (head) => `${path}[${head}]`);
    throw new StripeFault(error.status, { ...error.body, param });
  }
}
