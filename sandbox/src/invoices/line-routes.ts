import { linePriceData } from '../prices/inline.ts';
import { type Call, type Route, route } from '../resource.ts';
import { pageOfList, pageParams } from '../wire/pages.ts';
import {
  applyMetadata,
  list,
  type MetadataChange,
  metadata,
  object,
  oneOf,
  required,
  text,
  unsupported,
} from '../wire/params.ts';
import { currentInvoice, type Invoice, saveInvoice } from './invoice.ts';
import { itemFields } from './item-edit.ts';
import { addLine, changeLine, editable, lineIn, removeLine } from './line-edit.ts';
import { allLines } from './line-list.ts';
import { existing } from './update.ts';

const lineFields = { ...itemFields, price_data: linePriceData, tax_amounts: unsupported() } as const;
const addParams = {
  invoice_metadata: metadata(),
  lines: required(list(object({ ...lineFields, invoice_item: text() }), 250)),
} as const;
const updateParams = {
  invoice_metadata: metadata(),
  lines: required(list(object({ ...lineFields, id: required(text()) }), 250)),
} as const;
const removeParams = {
  invoice_metadata: metadata(),
  lines: required(
    list(object({ behavior: required(oneOf('delete', 'unassign')), id: required(text()) }), 250),
  ),
} as const;
const permission = 'invoice';

/** The draft an address names, after each of the lines did its change to it and with its metadata changed. */
function edited<L>(
  call: Call<{ invoice_metadata?: MetadataChange; lines: readonly L[] }>,
  change: (draft: Invoice, line: L, path: string) => Invoice,
): Invoice {
  const { invoice_metadata: meta, lines } = call.params;
  const draft = editable(existing(call, 'invoice'));
  const next = lines.reduce((now, line, at) => change(now, line, `lines[${at}]`), draft);
  return saveInvoice(call.account, { ...next, metadata: applyMetadata(next.metadata ?? {}, meta) });
}

/** `/v1/invoices/:id/lines` and the changes of lines. */
export const lineRoutes: readonly Route[] = [
  route('GET', '/v1/invoices/:id/lines', { permission, params: pageParams }, (call) =>
    pageOfList(allLines(call.account, existing(call, 'invoice')), call.url, call.params, 'line_item'),
  ),
  route('POST', '/v1/invoices/:id/lines/:line', { permission, params: lineFields }, (call) => {
    const { account } = call;
    const draft = editable(existing(call, 'invoice'));
    changeLine(account, draft, call.id('line'), call.params, '');
    return lineIn(account, currentInvoice(account, draft.id) ?? draft, call.id('line'), 'line_item_id');
  }),
  route('POST', '/v1/invoices/:id/add_lines', { permission, params: addParams }, (call) =>
    edited(call, (draft, line, path) => addLine(call.account, draft, line, path)),
  ),
  route('POST', '/v1/invoices/:id/update_lines', { permission, params: updateParams }, (call) =>
    edited(call, (draft, line, path) => changeLine(call.account, draft, line.id, line, path)),
  ),
  route('POST', '/v1/invoices/:id/remove_lines', { permission, params: removeParams }, (call) =>
    edited(call, (draft, line, path) => removeLine(call.account, draft, line, path)),
  ),
];
