import { capitalised } from '../ui/capitalised.ts';

/** The fields of a form, read from a JSON Schema; what no control fits is edited as JSON. */

export interface SchemaField {
  readonly name: string;
  readonly label: string;
  readonly hint: string;
  /** `rows`: a list of objects, each with `columns`; `group`: one such object; `lines`: a list of texts or numbers. */
  readonly kind: 'switch' | 'number' | 'text' | 'long' | 'choice' | 'rows' | 'group' | 'lines' | 'json';
  readonly choices: readonly string[];
  readonly columns: readonly SchemaField[];
  /** Of `lines`: what stands in them. */
  readonly ofNumbers: boolean;
  /** Of `rows` and `lines`. */
  readonly most: number;
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
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly format?: string;
}

const mostRows = 100;
/** A text that may be longer than this is written in a box of several lines. */
const longText = 1_000;

export function fieldsOf(schema: object): SchemaField[] {
  const { properties = {}, required = [] } = schema as Schema;
  return Object.entries(properties).map(([name, given]) => fieldOf(name, given, required.includes(name)));
}

function fieldOf(name: string, given: Schema, required: boolean): SchemaField {
  const options = given.anyOf?.filter(({ type }) => type !== 'null');
  const nullable = options !== undefined && options.length < (given.anyOf?.length ?? 0);
  const inner = { ...soleOf(options), ...given };
  const choices = (inner.enum ?? []).filter((choice) => typeof choice === 'string');
  const columns = columnsOf(inner);
  return {
    ...{ name, label: labelOf(name), hint: given.description ?? '', choices, columns, nullable, required },
    ...{ kind: kindOf(inner, choices, columns), ofNumbers: isNumber(inner.items?.type) },
    ...{ most: inner.maxItems ?? mostRows, standard: given.default },
  };
}

/** Of several ways to say it the shortest, where a text is one: a customer is an id or an address as well as an object. */
function soleOf(options: readonly Schema[] | undefined): Schema | undefined {
  if (options?.length === 1) return options[0];
  return options?.find(({ type }) => type === 'string') && { type: 'string' };
}

const isNumber = (type: string | undefined): boolean => type === 'integer' || type === 'number';
const isText = (type: string | undefined): boolean => type === 'string';

/** Fields within a field; empty where one of them needs more than a line. */
function columnsOf({ type, items, properties }: Schema): readonly SchemaField[] {
  const columns = fieldsOf((type === 'array' ? items : { properties }) ?? {});
  return columns.some(({ kind }) => ['rows', 'group', 'lines', 'json'].includes(kind)) ? [] : columns;
}

function kindOf(
  { type, items, format, maxLength = 0 }: Schema,
  choices: readonly string[],
  columns: readonly SchemaField[],
): SchemaField['kind'] {
  if (choices.length > 0) return 'choice';
  if (type === 'boolean') return 'switch';
  if (isNumber(type)) return 'number';
  if (isText(type)) return maxLength > longText && format === undefined ? 'long' : 'text';
  if (columns.length > 0) return type === 'array' ? 'rows' : 'group';
  return type === 'array' && (isText(items?.type) || isNumber(items?.type)) ? 'lines' : 'json';
}

/** `retrySoonHours` → `Retry soon hours` */
function labelOf(name: string): string {
  const words = name
    .replaceAll('_', ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  return capitalised(words);
}

/** What stands in a control: switches are told by `true` and `false`, rows and groups as JSON of drafts of their own. */
export type Draft = { readonly [name: string]: string };

export function draftOf(fields: readonly SchemaField[], values: unknown): Draft {
  const held = asRecord(values);
  return Object.fromEntries(
    fields.map((field) => [field.name, textOf(field, held[field.name] ?? field.standard ?? firstOf(field))]),
  );
}

/** Where at least one is needed the first stands there already. */
const firstOf = ({ kind, required }: SchemaField): unknown =>
  kind === 'rows' && required ? [{}] : undefined;

function textOf({ kind, columns }: SchemaField, value: unknown): string {
  if (value === undefined || value === null) return '';
  switch (kind) {
    case 'rows':
      return rowsText(Array.isArray(value) ? value.map((row) => draftOf(columns, row)) : []);
    case 'group':
      return JSON.stringify(draftOf(columns, value));
    case 'lines':
      return Array.isArray(value) ? value.join('\n') : '';
    case 'json':
      return JSON.stringify(value, null, 2);
    default:
      return String(value);
  }
}

function asRecord(value: unknown): { [name: string]: unknown } {
  return typeof value === 'object' && value !== null ? (value as { [name: string]: unknown }) : {};
}

/** The rows that stand in a draft. */
export const rowsOf = (text: string): Draft[] => (text === '' ? [] : (JSON.parse(text) as Draft[]));
/** Rows as they stand in a draft; none at all is no text. */
export const rowsText = (rows: readonly Draft[]): string => (rows.length === 0 ? '' : JSON.stringify(rows));
/** The one object that stands in a draft. */
export const groupOf = (text: string): Draft => (text === '' ? {} : (JSON.parse(text) as Draft));

/** What a draft says; the names of fields whose JSON cannot be read. */
export function valuesOf(
  fields: readonly SchemaField[],
  draft: Draft,
): { values: { [name: string]: unknown }; unreadable: string[] } {
  const values: { [name: string]: unknown } = {};
  const unreadable: string[] = [];
  for (const field of fields) {
    try {
      const value = readField(field, (draft[field.name] ?? '').trim());
      if (value !== undefined) values[field.name] = value;
    } catch {
      unreadable.push(field.name);
    }
  }
  return { values, unreadable };
}

/** @throws SyntaxError where what is written is no JSON */
function readField(field: SchemaField, text: string): unknown {
  const { kind, columns, nullable, required } = field;
  if (kind === 'rows') return rowsOf(text).map((row) => filled(columns, row));
  if (kind === 'lines') return linesOf(field, text);
  const group = kind === 'group' ? filled(columns, groupOf(text)) : {};
  if (text === '' || (kind === 'group' && Object.keys(group).length === 0)) {
    if (nullable) return null;
    return kind !== 'group' && (required || kind === 'text') ? '' : undefined;
  }
  if (kind === 'group') return group;
  if (kind === 'switch') return text === 'true';
  if (kind === 'number') return Number(text);
  return kind === 'json' ? JSON.parse(text) : text;
}

function linesOf({ ofNumbers }: SchemaField, text: string): (string | number)[] {
  const lines = text.split('\n').flatMap((line) => line.trim() || []);
  return ofNumbers ? lines.map(Number) : lines;
}

/** A row without what was left empty. */
function filled(columns: readonly SchemaField[], draft: Draft): { [name: string]: unknown } {
  const { values } = valuesOf(columns, draft);
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}
