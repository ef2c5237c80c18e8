import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { layerOfFolder, pushImage } from './push-image.ts';

/**
 * Puts bases of one megabyte on a loopback registry, for amd64 and arm64: a shell and `sleep`, this machine's own on both.
 * For builds of which the steps matter and what they make does not.
 *
 * @returns the named contexts for bake: base → `docker-image://…`
 */
export async function tinyBases(registryHost: string, bases: readonly string[]): Promise<Record<string, string>> {
  const folder = await mkdtemp(join(tmpdir(), 'tagwright-tiny-'));
  await mkdir(join(folder, 'bin'));
  // What it does follows from the name it is called by: https://busybox.net/downloads/BusyBox.html#usage
  for (const name of ['sh', 'sleep']) await copyFile('/bin/busybox', join(folder, 'bin', name));
  const layers = [await layerOfFolder(folder)];
  await rm(folder, { recursive: true });
  const contexts: Record<string, string> = {};
  for (const base of bases) {
    const [name = '', tag = 'latest'] = base.split(':');
    const at = { registryHost, repository: `tiny/${name}`, tag };
    const config = { Env: [`BASE=${base}`, 'PATH=/bin'] };
    await pushImage(
      at,
      (['amd64', 'arm64'] as const).map((architecture) => ({ architecture, layers, config })),
    );
    contexts[base] = `docker-image://${registryHost}/${at.repository}:${tag}`;
  }
  return contexts;
}
