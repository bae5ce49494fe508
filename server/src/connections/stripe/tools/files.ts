import type Stripe from 'stripe';
import { z } from 'zod';
import { type Tool, ToolError } from '../../../tools/tool.ts';
import { spoken } from '../amounts.ts';
import { idField } from '../fields.ts';
import { madeSince } from '../marks.ts';
import { follow } from '../pages.ts';
import { needs } from '../permissions.ts';
import { type Desk, type Said, stripeWrite } from '../stripe-tool.ts';
import { textPdf, unprintable } from '../text-pdf.ts';
import { invoiceLabel } from '../views/billing.ts';
import { ownerRefs } from '../views/customers.ts';
import { compact, time } from '../views/shape.ts';

/** Stripe's limit for one document. */
const mostBytes = 5 * 1024 * 1024;
const purpose = 'dispute_evidence';

/** How the kinds that Stripe takes begin. */
const kinds = [
  { ending: 'pdf', type: 'application/pdf', beginning: '%PDF-' },
  { ending: 'png', type: 'image/png', beginning: '\x89PNG\r\n\x1a\n' },
  { ending: 'jpg', type: 'image/jpeg', beginning: '\xff\xd8\xff' },
] as const;

/** @throws ToolError unless it is a PDF, PNG or JPEG that Stripe would take */
function kindOf(bytes: Uint8Array): (typeof kinds)[number] {
  const start = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  const kind = kinds.find(({ beginning }) => start.startsWith(beginning));
  if (!kind)
    throw new ToolError('file_type_refused', 'That is no PDF, PNG or JPEG.', {
      next: 'Give one of these, or give text.',
    });
  if (bytes.length <= mostBytes) return kind;
  const has = `${(bytes.length / 1024 / 1024).toFixed(1)} MB`;
  throw new ToolError('file_too_large', `The document has ${has}; Stripe takes 5 MB.`, {
    next: 'Make it smaller.',
  });
}

const sealedFile = z.object({
  name: z.string(),
  what: z.string(),
  source: z.discriminatedUnion('from', [
    z.object({ from: z.literal('invoice'), url: z.string() }),
    z.object({ from: z.literal('text'), title: z.string(), text: z.string() }),
    z.object({ from: z.literal('content'), base64: z.string() }),
  ]),
});
type Source = z.infer<typeof sealedFile>['source'];

/** Invoices are on pages of Stripe, or of the sandbox that the connection talks to, whatever name it has for itself. */
function invoiceAddress(desk: Desk, url: string): URL {
  const given = new URL(url);
  if (desk.baseUrl !== null) return new URL(given.pathname + given.search, desk.baseUrl);
  if (given.protocol === 'https:' && given.hostname.endsWith('.stripe.com')) return given;
  throw new ToolError('not_found', 'The PDF of the invoice is at no address of Stripe.');
}

const mostRedirects = 3;

/** Follows redirects, but to where invoices are only. */
async function openInvoice(desk: Desk, url: string): Promise<Response | null> {
  const signal = AbortSignal.timeout(30_000);
  for (let at = invoiceAddress(desk, url), left = mostRedirects; ; left -= 1) {
    const response = await desk.fetch(at, { redirect: 'manual', signal }).catch(() => null);
    const location = response?.headers.get('location');
    if (!response || response.status < 300 || response.status >= 400 || !location) return response;
    await response.body?.cancel();
    if (left === 0 || !URL.canParse(location, at.href)) return null;
    at = invoiceAddress(desk, new URL(location, at).href);
  }
}

async function downloaded(desk: Desk, url: string): Promise<Uint8Array> {
  const response = await openInvoice(desk, url);
  if (!response?.ok)
    throw new ToolError('unreachable', 'The PDF of the invoice could not be fetched from Stripe.', {
      next: 'Try again in a minute.',
    });
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > mostBytes)
      throw new ToolError(
        'file_too_large',
        'The PDF of the invoice is larger than the 5 MB that Stripe takes.',
      );
    parts.push(part);
  }
  return Buffer.concat(parts);
}

async function bytesOf(desk: Desk, source: Source): Promise<Uint8Array> {
  if (source.from === 'invoice') return downloaded(desk, source.url);
  if (source.from === 'text') return textPdf(source.title, source.text);
  return Buffer.from(source.base64, 'base64');
}

async function invoiceSource(api: Stripe, id: string) {
  const invoice = await api.invoices.retrieve(id.trim());
  if (!invoice.invoice_pdf)
    throw new ToolError('invoice_is_draft', `The invoice ${invoice.id} is a draft: it has no document yet.`, {
      next: 'Finalise it first, or use another invoice.',
    });
  const label = `invoice ${invoiceLabel(invoice)} over ${spoken(invoice.total, invoice.currency)}`;
  const objects = [{ type: 'invoice', id: invoice.id, label }, ...ownerRefs(invoice.customer)];
  return { source: { from: 'invoice' as const, url: invoice.invoice_pdf }, what: label, objects };
}

function textSource(title: string, text: string) {
  const missing = unprintable(`${title}${text}`);
  if (missing.length > 0)
    throw new ToolError(
      'letters_refused',
      `A document cannot be made of these letters: ${missing.slice(0, 20).join(' ')}`,
      {
        next: 'Leave them out, or give the text as evidence itself: stage_dispute_evidence takes any letters.',
      },
    );
  return {
    source: { from: 'text' as const, title, text },
    what: `a document of ${text.length} characters`,
    objects: [],
  };
}

function contentSource(base64: string) {
  const bytes = Buffer.from(base64, 'base64');
  const { ending } = kindOf(bytes);
  const what = `a ${ending.toUpperCase()} of ${Math.ceil(bytes.length / 1024)} kB`;
  return { source: { from: 'content' as const, base64 }, what, objects: [] };
}

const uploadInput = z
  .strictObject({
    title: z.string().min(1).max(80).describe('What the document is, such as "Access log of Jenny Rosen".'),
    invoice: idField('invoice', 'in_')
      .optional()
      .describe('The PDF of this invoice ("in_…"): the receipt for a dispute.'),
    text: z
      .string()
      .min(1)
      .max(50_000)
      .optional()
      .describe('Plain text that becomes a PDF: a log, a message of the customer, a policy, word for word.'),
    content_base64: z.base64().max(90_000).optional().describe('A small PDF, PNG or JPEG itself, in base64.'),
  })
  .refine(
    (input) => [input.invoice, input.text, input.content_base64].filter(Boolean).length === 1,
    'Exactly one of invoice, text and content_base64 is needed.',
  );

function uploaded(file: Stripe.File, what: string): Said {
  return {
    view: compact({
      ...{ object: 'file', id: file.id, title: file.title, filename: file.filename, type: file.type },
      ...{ bytes: file.size, purpose: file.purpose, created: time(file.created) },
      note: 'Pass the id to stage_dispute_evidence, in the field that fits: receipt, customer_communication, service_documentation and so on.',
    }),
    record: file,
    summary: `Uploaded ${what} as ${file.id}`,
    objects: [{ type: 'file', id: file.id, label: file.filename ?? file.id }],
  };
}

/** A file takes no metadata: the operation stands in its name. */
const fileName = (name: string, operationId: string, ending: string): string =>
  `${name}.${operationId}.${ending}`;

/** Tools about documents. */
export function fileTools(desk: Desk): Tool[] {
  return [
    stripeWrite(desk, {
      name: 'upload_evidence_file',
      title: 'Upload evidence',
      description:
        'Uploads a document to Stripe for use as evidence in a dispute: the PDF of an invoice, plain text made into a PDF, or a small PDF, PNG or JPEG. Sends nothing to the bank; stage_dispute_evidence takes the file id it answers.',
      effect: 'write',
      input: uploadInput,
      sealed: sealedFile,
      permissions: needs('file_upload:write', 'invoice:read'),
      words: {
        action: 'upload',
        object: 'file',
        synonyms: ['evidence file', 'document', 'receipt', 'attach a file', 'upload evidence'],
      },
      async plan(input, api) {
        const { title, invoice, text, content_base64: base64 = '' } = input;
        const made = invoice
          ? await invoiceSource(api, invoice)
          : text !== undefined
            ? textSource(title, text)
            : contentSource(base64);
        const name = title.replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-|-$/g, '') || 'evidence';
        return {
          preview: {
            summary: `Upload ${made.what} to Stripe as evidence: ${title}`,
            facts: [
              ...(text !== undefined
                ? [{ label: 'Text', value: text.length > 500 ? `${text.slice(0, 500)}…` : text }]
                : []),
              { label: 'Sent to the bank', value: 'no' },
              { label: 'Can be undone', value: 'no, but it does nothing until it is used' },
            ],
            objects: made.objects,
          },
          sealed: { name, what: made.what, source: made.source },
        };
      },
      async act({ name, what, source }, api, context) {
        const bytes = await bytesOf(desk, source);
        const { ending, type } = kindOf(bytes);
        const file = { data: bytes, name: fileName(name, context.operationId, ending), type };
        const options = { idempotencyKey: context.idempotencyKey(0) };
        return uploaded(await api.files.create({ purpose, file }, options), what);
      },
      async find({ name, what }, api, { operationId, ...look }) {
        const wanted = new Set(kinds.map(({ ending }) => fileName(name, operationId, ending)));
        const { items } = await follow(
          (page) => api.files.list({ ...page, purpose, ...madeSince({ operationId, ...look }) }),
          { fits: (file) => wanted.has(file.filename ?? ''), enough: 1 },
        );
        return items[0] ? uploaded(items[0], what) : null;
      },
    }),
  ];
}
