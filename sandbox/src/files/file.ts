import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { create } from '../events.ts';
import { newId } from '../ids.ts';
import { refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { noSuch } from '../wire/errors.ts';
import type { Wire } from '../wire/shapes.ts';
import { type FileType, fileTypeOf } from './file-type.ts';
import { type Purpose, rulesFor } from './purposes.ts';

export type StripeFile = Wire<Stripe.File>;

/** Files by what Stripe tells of them; their bytes are in the account's blobs, under the same id. */
export const files: CollectionSpec<StripeFile, 'purpose'> = {
  name: 'files',
  indexes: { purpose: (file) => file.purpose },
};

export interface FileInput {
  readonly bytes: Uint8Array;
  readonly filename: string;
  readonly purpose: Purpose;
  readonly title?: string | undefined;
}

/** Keeps a file. Throws Stripe's refusals of kinds and sizes that the purpose does not take. */
export function createFile(account: Account, input: FileInput): StripeFile {
  const { bytes, purpose, title } = input;
  const rules = rulesFor(purpose);
  const filename = input.filename.replaceAll(/[\\/\p{Cc}]/gu, '_').slice(0, 255) || 'file';
  const type = fileTypeOf(bytes, filename);
  if (bytes.length === 0) throw refused('file', 'The file you uploaded is empty.');
  if (bytes.length > rules.maxBytes)
    throw refused(
      'file',
      `The file you uploaded is too large: ${bytes.length} bytes. Files with the purpose ${purpose} can have up to ${rules.maxBytes} bytes.`,
    );
  if (type === null || !rules.types.includes(type))
    throw refused(
      'file',
      `The file you uploaded is of a type that the purpose ${purpose} does not take. It has to be one of: ${rules.types.join(', ')}.`,
    );
  return keepFile(account, { bytes, filename, purpose, type, title });
}

/** Keeps a file that is known to be in order, among them those that Stripe makes. */
export function keepFile(account: Account, input: FileInput & { readonly type: FileType }): StripeFile {
  const { bytes, filename, purpose, title = null, type } = input;
  const rules = rulesFor(purpose);
  const id = newId('file', 24);
  account.blobs.put(id, bytes);
  const file: StripeFile = {
    id,
    object: 'file',
    created: account.now(),
    expires_at: rules.keptSeconds === null ? null : account.now() + rules.keptSeconds,
    filename,
    purpose,
    size: bytes.length,
    title,
    type,
    url: rules.downloadable ? `${account.origin()}/v1/files/${id}/contents` : null,
  };
  return create(account, files, file, 'file.created');
}

/** The type of a file, as its contents showed when it came. */
export function typeOf(file: StripeFile): FileType {
  return isFileType(file.type) ? file.type : 'txt';
}

const fileTypes: readonly string[] = [
  'csv',
  'docx',
  'gif',
  'jpg',
  'json',
  'pdf',
  'pem',
  'png',
  'svg',
  'txt',
  'xlsx',
];
function isFileType(type: string | null): type is FileType {
  return type !== null && fileTypes.includes(type);
}

/** The file a parameter names, of this account or of its platform. Throws Stripe's refusals: none such, or not for this. */
export function fileFor(
  account: Account,
  id: string,
  purposes: readonly Purpose[],
  param: string,
): StripeFile {
  const file = account.of(files).get(id) ?? account.platform?.of(files).get(id);
  if (!file) throw noSuch('file upload', id, param, 400);
  if (!purposes.includes(file.purpose))
    throw refused(
      param,
      `The file ${id} has the purpose ${file.purpose}; here a file with the purpose ${purposes.join(' or ')} is needed.`,
    );
  return file;
}

export function isExpired(account: Account, expiresAt: number | null): boolean {
  return expiresAt !== null && expiresAt <= account.now();
}
