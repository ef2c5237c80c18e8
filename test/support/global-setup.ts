import type { TestProject } from 'vitest/node';
import { startRegistry } from './registry-process.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** `127.0.0.1:<port>` of the registry that all integration tests share: use a repository name of your own in it. */
    registryHost: string;
  }
}

/** Starts one real registry for the whole integration run, and stops it at the end. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const registry = await startRegistry();
  project.provide('registryHost', registry.host);
  return () => registry.stop();
}
