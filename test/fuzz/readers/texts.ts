/** Readers of single texts: patterns, versions, names, headers. */
import { compilePattern } from '../../../src/domain/pattern.ts';
import { pep440 } from '../../../src/domain/pep440.ts';
import { parsePlatform } from '../../../src/domain/platform.ts';
import { parseRepository } from '../../../src/domain/reference.ts';
import { semver } from '../../../src/domain/semver.ts';
import { printable } from '../../../src/domain/text.ts';
import { markdownText } from '../../../src/report/markdown-text.ts';
import { parseInstant } from '../../../src/domain/instant.ts';
import { redact } from '../../../src/domain/secrets.ts';
import { nextLink } from '../../../src/adapters/http/link.ts';
import { retryAfterMs } from '../../../src/adapters/http/retry-after.ts';
import { parseChallenge } from '../../../src/adapters/registry/challenge.ts';
import { trackBake } from '../../../src/adapters/buildx/bake-progress.ts';
import { renderTemplate } from '../../../src/render/template.ts';
import type { Reader } from '../reader.ts';

export const textReaders: readonly Reader[] = [
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
  {
    name: 'headers',
    samples: [
      'Bearer realm="https://auth.test/token",service="registry.test",scope="repository:acme/app:pull,push"',
      '<https://registry.test/v2/acme/app/tags/list?last=1.0&n=100>; rel="next", </v2/x>; rel="last"',
      'Wed, 21 Oct 2026 07:28:00 GMT',
      '120',
    ],
    read: (text) => {
      parseChallenge(text);
      nextLink(text);
      retryAfterMs({ headers: { 'retry-after': text } }, 0);
      return text !== '';
    },
  },
  {
    name: 'template',
    samples: [
      'FROM python:{{python}}-slim{{#if (eq flavor "conda")}} AS x{{/if}}\nRUN pip install "app=={{version}}"\n',
      '{{#each platforms}}# {{this}}\n{{/each}}LABEL v="{{labels.version}}"',
    ],
    read: (text) => {
      const context = { python: '3.12', flavor: 'conda', version: '1.0.0', platforms: ['a'], labels: { version: '1' } };
      renderTemplate({ template: { path: 'Dockerfile.hbs', text }, partials: {}, context });
      return text !== '';
    },
  },
  {
    name: 'progress of bake',
    samples: [
      '#5 [app 1/2] RUN x\n#5 0.123 hello\n#5 ERROR: process "x" did not complete: exit code: 1\nERROR: target app: failed to solve: x',
    ],
    read: (text) => {
      const progress = trackBake(['app', 'other']);
      for (const line of text.split('\n')) progress.line(line, 0);
      return progress.progress().failures.size >= 0;
    },
  },
];
