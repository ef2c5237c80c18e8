import { isDigest, type Descriptor, type Digest, type Manifest } from '../../domain/digest.ts';
import { parseJsonObject } from '../../domain/json.ts';
import { manifestMediaTypes } from '../../domain/media-types.ts';
import { quote } from '../../domain/tag.ts';
import { digestOf } from './digest-of.ts';
import { registryErrors, statusFault } from './status-fault.ts';
import { WireFault, type WireAnswer } from '../http/wire.ts';

/** What every registry takes at most; more is refused before it is read. */
export const maxManifestBytes = 4 * 1024 * 1024;

/** Codes that mean "not there"; anything else in a 404 is not an answer to the question. */
const absentCodes: ReadonlySet<string> = new Set([
  'MANIFEST_UNKNOWN',
  'NAME_UNKNOWN',
  'BLOB_UNKNOWN',
  'NOT_FOUND',
  'TAG_UNKNOWN',
  'REPOSITORY_NOT_FOUND',
]);

/**
 * Reads the answer to a GET of a manifest: its type must be one of the four, its body JSON of that type, and the hash of
 * the body the digest asked for and the digest named. What a passing fault can explain is tried again.
 *
 * @param asked the digest, where the manifest was asked for by digest
 * @returns `null` on 404 only
 */
export function readManifest(answer: WireAnswer, asked: Digest | null): Manifest | null {
  if (isAbsent(answer)) return null;
  if (answer.status !== 200) throw statusFault(answer, 'pull');
  const mediaType = manifestType(answer);
  const digest = digestOf(answer.body);
  if (asked !== null && digest !== asked) throw lie(`the body has the digest ${digest}, not the one asked for`);
  const named = namedDigest(answer);
  if (named !== null && named !== digest)
    throw lie(`the body has the digest ${digest}, the header says ${quote(named)}`);
  const body = parseJsonObject(new TextDecoder().decode(answer.body));
  if (body === null) throw lie('the body is no JSON object');
  if (body['mediaType'] !== undefined && body['mediaType'] !== mediaType) {
    throw lie('the body has another mediaType than the Content-Type');
  }
  return { mediaType, digest, sizeBytes: answer.body.byteLength, bytes: answer.body };
}

/**
 * Reads the answer to a HEAD.
 *
 * @returns the descriptor; `null` on 404; `unclear` where the headers do not suffice and a GET has to say
 */
export function readHead(answer: WireAnswer, asked: Digest | null): Descriptor | null | 'unclear' {
  if (answer.status === 404) return isHtml(answer) ? 'unclear' : null;
  if (answer.status === 405) return 'unclear';
  if (answer.status !== 200) throw statusFault(answer, 'pull');
  const mediaType = manifestType(answer);
  const digest = namedDigest(answer);
  const length = answer.headers['content-length'] ?? '';
  if (digest === null || !isDigest(digest) || !/^\d{1,15}$/.test(length)) return 'unclear';
  if (asked !== null && digest !== asked) return 'unclear';
  return { mediaType, digest, sizeBytes: Number(length) };
}

/** A 404 is "not there", unless it says that it is something else: a page of another server, or a refusal. */
export function isAbsent(answer: WireAnswer): boolean {
  if (answer.status !== 404) return false;
  if (isHtml(answer)) throw lie('404 with an HTML page, which no registry sends');
  const errors = registryErrors(answer);
  const other = errors.find(({ code }) => !absentCodes.has(code));
  if (other !== undefined && errors.every(({ code }) => !absentCodes.has(code))) {
    throw new WireFault('REGISTRY_ANSWER', `404 ${other.code}, which does not say that it is not there`, {
      status: 404,
    });
  }
  return true;
}

export function namedDigest(answer: WireAnswer): string | null {
  return answer.headers['docker-content-digest']?.trim() ?? null;
}

function manifestType(answer: WireAnswer): string {
  const header = answer.headers['content-type'] ?? '';
  const mediaType = header.split(';')[0]?.trim().toLowerCase() ?? '';
  if (manifestMediaTypes.includes(mediaType)) return mediaType;
  if (/^application\/vnd\.docker\.distribution\.manifest\.v1\+(?:prettyjws|json)$/.test(mediaType)) {
    throw new WireFault('REGISTRY_ANSWER', 'a manifest of schema 1, which cannot be read or moved', {
      status: answer.status,
      tries: 1,
      fix: 'push the image again with a current builder',
    });
  }
  const isFinal = mediaType.startsWith('application/vnd.');
  throw new WireFault('REGISTRY_ANSWER', `Content-Type ${quote(header)} is no manifest type`, {
    status: answer.status,
    ...(isFinal ? { tries: 1 } : {}),
  });
}

function isHtml(answer: WireAnswer): boolean {
  return /^\s*text\/html\b/i.test(answer.headers['content-type'] ?? '');
}

function lie(message: string): WireFault {
  return new WireFault('REGISTRY_ANSWER', message);
}
