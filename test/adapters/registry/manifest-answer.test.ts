import { describe, expect, test } from 'vitest';
import { isAbsent, readHead, readManifest } from '../../../src/adapters/registry/manifest-answer.ts';
import { WireFault } from '../../../src/adapters/http/wire.ts';
import type { Digest } from '../../../src/domain/digest.ts';
import { blobOf, sampleImage } from '../../support/sample-images.ts';
import { toAnswer, type ScriptedAnswer } from '../../support/scripted-transport.ts';

const { top } = sampleImage('oci-index', 'one');
const { bytes, ...descriptor } = top;
const other = blobOf('other').digest;
const type = { 'content-type': top.mediaType };
const json = { 'content-type': 'application/json' };
const passing = Number.POSITIVE_INFINITY;

/** The value, or the fault as `CODE message`, and how often it may be tried. */
function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    return { fault: `${error.code} ${error.message}`, tries: error.tries };
  }
}

describe('readManifest', () => {
  const rows: { name: string; answer: ScriptedAnswer; asked?: Digest; expected: unknown }[] = [
    {
      name: 'the header is the hash of the body',
      answer: { status: 200, headers: { ...type, 'docker-content-digest': top.digest }, body: bytes },
      expected: top,
    },
    {
      name: 'no digest header: the hash is the digest',
      answer: { status: 200, headers: type, body: bytes },
      expected: top,
    },
    {
      name: 'a charset and upper case in the type',
      answer: {
        status: 200,
        headers: { 'content-type': `${top.mediaType.toUpperCase()}; charset=utf-8` },
        body: bytes,
      },
      expected: top,
    },
    {
      name: 'a header that lies',
      answer: { status: 200, headers: { ...type, 'docker-content-digest': other }, body: bytes },
      expected: {
        fault: `REGISTRY_ANSWER the body has the digest ${top.digest}, the header says "${other}"`,
        tries: passing,
      },
    },
    {
      name: 'a header that is not a digest',
      answer: { status: 200, headers: { ...type, 'docker-content-digest': 'md5:1' }, body: bytes },
      expected: top,
    },
    {
      name: 'another body than the digest asked for',
      answer: { status: 200, headers: { ...type, 'docker-content-digest': top.digest }, body: bytes },
      asked: other,
      expected: {
        fault: `REGISTRY_ANSWER the body has the digest ${top.digest}, not the one asked for`,
        tries: passing,
      },
    },
    {
      name: 'a body cut off, without a digest to tell',
      answer: { status: 200, headers: type, body: bytes.slice(0, 50) },
      expected: { fault: 'REGISTRY_ANSWER the body is not a JSON object', tries: passing },
    },
    {
      name: 'a body that calls itself something else',
      answer: { status: 200, headers: type, body: '{"mediaType":"application/x"}' },
      expected: { fault: 'REGISTRY_ANSWER the body has another mediaType than the Content-Type', tries: passing },
    },
    {
      name: 'an HTML page',
      answer: { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' },
      expected: { fault: 'REGISTRY_ANSWER Content-Type "text/html" is no manifest type', tries: passing },
    },
    {
      name: 'no type',
      answer: { status: 200, body: bytes },
      expected: top,
    },
    {
      name: 'schema 1',
      answer: {
        status: 200,
        headers: { 'content-type': 'application/vnd.docker.distribution.manifest.v1+prettyjws' },
        body: '{}',
      },
      expected: { fault: 'REGISTRY_ANSWER a manifest of schema 1, which cannot be read or moved', tries: 1 },
    },
    {
      name: 'a type that is no image',
      answer: { status: 200, headers: { 'content-type': 'application/vnd.oci.artifact.manifest.v1+json' }, body: '{}' },
      expected: {
        fault: 'REGISTRY_ANSWER Content-Type "application/vnd.oci.artifact.manifest.v1+json" is no manifest type',
        tries: 1,
      },
    },
    { name: '404', answer: { status: 404 }, expected: null },
    { name: '401', answer: { status: 401 }, expected: { fault: 'REGISTRY_DENIED 401', tries: 1 } },
    { name: '403', answer: { status: 403 }, expected: { fault: 'REGISTRY_DENIED 403', tries: 1 } },
    { name: '429', answer: { status: 429 }, expected: { fault: 'REGISTRY_THROTTLED 429', tries: passing } },
    { name: '408', answer: { status: 408 }, expected: { fault: 'REGISTRY_UNREACHABLE 408', tries: passing } },
    { name: '500', answer: { status: 500 }, expected: { fault: 'REGISTRY_UNREACHABLE 500', tries: passing } },
    { name: '501', answer: { status: 501 }, expected: { fault: 'REGISTRY_REFUSED 501', tries: 1 } },
    { name: '406', answer: { status: 406 }, expected: { fault: 'REGISTRY_REFUSED 406', tries: 1 } },
    {
      name: '204',
      answer: { status: 204 },
      expected: { fault: 'REGISTRY_ANSWER 204, which is no answer to this request', tries: passing },
    },
    {
      name: "the registry's own words, fit to be printed",
      answer: {
        status: 400,
        body: JSON.stringify({ errors: [{ code: 'NAME_INVALID', message: 'bad\n\u001b[31mname' }] }),
      },
      expected: { fault: String.raw`REGISTRY_REFUSED 400 NAME_INVALID "bad\n\u001b[31mname"`, tries: 1 },
    },
  ];
  test.each(rows)('$name', ({ answer, asked, expected }) => {
    expect(outcome(() => readManifest(toAnswer(answer), asked ?? null))).toEqual(expected);
  });
});

describe('readHead', () => {
  const head = { ...type, 'docker-content-digest': top.digest, 'content-length': `${top.sizeBytes}` };
  const rows: { name: string; answer: ScriptedAnswer; asked?: Digest; expected: unknown }[] = [
    { name: 'all three headers', answer: { status: 200, headers: head }, expected: descriptor },
    {
      name: 'no digest',
      answer: { status: 200, headers: { ...head, 'docker-content-digest': '' } },
      expected: 'unclear',
    },
    {
      name: 'a malformed digest',
      answer: { status: 200, headers: { ...head, 'docker-content-digest': 'sha256:1' } },
      expected: 'unclear',
    },
    { name: 'no length', answer: { status: 200, headers: { ...head, 'content-length': '' } }, expected: 'unclear' },
    {
      name: 'another digest than asked for',
      answer: { status: 200, headers: head },
      asked: other,
      expected: 'unclear',
    },
    { name: '404', answer: { status: 404, headers: json }, expected: null },
    { name: '405, a registry that knows no HEAD', answer: { status: 405 }, expected: 'unclear' },
    {
      name: '404 with a page',
      answer: { status: 404, headers: { 'content-type': 'text/html; charset=x' } },
      expected: 'unclear',
    },
    { name: '401', answer: { status: 401 }, expected: { fault: 'REGISTRY_DENIED 401', tries: 1 } },
    {
      name: 'a page that says 200',
      answer: { status: 200, headers: { ...head, 'content-type': 'text/html' } },
      expected: 'unclear',
    },
    ...[400, 403, 406, 501].map((status) => ({
      name: `${status}, which GET explains`,
      answer: { status },
      expected: 'unclear',
    })),
  ];
  test.each(rows)('$name', ({ answer, asked, expected }) => {
    expect(outcome(() => readHead(toAnswer(answer), asked ?? null))).toEqual(expected);
  });
});

describe('isAbsent', () => {
  const errors = (...codes: string[]): string => JSON.stringify({ errors: codes.map((code) => ({ code })) });
  const rows: { name: string; answer: ScriptedAnswer; expected: unknown }[] = [
    { name: 'not a 404', answer: { status: 410 }, expected: false },
    { name: 'nothing else said', answer: { status: 404 }, expected: true },
    {
      name: 'text',
      answer: { status: 404, headers: { 'content-type': 'text/plain' }, body: '404 page not found' },
      expected: true,
    },
    {
      name: 'MANIFEST_UNKNOWN',
      answer: { status: 404, headers: json, body: errors('MANIFEST_UNKNOWN') },
      expected: true,
    },
    { name: 'NAME_UNKNOWN', answer: { status: 404, headers: json, body: errors('NAME_UNKNOWN') }, expected: true },
    {
      name: 'a refusal that hides behind 404',
      answer: { status: 404, headers: json, body: errors('DENIED') },
      expected: { fault: 'REGISTRY_ANSWER 404 DENIED, which does not say that it is not there', tries: passing },
    },
    {
      name: "another server's page",
      answer: { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>Not Found</h1>' },
      expected: { fault: 'REGISTRY_ANSWER 404 with an HTML page, which no registry sends', tries: passing },
    },
  ];
  test.each(rows)('$name', ({ answer, expected }) => {
    expect(outcome(() => isAbsent(toAnswer(answer)))).toEqual(expected);
  });
});
