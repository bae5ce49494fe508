import type { Hono } from 'hono';
import type { Account } from '../account.ts';
import type { Directory } from '../directory.ts';
import { Download } from '../wire/download.ts';
import { noSuch, StripeFault } from '../wire/errors.ts';
import { files, isExpired, type StripeFile, typeOf } from './file.ts';
import { contentTypes } from './file-type.ts';
import { fileLinks } from './link.ts';
import { rulesFor } from './purposes.ts';

/** The contents of a file, for a key of its account. Throws Stripe's refusal of what cannot be read again. */
export function contentsOf(account: Account, file: StripeFile): Download {
  if (!rulesFor(file.purpose).downloadable)
    throw new StripeFault(403, {
      type: 'invalid_request_error',
      message: `The contents of files with the purpose ${file.purpose} cannot be downloaded.`,
    });
  return new Download(headersOf(file), async () => {
    const bytes = isExpired(account, file.expires_at) ? undefined : await account.blobs.get(file.id);
    if (!bytes) throw noSuch('file upload', file.id, 'id');
    return bytes;
  });
}

function headersOf(file: StripeFile): Record<string, string> {
  const name = (file.filename ?? file.id).replaceAll(/[^\w.() -]/g, '_');
  return {
    'content-type': contentTypes[typeOf(file)],
    'content-disposition': `attachment; filename="${name}"`,
    // Somebody else's file on the sandbox's own address must not act there.
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
  };
}

/** Where file links lead: to the contents, for everybody who has the link. */
export function addFileLinks(app: Hono, directory: Directory): void {
  app.get('/_sandbox/links/:account/:secret', async (context) => {
    const { account: address, secret } = context.req.param();
    const account = await directory.find(address);
    const link = account?.of(fileLinks).newestBy('secret', secret);
    const file = link && account?.of(files).get(link.file);
    if (!account || !file || isExpired(account, link.expires_at))
      throw noSuch('file link', secret.slice(0, 20), 'id');
    const { headers, read } = contentsOf(account, file);
    return context.body(new Uint8Array(await read()), 200, { ...headers });
  });
}
