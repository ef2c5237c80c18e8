/**
 * What other builders write down of a push, read as digests: the metadata of `docker buildx bake` and of
 * docker/build-push-action, and the digest files of kaniko, buildah and podman.
 */
import { parseDigest, type Digest } from '../domain/digest.ts';
import type { Problem } from '../domain/errors.ts';
import { failed, ok, type Result } from '../domain/result.ts';
import { quote } from '../domain/tag.ts';

export interface PushedDigest {
  /** The bake target; `null` in a file of one build. */
  readonly target: string | null;
  readonly digest: Digest;
}

const digestKey = 'containerimage.digest';

/** @returns RECORD_INVALID for a file that holds no digest */
export function readDigestFile(text: string, where: string): Result<readonly PushedDigest[]> {
  const trimmed = text.trim();
  return trimmed.startsWith('{') ? readMetadata(trimmed, where) : readLines(trimmed, where);
}

/** `sha256:…`, or `repository@sha256:…` on a line for each repository that kaniko pushed to. */
function readLines(text: string, where: string): Result<readonly PushedDigest[]> {
  const digests = new Set<Digest>();
  for (const line of text.split(/\r?\n/)) {
    const digest = parseDigest(line.slice(line.lastIndexOf('@') + 1).trim());
    if (digest === null) return failed(unreadable(where, `${quote(line.slice(0, 80))} is not a digest`));
    digests.add(digest);
  }
  const [digest, ...others] = digests;
  if (digest === undefined || others.length > 0) return failed(unreadable(where, 'holds several digests'));
  return ok([{ target: null, digest }]);
}

function readMetadata(text: string, where: string): Result<readonly PushedDigest[]> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return failed(unreadable(where, 'is not JSON'));
  }
  const own = digestOf(value);
  if (own !== null) return ok([{ target: null, digest: own }]);
  const targets = Object.entries(value ?? {}).flatMap(([target, facts]): PushedDigest[] => {
    const digest = digestOf(facts);
    return digest === null ? [] : [{ target, digest }];
  });
  return targets.length > 0 ? ok(targets) : failed(unreadable(where, `has no ${digestKey}: was it pushed?`));
}

function digestOf(facts: unknown): Digest | null {
  if (typeof facts !== 'object' || facts === null) return null;
  const digest: unknown = Object.entries(facts).find(([key]) => key === digestKey)?.[1];
  return typeof digest === 'string' ? parseDigest(digest) : null;
}

function unreadable(where: string, message: string): Problem {
  const fix = 'give the metadata file of bake or build-push-action, or the digest file of kaniko, buildah or podman';
  return { code: 'RECORD_INVALID', where, message, fix };
}
