/** Tags that no plan has, with age and size: what somebody who pays for storage would like to know. */
import { count } from '../../domain/count.ts';
import pMap from 'p-map';
import type { Finding, Stray } from '../../audit/types.ts';
import { OutsideError } from '../../domain/errors.ts';
import { parseImageConfig, parseManifest, type ParsedManifest } from '../../domain/image.ts';
import { parseInstant, formatInstant } from '../../domain/instant.ts';
import { whyNotAsked } from '../../domain/quota.ts';
import type { Seen } from '../../domain/snapshot.ts';
import type { RegistryReader } from '../../ports.ts';

/** More tags than this are counted, and not looked into. */
const maxLooked = 500;

export interface Strays {
  readonly strays: readonly Stray[];
  readonly notes: readonly string[];
}

/** Looks at the manifest of each, and at one config; a tag that cannot be read keeps its place without age or size. */
export async function lookAtStrays(
  findings: readonly Finding[],
  seen: ReadonlyMap<string, Seen>,
  registry: RegistryReader,
  signal: AbortSignal,
): Promise<Strays> {
  const all = findings.filter(isStray);
  const unlooked: string[] = [];
  const strays = await pMap(
    all.slice(0, maxLooked),
    async ({ tag, kind, choices }): Promise<Stray> => {
      const whyNot = whyNotAsked(registry.quota?.() ?? null);
      if (whyNot !== null) unlooked.push(whyNot);
      const { at, sizeBytes } = whyNot === null ? await weigh(tag, registry, signal) : nothingKnown;
      return { tag, kind, at: pushedAt(seen.get(tag)) ?? at, sizeBytes, choices };
    },
    { concurrency: 16 },
  );
  const more = all.length - strays.length;
  const notes =
    more > 0
      ? [
          `${count(more, 'more tag that is not in the plan was', 'more tags that are not in the plan were')} not looked into`,
        ]
      : [];
  const [whyNot] = unlooked;
  if (whyNot !== undefined)
    notes.push(
      `${count(unlooked.length, 'tag that is not in the plan is', 'tags that are not in the plan are')} listed without age and size: ${whyNot}`,
    );
  return { strays, notes };
}

const nothingKnown: Weight = { at: null, sizeBytes: null };

type StrayFinding = Finding & { readonly kind: Stray['kind'] };

const strayKinds: ReadonlySet<string> = new Set<Stray['kind']>(['orphan', 'excluded', 'closed', 'event', 'unmanaged']);

function isStray(finding: Finding): finding is StrayFinding {
  return strayKinds.has(finding.kind);
}

function pushedAt(seen: Seen | undefined): string | null {
  return seen?.kind === 'present' ? (seen.pushedAt ?? null) : null;
}

interface Weight {
  readonly at: string | null;
  readonly sizeBytes: number | null;
}

async function weigh(tag: string, registry: RegistryReader, signal: AbortSignal): Promise<Weight> {
  try {
    const manifest = await registry.manifest(tag, signal);
    if (manifest === null) return nothingKnown;
    const images = await imagesOf(parseManifest(manifest), registry, signal);
    const sizes = new Map(images.flatMap(({ blobs }) => blobs.map((blob) => [blob.digest, blob.sizeBytes])));
    const sizeBytes = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    return { at: await createdAt(images[0], registry, signal), sizeBytes: images.length === 0 ? null : sizeBytes };
  } catch (error) {
    if (error instanceof OutsideError) return nothingKnown;
    throw error;
  }
}

type Image = Extract<ParsedManifest, { readonly kind: 'image' }>;

async function imagesOf(parsed: ParsedManifest, registry: RegistryReader, signal: AbortSignal): Promise<Image[]> {
  if (parsed.kind === 'image') return [parsed];
  if (parsed.kind !== 'index') return [];
  const children = await pMap(parsed.images, async ({ digest }) => registry.manifest(digest, signal));
  return children.flatMap((child) => {
    const image = child === null ? null : parseManifest(child);
    return image?.kind === 'image' ? [image] : [];
  });
}

async function createdAt(
  image: Image | undefined,
  registry: RegistryReader,
  signal: AbortSignal,
): Promise<string | null> {
  if (image === undefined) return null;
  const bytes = await registry.blob(image.config.digest, signal);
  const created = bytes === null ? null : (parseImageConfig(bytes, image.config.digest)?.created ?? null);
  const at = created === null ? null : parseInstant(created);
  return at === null ? null : formatInstant(at);
}
