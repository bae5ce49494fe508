import type Stripe from 'stripe';
import type { Account } from '../account.ts';
import { newId, randomText } from '../ids.ts';
import { refused } from '../resource.ts';
import type { CollectionSpec } from '../store/collection.ts';
import { type Page, pageOf } from '../wire/pages.ts';
import { applyMetadata, type MetadataChange } from '../wire/params.ts';
import type { Narrowed, Wire } from '../wire/shapes.ts';
import { isExpired, type StripeFile } from './file.ts';
import { rulesFor } from './purposes.ts';

export type FileLink = Narrowed<Wire<Stripe.FileLink>, { readonly file: string; readonly url: string }>;

export const fileLinks: CollectionSpec<FileLink, 'file' | 'secret'> = {
  name: 'file_links',
  indexes: { file: (link) => link.file, secret: (link) => link.url.slice(link.url.lastIndexOf('/') + 1) },
};

/** Makes a public address for a file. Throws Stripe's refusals of files that cannot be shared. */
export function createLink(
  account: Account,
  file: StripeFile,
  options: { readonly expiresAt?: number | undefined; readonly metadata?: MetadataChange | undefined },
): FileLink {
  if (!rulesFor(file.purpose).downloadable)
    throw refused('file', `Files with the purpose ${file.purpose} cannot be linked to.`);
  const { expiresAt = null } = options;
  requireFuture(account, expiresAt);
  const link: FileLink = {
    id: newId('link', 24),
    object: 'file_link',
    created: account.now(),
    expired: false,
    expires_at: expiresAt,
    file: file.id,
    livemode: account.livemode,
    metadata: applyMetadata({}, options.metadata),
    url: `${account.origin()}/_sandbox/links/${account.address}/${randomText(64)}`,
  };
  return account.of(fileLinks).put(link);
}

export function requireFuture(account: Account, expiresAt: number | null): void {
  if (expiresAt !== null && expiresAt <= account.now())
    throw refused('expires_at', 'The time at which a link expires must be in the future.');
}

/** A link as it is now: whether it has expired is a matter of time. */
export function linkNow(account: Account, link: FileLink): FileLink {
  return { ...link, expired: isExpired(account, link.expires_at) };
}

/** A file's links, as files show them. */
export function linksOf(account: Account, file: string): Page<FileLink> {
  const page = pageOf(account.of(fileLinks), `/v1/file_links?file=${file}`, {}, { index: 'file', key: file });
  return { ...page, data: page.data.map((link) => linkNow(account, link)) };
}
