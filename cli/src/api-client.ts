import { request } from 'node:http';
import type { Problem } from '@purser/server/api';

/** An answer that is not a success; the message is the problem's own detail. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
  }
}

export interface ApiClient {
  /** @throws ApiError, or the connection's own error */
  get<Answer>(path: string): Promise<Answer>;
  post<Answer>(path: string, body: unknown): Promise<Answer>;
  put<Answer>(path: string, body: unknown): Promise<Answer>;
}

function failure(status: number, text: string): ApiError {
  try {
    const problem: Partial<Problem> = JSON.parse(text);
    return new ApiError(status, problem.detail ?? problem.title ?? text);
  } catch {
    return new ApiError(status, text || `The server answered ${status}.`);
  }
}

/** Talks to a server of this machine. Waits for as long as a turn takes, which `fetch` would not. */
export function createApiClient(baseUrl: string, token: string): ApiClient {
  function call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      accept: 'application/json',
    };
    return new Promise((resolve, reject) => {
      const sent = request(new URL(path, baseUrl), { method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const answer = Buffer.concat(chunks).toString('utf8');
          const status = response.statusCode ?? 0;
          if (status < 200 || status >= 300) return reject(failure(status, answer));
          resolve(JSON.parse(answer));
        });
      });
      sent.on('error', reject);
      sent.end(text);
    });
  }
  return {
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    put: (path, body) => call('PUT', path, body),
  };
}
