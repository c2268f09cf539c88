import type { TestProject } from 'vitest/node';
import { startServer } from '../support/server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A loopback server on another origin than the page, which lets every origin in: `http://127.0.0.1:PORT`. */
    server: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startServer();
  project.provide('server', server.origin);
  return () => server.close();
}
