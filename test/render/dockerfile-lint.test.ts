import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { dockerfileFaults } from '../support/dockerfile-rules.ts';
import { shippedFlavors } from '../support/shipped-dockerfiles.ts';

describe.each(Object.keys(shippedFlavors))('%s.Dockerfile', (flavor) => {
  const text = readFileSync(`dockerfiles/${flavor}.Dockerfile`, 'utf8');

  test('has nothing a reviewer would stop at', () => {
    expect(dockerfileFaults(text)).toEqual([]);
  });

  test('runs a check of Python and Prefect as its very last step', () => {
    const last = text.slice(text.lastIndexOf('\nRUN '));
    expect(last).toContain('sys.version_info');
    expect(last).toContain('prefect version');
    expect(last).toContain('exit 1');
  });

  test('takes no argument that the base image would hide', () => {
    // What the official Python images set with ENV.
    expect(text).not.toMatch(/^ARG (?:PYTHON_VERSION|PYTHON_SHA256|GPG_KEY|LANG|PATH)\b/m);
  });

  test('names no release', () => {
    const instructions = text.replaceAll(/^#.*$/gm, '');
    expect(instructions).not.toMatch(/\b[23]\.\d+\.\d+\b/);
  });
});

describe('the rules find', () => {
  const from = 'FROM python:3.12-slim\n';
  test.each([
    { name: 'a frontend', text: `# syntax=docker/dockerfile:1\n${from}`, fault: '1: a parser directive' },
    { name: 'a base without a tag', text: 'FROM python', fault: '1: the base python has no tag of its own' },
    { name: 'a base on latest', text: 'FROM a/b:latest', fault: '1: the base a/b:latest has no tag of its own' },
    {
      name: 'a registry port that is not a tag',
      text: 'FROM a:5000/b',
      fault: '1: the base a:5000/b has no tag of its own',
    },
    {
      name: 'a stage that is not there',
      text: `${from}COPY --from=wheel /a /b`,
      fault: '2: there is no stage wheel above',
    },
    {
      name: 'a mount of none',
      text: `${from}RUN --mount=type=bind,from=x,target=/x ls`,
      fault: '2: there is no stage x above',
    },
    {
      name: 'a stage used before it begins',
      text: `FROM python:3 AS a\nCOPY --from=b / /\nFROM python:3 AS b`,
      fault: '2: there is no stage b above',
    },
    {
      name: 'an argument declared too late',
      text: `FROM python:\${PYTHON}\nARG PYTHON`,
      fault: '1: the argument PYTHON is not declared in this stage',
    },
    {
      name: 'an argument of another stage',
      text: `ARG V=1\n${from}LABEL a="$V"`,
      fault: '3: the argument V is not declared in this stage',
    },
    {
      name: 'an argument split into words',
      text: `${from}ARG V\nRUN --mount=type=cache,target=/root/.cache/pip pip install a==$V`,
      fault: '3: $V is not quoted',
    },
    {
      name: 'the same with braces, after quotes',
      text: `${from}ARG V\nRUN echo "a" \${V}`,
      fault: '3: $V is not quoted',
    },
    {
      name: 'recommended packages',
      text: `${from}RUN apt-get update && apt-get install --yes a && rm -rf /var/lib/apt/lists/*`,
      fault: '2: apt-get install without --no-install-recommends',
    },
    {
      name: 'package lists',
      text: `${from}RUN apt-get update && apt-get install --yes --no-install-recommends a`,
      fault: '2: apt-get install without rm -rf /var/lib/apt/lists/*',
    },
    { name: "pip's cache", text: `${from}RUN pip install a`, fault: '2: pip install leaves its cache' },
    { name: 'a pipe that hides a failure', text: `${from}RUN a | b`, fault: '2: a pipe without pipefail' },
    { name: 'a shell around the process', text: `${from}ENTRYPOINT run`, fault: '2: starts through a shell' },
    { name: 'what is no Dockerfile', text: `${from}RUNN x`, fault: '2: Unknown instruction: RUNN' },
  ])('$name', ({ text, fault }) => {
    expect(dockerfileFaults(text)).toEqual([fault]);
  });
});
