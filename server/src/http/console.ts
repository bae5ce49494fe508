import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import type { ApiApp } from './route.ts';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};

/** Serves the built console; every path that names no file is a place inside it. */
export function addConsole(app: ApiApp, folder: string | null): void {
  app.get('*', async (context) => {
    if (!folder)
      return context.text('The console was not built: run "npm run setup", then start again.', 503);
    const path = pathOf(context.req.path);
    if (path === null) return context.notFound();
    const file =
      path.includes('\0') || path === '/index.html'
        ? null
        : await readFile(join(folder, path)).catch(() => null);
    if (file && types[extname(path)]) {
      context.header('Content-Type', types[extname(path)]);
      // Vite puts a hash of the content into the names below /assets.
      context.header(
        'Cache-Control',
        path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      );
      return context.body(new Uint8Array(file));
    }
    if (path.startsWith('/assets/')) return context.notFound();
    context.header('Cache-Control', 'no-cache');
    const page = await readFile(join(folder, 'index.html'), 'utf8');
    // theme.js hands it to what makes styles while a dialog is open; scripts need none.
    const nonce = context.get('secureHeadersNonce') ?? '';
    return context.html(page.replace('<script src="/theme.js"', `$& nonce="${nonce}"`));
  });
}

/** @returns null for what cannot be decoded. */
function pathOf(raw: string): string | null {
  try {
    return normalize(decodeURIComponent(raw));
  } catch {
    return null;
  }
}
