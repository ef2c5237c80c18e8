/** An index as a registry has it, asked without any code of ours. */
import { z } from 'zod';

const indexType = 'application/vnd.oci.image.index.v1+json';
const imageType = 'application/vnd.oci.image.manifest.v1+json';
const indexShape = z.object({
  manifests: z.array(
    z.object({
      digest: z.string(),
      platform: z.object({ os: z.string(), architecture: z.string() }),
      annotations: z.record(z.string(), z.string()).optional(),
    }),
  ),
});
const manifestShape = z.object({ layers: z.array(z.object({ mediaType: z.string(), digest: z.string() })) });

export interface SeenIndex {
  /** In the order they are listed: `linux/amd64`, then for each `attestation of linux/amd64`. */
  readonly entries: readonly string[];
  /** The digests of the images, in that order. */
  readonly images: readonly string[];
}

/** @throws {Error} where a manifest that it lists, or a layer of an attestation, is not there */
export async function readIndex(host: string, path: string, tag: string): Promise<SeenIndex> {
  const { manifests } = indexShape.parse(await get(host, path, `manifests/${tag}`, indexType));
  const platforms = new Map<string, string>();
  const entries: string[] = [];
  for (const { digest, platform, annotations } of manifests) {
    const { layers } = manifestShape.parse(await get(host, path, `manifests/${digest}`, imageType));
    if (annotations?.['vnd.docker.reference.type'] !== 'attestation-manifest') {
      platforms.set(digest, `${platform.os}/${platform.architecture}`);
      entries.push(`${platform.os}/${platform.architecture}`);
      continue;
    }
    const of = platforms.get(annotations['vnd.docker.reference.digest'] ?? '') ?? 'nothing that is listed';
    for (const layer of layers) await get(host, path, `blobs/${layer.digest}`, '*/*');
    const isStatement = layers.every(({ mediaType }) => mediaType === 'application/vnd.in-toto+json');
    entries.push(`${isStatement ? 'attestation' : 'something'} of ${of}`);
  }
  return { entries, images: [...platforms.keys()] };
}

async function get(host: string, path: string, what: string, accept: string): Promise<unknown> {
  const answer = await fetch(`http://${host}/v2/${path}/${what}`, { headers: { accept } });
  if (answer.status !== 200) throw new Error(`GET ${path}/${what}: ${answer.status}`);
  return answer.json();
}
