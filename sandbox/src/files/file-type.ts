/** What a file is, by Stripe's short names. */
export type FileType =
  | 'csv'
  | 'docx'
  | 'gif'
  | 'jpg'
  | 'json'
  | 'pdf'
  | 'pem'
  | 'png'
  | 'svg'
  | 'txt'
  | 'xlsx';

export const contentTypes: Readonly<Record<FileType, string>> = {
  csv: 'text/csv; charset=utf-8',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  gif: 'image/gif',
  jpg: 'image/jpeg',
  json: 'application/json',
  pdf: 'application/pdf',
  pem: 'application/x-pem-file',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/** How files of a kind begin. */
const beginnings: readonly (readonly [FileType, readonly number[]])[] = [
  ['pdf', [0x25, 0x50, 0x44, 0x46, 0x2d]],
  ['png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['jpg', [0xff, 0xd8, 0xff]],
  ['gif', [0x47, 0x49, 0x46, 0x38]],
];
const zip = [0x50, 0x4b, 0x03, 0x04];

/** What a file is by its contents, whatever it is called; its name tells kinds of plain text apart. Null: nothing known. */
export function fileTypeOf(bytes: Uint8Array, filename: string): FileType | null {
  const found = beginnings.find(([, beginning]) => startsWith(bytes, beginning));
  if (found) return found[0];
  if (startsWith(bytes, zip)) return officeType(bytes);
  const text = textOf(bytes);
  if (text === null || text.trim() === '') return null;
  const start = text.trimStart();
  if (/^(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]/s.test(start)) return 'svg';
  if (start.startsWith('-----BEGIN ')) return 'pem';
  if (isJson(start)) return 'json';
  return /\.csv$/i.test(filename) ? 'csv' : 'txt';
}

function startsWith(bytes: Uint8Array, beginning: readonly number[]): boolean {
  return beginning.every((byte, at) => bytes[at] === byte);
}

/** Office documents are zip archives, told apart by a folder in them. */
function officeType(bytes: Uint8Array): FileType | null {
  const names = Buffer.from(bytes).toString('latin1');
  if (names.includes('word/')) return 'docx';
  return names.includes('xl/') ? 'xlsx' : null;
}

function textOf(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // Of control characters text has only white space.
    return /\p{Cc}/u.test(text.replaceAll(/\s/g, '')) ? null : text;
  } catch {
    return null;
  }
}

function isJson(text: string): boolean {
  if (!/^[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
