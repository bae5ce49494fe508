import { createHash } from 'node:crypto';
import { invalidRequest } from './errors.ts';
import type { Exchange } from './exchange.ts';
import { decodeForm, type FormMap, formLimits } from './form.ts';

/** A file as it was sent. */
export interface Upload {
  readonly filename: string;
  readonly bytes: Uint8Array;
}

/** A body of `multipart/form-data`: its fields as a form, the part called `file`, and a text that stands for both. */
export interface MultipartForm {
  readonly form: FormMap;
  readonly upload: Upload | null;
  readonly rawParams: string;
}

/** The largest body that is read, in bytes: Stripe's largest file and what goes with it. */
const maxBytes = 64 * 1024 * 1024 + formLimits.bytes;

/** Reads an upload as the official SDKs and the CLI send it. Throws Stripe's 400 for anything else. */
export async function multipartOf(exchange: Exchange): Promise<MultipartForm> {
  const type = exchange.header('content-type') ?? '';
  if (!/^multipart\/form-data\b/i.test(type))
    throw invalidRequest('Invalid request: files are uploaded as multipart/form-data.');
  const data = await parsed(await exchange.body(maxBytes), type);
  const fields = new URLSearchParams();
  let upload: Upload | null = null;
  for (const [name, value] of data) {
    if (typeof value === 'string') fields.append(name, value);
    else if (name === 'file')
      upload = { filename: value.name, bytes: new Uint8Array(await value.arrayBuffer()) };
    else
      throw invalidRequest(`Received an unexpected file: ${name.slice(0, 60)}`, { param: name.slice(0, 60) });
  }
  const text = fields.toString();
  const print = upload ? createHash('sha256').update(upload.bytes).digest('hex') : '';
  return { form: decodeForm(text), upload, rawParams: `${text}&file=${print}` };
}

async function parsed(bytes: Buffer, type: string): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
  } catch {
    throw invalidRequest('Invalid request: the body is not valid multipart/form-data.');
  }
}
