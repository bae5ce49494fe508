/** The fields of a form, read from a JSON Schema; what no control fits is edited as JSON. */

export interface SchemaField {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  readonly kind: 'switch' | 'number' | 'text' | 'choice' | 'json';
  readonly choices: readonly string[];
  /** An empty text stands for none. */
  readonly nullable: boolean;
  readonly required: boolean;
  readonly standard: unknown;
}

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
}

export function fieldsOf(schema: object): SchemaField[] {
  const { properties = {}, required = [] } = schema as Schema;
  return Object.entries(properties).map(([name, given]) => {
    const options = given.anyOf?.filter(({ type }) => type !== 'null');
    const nullable = options !== undefined && options.length < (given.anyOf?.length ?? 0);
    const inner = nullable && options?.length === 1 ? { ...options[0], ...given } : given;
    const type = options?.length === 1 ? options[0]?.type : given.type;
    const choices = (inner.enum ?? []).filter((choice) => typeof choice === 'string');
    return {
      ...{ name, label: labelOf(name), hint: given.description ?? '', choices, nullable },
      kind: kindOf(type, choices),
      required: required.includes(name),
      standard: given.default,
    };
  });
}

function kindOf(type: string | undefined, choices: readonly string[]): SchemaField['kind'] {
  if (choices.length > 0) return 'choice';
  if (type === 'boolean') return 'switch';
  if (type === 'integer' || type === 'number') return 'number';
  return type === 'string' ? 'text' : 'json';
}

/** `retrySoonHours` → `Retry soon hours` */
function labelOf(name: string): string {
  const words = name
    .replaceAll('_', ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What stands in a control; switches are told by `true` and `false`. */
export type Draft = { readonly [name: string]: string };

export function draftOf(fields: readonly SchemaField[], values: unknown): Draft {
  const held = typeof values === 'object' && values !== null ? (values as { [name: string]: unknown }) : {};
  return Object.fromEntries(
    fields.map(({ name, kind, standard }) => {
      const value = held[name] ?? standard;
      if (value === undefined || value === null) return [name, ''];
      return [name, kind === 'json' ? JSON.stringify(value, null, 2) : String(value)];
    }),
  );
}

/** What a draft says; the names of fields whose JSON cannot be read. */
export function valuesOf(
  fields: readonly SchemaField[],
  draft: Draft,
): { values: { [name: string]: unknown }; unreadable: string[] } {
  const values: { [name: string]: unknown } = {};
  const unreadable: string[] = [];
  for (const { name, kind, nullable, required } of fields) {
    const text = (draft[name] ?? '').trim();
    if (text === '') {
      if (nullable) values[name] = null;
      else if (required || kind === 'text') values[name] = '';
      continue;
    }
    if (kind === 'switch') values[name] = text === 'true';
    else if (kind === 'number') values[name] = Number(text);
    else if (kind !== 'json') values[name] = text;
    else {
      try {
        values[name] = JSON.parse(text);
      } catch {
        unreadable.push(name);
      }
    }
  }
  return { values, unreadable };
}
