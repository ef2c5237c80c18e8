import { isDigest, type Descriptor, type Digest, type Manifest } from '../../domain/digest.ts';
import { isJsonObject, parseJsonObject, type JsonObject } from '../../domain/json.ts';
import { manifestMediaTypes, mediaTypes } from '../../domain/media-types.ts';
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
  const digest = digestOf(answer.body);
  if (asked !== null && digest !== asked) throw lie(`the body has the digest ${digest}, not the one asked for`);
  const named = namedDigest(answer);
  if (named !== null && named !== digest)
    throw lie(`the body has the digest ${digest}, the header says ${quote(named)}`);
  const body = parseJsonObject(new TextDecoder().decode(answer.body));
  const mediaType = manifestType(answer, body);
  if (body === null) throw lie('the body is not a JSON object');
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
  // Some registries and proxies refuse HEAD alone, and a refusal of HEAD has no words: GET has them.
  if ([400, 403, 405, 406, 501].includes(answer.status)) return 'unclear';
  if (answer.status !== 200) throw statusFault(answer, 'pull');
  const mediaType = headerType(answer);
  const digest = namedDigest(answer);
  if (!manifestMediaTypes.includes(mediaType)) return 'unclear';
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
  const isAbsence = ({ code, message }: (typeof errors)[number]): boolean =>
    absentCodes.has(code.toUpperCase()) || /\bnot found\b/i.test(message);
  const other = errors.find((error) => !isAbsence(error));
  if (other !== undefined && !errors.some(isAbsence)) {
    throw new WireFault('REGISTRY_ANSWER', `404 ${other.code}, which does not say that it is not there`, {
      status: 404,
    });
  }
  return true;
}

/** The digest of the header; one of another algorithm, or no digest at all, says nothing. */
export function namedDigest(answer: WireAnswer): string | null {
  const named = answer.headers['docker-content-digest']?.trim().replaceAll('"', '') ?? '';
  return isDigest(named) ? named : null;
}

function headerType(answer: WireAnswer): string {
  return answer.headers['content-type']?.split(/[;,]/)[0]?.trim().toLowerCase() ?? '';
}

/** Types that say nothing of what the body is. */
const vagueTypes: ReadonlySet<string> = new Set(['', 'application/json', 'application/octet-stream', 'text/plain']);

/** Of the header; where that is vague, as the body says or looks. */
function manifestType(answer: WireAnswer, body: JsonObject | null): string {
  const header = answer.headers['content-type'] ?? '';
  const mediaType = headerType(answer);
  if (manifestMediaTypes.includes(mediaType)) return mediaType;
  if (vagueTypes.has(mediaType) && body !== null) {
    const own = body['mediaType'];
    if (typeof own === 'string' && manifestMediaTypes.includes(own)) return own;
    if (own === undefined && body['schemaVersion'] === 2 && Array.isArray(body['manifests']))
      return mediaTypes.ociIndex;
    if (own === undefined && body['schemaVersion'] === 2 && isJsonObject(body['config'])) return mediaTypes.ociManifest;
  }
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
