import { StripeFault } from '../wire/errors.ts';

/** Does something with a part of a request: what is refused of its parameters is told with the name of the part. */
export function within<T>(part: string, work: () => T, given: object = {}): T {
  try {
    return work();
  } catch (error) {
    const param = error instanceof StripeFault ? error.body.param : undefined;
    if (!(error instanceof StripeFault) || param === undefined) throw error;
    const [name = '', ...rest] = param.split('[');
    if (!Object.hasOwn(given, name)) throw error;
    throw new StripeFault(error.status, { ...error.body, param: [part, `${name}]`, ...rest].join('[') });
  }
}
