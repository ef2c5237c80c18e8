import { spawnSync } from 'node:child_process';
import type { TestProject } from 'vitest/node';
import { startRegistry } from './registry-process.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** `127.0.0.1:<port>` of the registry that all integration tests share: use a repository name of your own in it. */
    registryHost: string;
  }
}

/** Starts one real registry for the whole integration run; at the end stops it and drops what Docker kept of it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const registry = await startRegistry();
  project.provide('registryHost', registry.host);
  return async () => {
    await registry.stop();
    removeImages(registry.host);
  };
}

/** The containerd image store keeps each pushed image under its reference; nobody can pull these ever again. */
function removeImages(registryHost: string): void {
  const list = spawnSync('docker', ['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}'], { encoding: 'utf8' });
  if (list.status !== 0) return; // no daemon, so it kept nothing
  const ours = list.stdout.split('\n').filter((reference) => reference.startsWith(`${registryHost}/`));
  if (ours.length > 0) spawnSync('docker', ['image', 'rm', '--force', ...ours]);
}
