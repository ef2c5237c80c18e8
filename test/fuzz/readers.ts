/** Everything that reads text from outside, with valid samples to mutate. A reader throws nothing but what people may see. */
import { parseLoginFile, loginIn, helperFor } from '../../src/adapters/registry/docker-config.ts';
import { readConfig } from '../../src/config/normalize.ts';
import { mediaTypes } from '../../src/domain/media-types.ts';
import { parseImageConfig, parseManifest } from '../../src/domain/image.ts';
import { compilePattern } from '../../src/domain/pattern.ts';
import { pep440 } from '../../src/domain/pep440.ts';
import { parsePlatform } from '../../src/domain/platform.ts';
import { parseRepository } from '../../src/domain/reference.ts';
import { semver } from '../../src/domain/semver.ts';
import { printable } from '../../src/domain/text.ts';
import { markdownText } from '../../src/report/markdown-text.ts';
import { parseDigest } from '../../src/domain/digest.ts';
import { parseInstant } from '../../src/domain/instant.ts';
import { redact } from '../../src/domain/secrets.ts';

export interface Reader {
  readonly name: string;
  readonly samples: readonly string[];
  /** Whether the text got past its first token. */
  readonly read: (text: string) => boolean;
}

const digest = parseDigest(`sha256:${'a'.repeat(64)}`);
if (digest === null) throw new Error('the digest is valid');
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const descriptor = (mediaType: string) => ({ mediaType, digest, size: 7 });
const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Past the first token is what counts; JSON without a valid end was read far.
    return /^\s*[[{]/.test(text);
  }
};

const config = JSON.stringify({
  repository: 'docker.io/acme/app',
  tagPattern: String.raw`^v(?<version>\d+\.\d+\.\d+)$`,
  pythons: ['3.9', { name: '3.10', since: '1.2.0' }],
  flavors: { standard: { dockerfile: 'Dockerfile' }, conda: { dockerfile: 'conda/Dockerfile', suffix: '-conda' } },
  platforms: ['linux/amd64', 'linux/arm64'],
  rules: { minor: false, full: { kind: 'pinned', template: '{{version}}-python{{python}}{{suffix}}' } },
  exclude: [{ version: '1.9.0', reason: 'a typo' }],
});

const logins = JSON.stringify({
  auths: { 'https://index.docker.io/v1/': { auth: 'YTpi' }, 'ghcr.io/acme': { identitytoken: 'x' } },
  credHelpers: { 'ecr.test': 'ecr-login' },
  credsStore: 'desktop.exe',
});

export const readers: readonly Reader[] = [
  {
    name: 'config',
    samples: [config],
    read: (text) => {
      if (!isJson(text)) return false;
      let raw: unknown = text;
      try {
        raw = JSON.parse(text);
      } catch {
        return true; // the loader says so, with the line
      }
      readConfig(raw, 'matrix.config.json');
      return true;
    },
  },
  {
    name: 'logins',
    samples: [logins],
    read: (text) => {
      const file = parseLoginFile(text, { path: 'config.json', form: 'docker' });
      for (const registry of ['docker.io', 'ghcr.io', 'ecr.test', 'x:443']) {
        loginIn(file, { registry, path: 'acme/app' });
        helperFor(file, registry);
      }
      return isJson(text);
    },
  },
  {
    name: 'manifest',
    samples: [
      JSON.stringify({ schemaVersion: 2, config: descriptor(mediaTypes.ociConfig), layers: [descriptor('x')] }),
      JSON.stringify({ manifests: [{ ...descriptor('x'), platform: { os: 'linux', architecture: 'arm64' } }] }),
    ],
    read: (text) => {
      for (const mediaType of [mediaTypes.ociIndex, mediaTypes.ociManifest])
        parseManifest({ bytes: bytes(text), mediaType });
      return isJson(text);
    },
  },
  {
    name: 'image config',
    samples: [
      JSON.stringify({
        os: 'linux',
        architecture: 'amd64',
        created: '2024-01-01T00:00:00Z',
        config: { Labels: { 'org.opencontainers.image.version': '1.0' }, Env: ['PYTHON_VERSION=3.9.1'] },
      }),
    ],
    read: (text) => {
      parseImageConfig(bytes(text), digest);
      return isJson(text);
    },
  },
  {
    name: 'pattern',
    samples: [
      String.raw`^v(?<version>\d+\.\d+\.\d+.*)$`,
      String.raw`^(?!x)(?<version>[\w.]+)(?:-(?<build>\d+))?\k<build>$`,
    ],
    read: (text) => {
      const compiled = compilePattern(text);
      if (compiled.ok) compiled.pattern.exec('v1.2.3-4'.repeat(20));
      return true;
    },
  },
  {
    name: 'version',
    samples: ['1!2.0.0rc1.post2.dev3+local.7', '2026.07.1', '1.2.3-beta.1+build.5'],
    read: (text) => [pep440, semver].some((scheme) => scheme.parse(text) !== null) || text !== '',
  },
  {
    name: 'reference',
    samples: ['registry.example:5000/acme/app', 'docker.io/library/python', '[::1]:5000/a/b-c__d'],
    read: (text) => parseRepository(text, 'test').ok || text !== '',
  },
  {
    name: 'text',
    samples: ['linux/arm64/v8', '2024-02-30T10:00:00.5+02:00', 'see https://user:pass@host/x?token=abc @me #1 [a](b)'],
    read: (text) => {
      parsePlatform(text);
      parseInstant(text);
      redact(text);
      markdownText(printable(text));
      return text !== '';
    },
  },
];
