import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import { createBuildxBuilder } from '../../src/adapters/buildx/buildx-builder.ts';
import { renderBake, type BakeOptions } from '../../src/render/bake.ts';
import { runsCommands } from '../../src/render/runs-commands.ts';
import type { BuildTarget } from '../../src/domain/build-target.ts';
import type { BuiltTarget } from '../../src/ports.ts';

const run = promisify(execFile);
const inspected = z.object({ Digest: z.string(), Labels: z.unknown() });
const indexed = z.object({
  manifests: z.array(
    z.object({ digest: z.string(), platform: z.object({ os: z.string(), architecture: z.string() }) }),
  ),
});

export interface Built {
  readonly targets: readonly BuiltTarget[];
  readonly lines: readonly string[];
}

export interface BuildWishes extends Partial<BakeOptions> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (line: string) => void;
  /** Runs every step again. */
  readonly noCache?: boolean;
}

/** Builds targets with the real buildx and pushes what they name, the way a publish does. */
export async function buildWithBuildx(
  targets: readonly BuildTarget[],
  { signal, onProgress, noCache = false, ...chosen }: BuildWishes = {},
): Promise<Built> {
  const options: BakeOptions = {
    push: true,
    provenance: 'min',
    sbom: false,
    cache: null,
    cacheFrom: [],
    cacheTo: [],
    ...chosen,
  };
  const bakeFile = (wanted: readonly BuildTarget[]): string => {
    const text = renderBake(wanted, options);
    return noCache ? withoutCache(text) : text;
  };
  const lines: string[] = [];
  const report = await createBuildxBuilder({ bakeFile, folder: process.cwd(), builder: null, runsCommands }).build(
    targets,
    {
      onProgress: (line) => {
        lines.push(line);
        onProgress?.(line);
      },
      ...(signal === undefined ? {} : { signal }),
    },
  );
  return { targets: report.targets, lines };
}

/** `--no-cache`, which a publish never says. */
function withoutCache(text: string): string {
  const file: { readonly target: Readonly<Record<string, object>> } = JSON.parse(text);
  const target = Object.entries(file.target).map(([id, one]) => [id, { ...one, 'no-cache': true }] as const);
  return JSON.stringify({ ...file, target: Object.fromEntries(target) });
}

/** What skopeo, which shares no code with us, says of a reference on a loopback registry. */
export async function skopeoInspect(reference: string): Promise<{ digest: string; labels: unknown }> {
  const ran = await run('skopeo', ['inspect', '--tls-verify=false', `docker://${reference}`], { maxBuffer: 2 ** 24 });
  const seen = inspected.parse(JSON.parse(ran.stdout));
  return { digest: seen.Digest, labels: seen.Labels };
}

/** The platforms of an index, attestations aside, as skopeo reads them. */
export async function skopeoPlatforms(reference: string): Promise<readonly string[]> {
  return Object.keys(await skopeoManifests(reference)).sort();
}

/** The digest of each platform's image manifest in an index, attestations aside. */
export async function skopeoManifests(reference: string): Promise<Readonly<Record<string, string>>> {
  const ran = await run('skopeo', ['inspect', '--raw', '--tls-verify=false', `docker://${reference}`]);
  const entries = indexed
    .parse(JSON.parse(ran.stdout))
    .manifests.map(({ digest, platform }) => [`${platform.os}/${platform.architecture}`, digest] as const);
  return Object.fromEntries(entries.filter(([platform]) => platform !== 'unknown/unknown'));
}

/** Runs an image with the local Docker, which pulls it from its registry first. */
export async function dockerRun(options: readonly string[], reference: string, ...command: string[]): Promise<string> {
  const ran = await run('docker', ['run', '--rm', '--pull=always', '--quiet', ...options, reference, ...command]);
  return ran.stdout;
}
