import { type Route, route } from '../resource.ts';
import { pageOfList, pageParams } from '../wire/pages.ts';
import { allLines } from './line-list.ts';
import { existing } from './update.ts';

/** `/v1/invoices/:id/lines`. */
export const lineRoutes: readonly Route[] = [
  route('GET', '/v1/invoices/:id/lines', { permission: 'invoice', params: pageParams }, (call) =>
    pageOfList(allLines(call.account, existing(call, 'invoice')), call.url, call.params, 'line_item'),
  ),
];
