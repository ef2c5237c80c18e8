/** A signed statement as an artifact of a registry: a referrer of the image that a tag moved to. As cosign 3 writes it. */
import type { Descriptor, Digest } from '../domain/digest.ts';
import { mediaTypes } from '../domain/media-types.ts';
import { movesPredicate, predicateAnnotation, type MovesStatement } from './statement.ts';

export const emptyConfig = new TextEncoder().encode('{}');

export interface ArtifactParts {
  /** The image it is about. */
  readonly subject: Descriptor;
  /** The bundle's blob. */
  readonly bundle: { readonly digest: Digest; readonly sizeBytes: number };
  readonly config: Digest;
  /** RFC 3339. */
  readonly at: string;
}

export interface Artifact {
  /** Of the manifest. */
  readonly bytes: Uint8Array;
  /** What a list of referrers says of it, besides its digest and size. */
  readonly entry: Readonly<Record<string, unknown>>;
}

/** The same parts give the same bytes: a run that is cut off and run again pushes no second one. */
export function artifactOf({ subject, bundle, config, at }: ArtifactParts): Artifact {
  const annotations = {
    'dev.sigstore.bundle.content': 'dsse-envelope',
    [predicateAnnotation]: movesPredicate,
    'org.opencontainers.image.created': at,
  };
  const common = { mediaType: mediaTypes.ociManifest, artifactType: mediaTypes.sigstoreBundle };
  const manifest = {
    schemaVersion: 2,
    ...common,
    config: { mediaType: mediaTypes.ociEmpty, digest: config, size: emptyConfig.byteLength },
    layers: [{ mediaType: mediaTypes.sigstoreBundle, digest: bundle.digest, size: bundle.sizeBytes }],
    subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.sizeBytes },
    annotations,
  };
  return { bytes: new TextEncoder().encode(JSON.stringify(manifest)), entry: { ...common, annotations } };
}

/** Images that tags moved to, each once. */
export function movedTo({ predicate }: MovesStatement): readonly Digest[] {
  return [...new Set(predicate.moves.flatMap(({ to }) => to?.digest ?? []))];
}
