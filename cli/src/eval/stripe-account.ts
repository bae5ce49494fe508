/** An account of the sandbox, spoken to as any client of Stripe's API does. */
export interface StripeAccount {
  readonly apiKey: string;
  get(path: string): Promise<StripeObject>;
  post(path: string, params?: Params): Promise<StripeObject>;
  /** Every row of a list. */
  all(path: string): Promise<StripeObject[]>;
}

export type StripeObject = { readonly id: string } & { readonly [field: string]: unknown };

export interface Params {
  readonly [name: string]: string | number | boolean | Params | readonly (string | number | Params)[];
}

const pageSize = 100;
const version = '2026-10-28.endive';

export function openAccount(baseUrl: string, apiKey: string): StripeAccount {
  async function call(method: string, path: string, params?: Params): Promise<StripeObject> {
    const response = await fetch(new URL(path, baseUrl), {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        'stripe-version': version,
        ...(params && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(params && { body: new URLSearchParams(fieldsOf(params)).toString() }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }
  return {
    apiKey,
    get: (path) => call('GET', path),
    post: (path, params) => call('POST', path, params ?? {}),
    async all(path) {
      const rows: StripeObject[] = [];
      for (;;) {
        const after = rows.at(-1)?.id;
        const join = path.includes('?') ? '&' : '?';
        const page = await call(
          'GET',
          `${path}${join}limit=${pageSize}${after ? `&starting_after=${after}` : ''}`,
        );
        rows.push(...(page.data as StripeObject[]));
        if (page.has_more !== true) return rows;
      }
    },
  };
}

/** `{ items: [{ price }] }` → `items[0][price]`. */
function fieldsOf(params: Params, prefix = ''): [string, string][] {
  return Object.entries(params).flatMap(([name, value]): [string, string][] => {
    const key = prefix ? `${prefix}[${name}]` : name;
    if (Array.isArray(value)) return fieldsOf(Object.fromEntries(value.entries()), key);
    return typeof value === 'object' ? fieldsOf(value as Params, key) : [[key, String(value)]];
  });
}
