/** What a person enters to connect: one list of typed fields, from which come the form, its check and the typed value. */
import { ConnectionProblem } from './connection.ts';

export interface CredentialField {
  readonly name: string;
  readonly label: string;
  /** Sealed and never shown again; what is no secret says whose account it is and stays when a key is rotated. */
  readonly secret: boolean;
  readonly placeholder: string;
  readonly help: string;
  /** May be left out. */
  readonly optional?: true;
  /** `text` unless said; `url`: an address that settings may point to; `lines`: one value a line. */
  readonly kind?: 'text' | 'url' | 'email' | 'choice' | 'lines';
  /** For a choice. */
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  /** It can be made up on the spot, at random: `whsec_` and 32 bytes in base64. */
  readonly generate?: 'whsec';
  /** A regular expression that the whole value must match, and what to say when it does not. */
  readonly pattern?: { readonly source: string; readonly message: string };
}

type Names<Fields extends readonly CredentialField[], Which> = Extract<Fields[number], Which>['name'];
type OptionalNames<Fields extends readonly CredentialField[]> = Names<Fields, { optional: true }>;

/** What was entered, by field: those that may be left out may be undefined. */
export type Entered<Fields extends readonly CredentialField[]> = {
  readonly [Name in Exclude<Fields[number]['name'], OptionalNames<Fields>>]: string;
} & { readonly [Name in OptionalNames<Fields>]?: string };

export interface CredentialForm<Fields extends readonly CredentialField[]> {
  readonly fields: Fields;
  /** Trimmed, without what was left empty. @throws ConnectionProblem that names the field, never what stands in it */
  parse(entered: unknown): Entered<Fields>;
}

const longest = 4_000;

export function credentialForm<const Fields extends readonly CredentialField[]>(
  type: string,
  fields: Fields,
): CredentialForm<Fields> {
  return {
    fields,
    parse(entered) {
      if (typeof entered !== 'object' || entered === null || Array.isArray(entered))
        throw new ConnectionProblem('credentials_missing', 'No credentials were given.', sendAs(fields));
      const known = new Set<string>(fields.map(({ name }) => name));
      const unknown = Object.keys(entered).filter((name) => !known.has(name));
      if (unknown.length > 0)
        throw new ConnectionProblem(
          'credentials_unknown',
          `${type} takes no ${unknown.map((name) => `"${name.slice(0, 60)}"`).join(', ')}.`,
          sendAs(fields),
        );
      const values = new Map<string, unknown>(Object.entries(entered));
      const read = fields.flatMap((field) => {
        const value = readField(field, values.get(field.name));
        return value === undefined ? [] : [[field.name, value] as const];
      });
      return Object.fromEntries(read) as Entered<Fields>;
    },
  };
}

/** @throws ConnectionProblem `credential_missing`, `credential_malformed` */
function readField(field: CredentialField, entered: unknown): string | undefined {
  const text = typeof entered === 'string' ? entered.trim() : '';
  const { label, help } = field;
  if (entered !== undefined && typeof entered !== 'string') throw malformed(`${label} is text.`, help);
  if (text === '') {
    if (field.optional) return undefined;
    throw new ConnectionProblem('credential_missing', `${label} is missing.`, help);
  }
  if (text.length > longest) throw malformed(`${label} is too long.`, help);
  if (field.kind !== 'lines' && /[\r\n]/.test(text)) throw malformed(`${label} is one line.`, help);
  if (field.kind === 'url' && !URL.canParse(text)) throw malformed(`${label} is no address.`, help);
  if (field.kind === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text))
    throw malformed(`${label} is no e-mail address.`, help);
  if (field.options && !field.options.some(({ value }) => value === text)) {
    const choices = field.options.map(({ value }) => value).join(', ');
    throw malformed(`${label} is one of: ${choices}.`, help);
  }
  if (field.pattern && !new RegExp(`^(?:${field.pattern.source})$`).test(text))
    throw malformed(field.pattern.message, help);
  return text;
}

const malformed = (message: string, next: string) =>
  new ConnectionProblem('credential_malformed', message, next);

function sendAs(fields: readonly CredentialField[]): string {
  const names = fields.map(({ name, optional }) => `"${name}"${optional ? ' (optional)' : ''}`);
  return `Send credentials with ${names.join(', ')}.`;
}
