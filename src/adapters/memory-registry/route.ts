import { isTag } from '../../domain/tag.ts';
import { isDigest, type Digest } from '../../domain/digest.ts';
import type { ErrorCode } from './answer.ts';

/** What a path asks for. */
export type Route =
  | { readonly kind: 'base' }
  | { readonly kind: 'tags'; readonly repository: string }
  | { readonly kind: 'manifest'; readonly repository: string; readonly tag: string }
  | { readonly kind: 'manifest-digest'; readonly repository: string; readonly digest: Digest }
  | { readonly kind: 'blob'; readonly repository: string; readonly digest: Digest }
  | { readonly kind: 'uploads'; readonly repository: string }
  | { readonly kind: 'upload'; readonly repository: string; readonly upload: string }
  | { readonly kind: 'bad'; readonly code: ErrorCode; readonly message: string };

const namePattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const pathPattern =
  /^\/v2\/(?<repository>.+)\/(?:(?<tags>tags\/list)|manifests\/(?<reference>[^/]+)|blobs\/(?<uploads>uploads\/?)|blobs\/uploads\/(?<upload>[^/]+)|blobs\/(?<blob>[^/]+))$/;

/** @see https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#endpoints */
export function parseRoute(path: string): Route {
  if (path === '/v2/' || path === '/v2') return { kind: 'base' };
  const groups = pathPattern.exec(path)?.groups;
  if (groups === undefined) return { kind: 'bad', code: 'NAME_UNKNOWN', message: 'no such path' };
  const { repository = '', tags, reference, uploads, upload, blob } = groups;
  if (!namePattern.test(repository) || repository.length > 255) {
    return { kind: 'bad', code: 'NAME_INVALID', message: 'the name is no repository name' };
  }
  if (tags !== undefined) return { kind: 'tags', repository };
  if (uploads !== undefined) return { kind: 'uploads', repository };
  if (upload !== undefined) return { kind: 'upload', repository, upload };
  if (blob !== undefined) {
    return isDigest(blob) ? { kind: 'blob', repository, digest: blob } : badDigest;
  }
  return parseManifestRoute(repository, decode(reference ?? ''));
}

const badDigest: Route = {
  kind: 'bad',
  code: 'DIGEST_INVALID',
  message: 'expected sha256: and 64 lower-case hex digits',
};

/** `%3A` is a colon to every registry; what cannot be decoded is not a tag. */
function decode(text: string): string {
  return text.replaceAll(/%[0-9A-Fa-f]{2}/g, (code) => String.fromCharCode(Number.parseInt(code.slice(1), 16)));
}

function parseManifestRoute(repository: string, reference: string): Route {
  if (isDigest(reference)) return { kind: 'manifest-digest', repository, digest: reference };
  if (reference.includes(':')) return badDigest;
  if (!isTag(reference))
    return { kind: 'bad', code: 'TAG_INVALID', message: 'the reference is neither tag nor digest' };
  return { kind: 'manifest', repository, tag: reference };
}
