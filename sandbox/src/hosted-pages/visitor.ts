import type { Sandbox } from '../options.ts';

/** A browser without a browser, for tests: reads pages and sends their forms. */
export function createVisitor(sandbox: Pick<Sandbox, 'fetch'>) {
  async function answer(response: Promise<Response>) {
    const { headers, status } = await response;
    return { status, text: await (await response).text(), location: headers.get('location') ?? '', headers };
  }
  return {
    open: (url: string) => answer(sandbox.fetch(url, { redirect: 'manual' })),
    send: (url: string, fields: Readonly<Record<string, string>>) =>
      answer(sandbox.fetch(url, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' })),
  };
}

/** The card fields as somebody fills them in who lives in the United States. */
export function cardOf(number: string): Record<string, string> {
  return { number, expiry: '12 / 34', cvc: '123', card_name: 'Ada', country: 'US', postal: '94107' };
}
