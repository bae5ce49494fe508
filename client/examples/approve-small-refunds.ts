/** Approves refunds up to an amount and leaves the rest to people. `node client/examples/approve-small-refunds.ts URL TOKEN 20` */
import { connectPurser } from '@purser/client';

const [url = '', token = '', most = '20'] = process.argv.slice(2);
const purser = connectPurser({ url, token });

const { data, error } = await purser.GET('/api/approvals', { params: { query: { status: 'pending' } } });
if (!data) throw new Error(error.detail);
for (const { id, tool, summary, preview } of data.data) {
  const amount = preview.amount;
  const isSmall =
    tool === 'create_refund' && amount?.currency === 'usd' && Number(amount.decimal) <= Number(most);
  if (isSmall)
    await purser.POST('/api/approvals/{id}', {
      params: { path: { id }, query: {} },
      body: { decision: 'approve', reason: `At most $${most}.` },
    });
  console.log(`${isSmall ? 'Approved' : 'Left to people'}: ${summary}`);
}
