import { invalidRequest, type StripeFault } from './errors.ts';
import { formLimits } from './form.ts';

/** Reads a body, giving up as soon as it is longer than `limit` bytes, whatever length was announced. */
export async function limitedBody(request: Request, limit: number): Promise<Buffer> {
  const announced = request.headers.get('content-length');
  if (Number(announced ?? 0) > limit) throw tooLarge(limit);
  if (announced !== null || !request.body) return Buffer.from(await request.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The body of a form or a small JSON, as text. */
export async function limitedText(request: Request): Promise<string> {
  return (await limitedBody(request, formLimits.bytes)).toString('utf8');
}

/** The refusal of a body that is longer than it may be. */
export function tooLarge(limit: number): StripeFault {
  return invalidRequest(`Request bodies can be at most ${limit} bytes.`);
}
