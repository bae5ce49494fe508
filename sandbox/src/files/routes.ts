import type { Account } from '../account.ts';
import { type Call, declare, found, listed, type Resource, route } from '../resource.ts';
import { missingParam, noSuch } from '../wire/errors.ts';
import { datedPageParams } from '../wire/pages.ts';
import {
  applyMetadata,
  boolean,
  either,
  emptyable,
  integer,
  metadata,
  object,
  oneOf,
  type Parsed,
  required,
  text,
  unsupported,
} from '../wire/params.ts';
import { contentsOf } from './download.ts';
import { createFile, files, type StripeFile } from './file.ts';
import { createLink, type FileLink, fileLinks, linkNow, linksOf, requireFuture } from './link.ts';
import { type Purpose, uploadPurposes } from './purposes.ts';

const permission = 'file_upload';
const forUpload = Object.keys(uploadPurposes) as (keyof typeof uploadPurposes)[];
const madeByStripe = [
  'document_provider_identity_document',
  'finance_report_run',
  'financial_account_statement',
  'identity_document_downloadable',
  'selfie',
  'sigma_scheduled_query',
] as const satisfies readonly Purpose[];

const createParams = {
  file_link_data: object({ create: required(boolean()), expires_at: integer(1), metadata: metadata() }),
  purpose: required(either((value) => value === 'terminal_android_apk', unsupported(), oneOf(...forUpload))),
} as const;
const linkParams = { expires_at: integer(1), file: required(text()), metadata: metadata() } as const;
const linkUpdateParams = {
  expires_at: emptyable(either((value) => value === 'now', oneOf('now'), integer(1))),
  metadata: metadata(),
} as const;

/** A file with its links. */
function shown(account: Account, file: StripeFile): StripeFile {
  return { ...file, links: linksOf(account, file.id) };
}

function upload(call: Call<Parsed<typeof createParams>>): StripeFile {
  const { account, params, upload: sent } = call;
  if (!sent) throw missingParam('file');
  const file = createFile(account, { ...sent, purpose: params.purpose });
  const link = params.file_link_data;
  if (link?.create) createLink(account, file, { expiresAt: link.expires_at, metadata: link.metadata });
  return shown(account, file);
}

function updateLink(call: Call<Parsed<typeof linkUpdateParams>>): FileLink {
  const { account, params } = call;
  const link = found(call, fileLinks, 'file link');
  const wanted = params.expires_at === 'now' ? account.now() : params.expires_at;
  if (params.expires_at !== 'now' && wanted !== undefined) requireFuture(account, wanted);
  const next = account.of(fileLinks).put({
    ...link,
    expires_at: wanted === undefined ? link.expires_at : wanted,
    metadata: applyMetadata(link.metadata, params.metadata),
  });
  return linkNow(account, next);
}

/** `/v1/files` and `/v1/file_links`. */
export const fileResource: Resource = {
  collections: [declare(files), declare(fileLinks)],
  expand: { file_link: { file: ['files'] } },
  routes: [
    route('POST', '/v1/files', { permission, params: createParams, upload: true }, upload),
    route(
      'GET',
      '/v1/files',
      {
        permission,
        params: { ...datedPageParams, purpose: oneOf(...forUpload, ...madeByStripe, 'terminal_android_apk') },
      },
      (call) => {
        const { purpose } = call.params;
        const page = listed(call, files, purpose === undefined ? {} : { index: 'purpose', key: purpose });
        return { ...page, data: page.data.map((file) => shown(call.account, file)) };
      },
    ),
    route('GET', '/v1/files/:id', { permission }, (call) =>
      shown(call.account, found(call, files, 'file upload')),
    ),
    route('GET', '/v1/files/:id/contents', { permission }, (call) =>
      contentsOf(call.account, found(call, files, 'file upload')),
    ),
    route('POST', '/v1/file_links', { permission, params: linkParams }, ({ account, params }) => {
      const file = account.of(files).get(params.file);
      if (!file) throw noSuch('file upload', params.file, 'file', 400);
      return createLink(account, file, { expiresAt: params.expires_at, metadata: params.metadata });
    }),
    route(
      'GET',
      '/v1/file_links',
      { permission, params: { ...datedPageParams, expired: boolean(), file: text() } },
      (call) => {
        const { expired, file } = call.params;
        const page = listed(call, fileLinks, {
          ...(file === undefined ? {} : { index: 'file', key: file }),
          where: (link) => expired === undefined || linkNow(call.account, link).expired === expired,
        });
        return { ...page, data: page.data.map((link) => linkNow(call.account, link)) };
      },
    ),
    route('GET', '/v1/file_links/:id', { permission }, (call) =>
      linkNow(call.account, found(call, fileLinks, 'file link')),
    ),
    route('POST', '/v1/file_links/:id', { permission, params: linkUpdateParams }, updateLink),
  ],
};
