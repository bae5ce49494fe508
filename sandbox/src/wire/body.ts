import { invalidRequest, type StripeFault } from './errors.ts';
import { formLimits } from './form.ts';

/** Reads a body as text, giving up as soon as it is longer than a form may be, whatever length was announced. */
export async function limitedText(request: Request): Promise<string> {
  const announced = request.headers.get('content-length');
  if (Number(announced ?? 0) > formLimits.bytes) throw tooLarge();
  if (announced !== null || !request.body) return request.text();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.byteLength;
    if (size > formLimits.bytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function tooLarge(): StripeFault {
  return invalidRequest(`Request bodies can be at most ${formLimits.bytes} bytes.`);
}
