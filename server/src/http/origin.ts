import { Problem } from '../problem.ts';

/**
 * A browser says where a request comes from; what is not this console is refused (OWASP ASVS 5, 3.5).
 * @throws Problem 403
 */
export function refuseForeignOrigin(request: Request, publicUrl: string | null): void {
  const origin = request.headers.get('origin');
  if (!origin) return;
  const host = request.headers.get('host');
  const own = URL.canParse(origin) && new URL(origin).host === host;
  if (own || (publicUrl && origin === new URL(publicUrl).origin)) return;
  throw new Problem({
    status: 403,
    code: 'foreign_origin',
    title: 'Not from this console',
    detail: `Requests that change something are taken from this console only, not from ${origin}.`,
  });
}
