import { z } from 'zod';

const types = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

/** Where every tag of a repository stands, asked without any code of ours; empty where there is no such repository. */
export async function readTags(host: string, path: string): Promise<Record<string, string>> {
  const listed = await fetch(`http://${host}/v2/${path}/tags/list`);
  if (listed.status === 404) return {};
  const { tags } = z.object({ tags: z.array(z.string()).nullable() }).parse(await listed.json());
  const digests = await Promise.all((tags ?? []).toSorted().map(async (tag) => [tag, await readTag(host, path, tag)]));
  return Object.fromEntries(digests.filter(([, digest]) => digest !== null));
}

/** @returns `null` where it is absent */
export async function readTag(host: string, path: string, tag: string): Promise<string | null> {
  const { status, digest } = await headTag(host, path, tag);
  if (status !== 200 && status !== 404) throw new Error(`HEAD ${path}:${tag}: ${status}`);
  return digest;
}

/** `digest` is `null` for every status but 200. */
export async function headTag(
  host: string,
  path: string,
  tag: string,
): Promise<{ readonly status: number; readonly digest: string | null }> {
  const url = `http://${host}/v2/${path}/manifests/${tag}`;
  const { status, headers } = await fetch(url, { method: 'HEAD', headers: { accept: types } });
  const digest = headers.get('docker-content-digest');
  if (status === 200 && digest === null) throw new Error(`HEAD ${path}:${tag} was answered without a digest`);
  return { status, digest: status === 200 ? digest : null };
}
