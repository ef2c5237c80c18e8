import { DockerfileParser } from 'dockerfile-ast';
import { describe, expect, test } from 'vitest';
import { renderDockerfile } from '../../src/render/dockerfile.ts';
import { renderShipped, shippedFlavors } from '../support/shipped-dockerfiles.ts';

describe('the shipped Dockerfiles', () => {
  test.each(Object.keys(shippedFlavors))('%s is what its template renders to', async (flavor) => {
    const rendered = renderShipped(flavor);
    expect(rendered.ok ? [] : rendered.problems).toEqual([]);
    const text = rendered.ok ? rendered.value : '';
    await expect(text).toMatchFileSnapshot(`../../dockerfiles/${flavor}.Dockerfile`);
  });

  test.each(Object.keys(shippedFlavors))('%s has what changes with a release after what takes long', (flavor) => {
    const rendered = renderShipped(flavor);
    const instructions = DockerfileParser.parse(rendered.ok ? rendered.value : '').getInstructions();
    const keywords = instructions.map((one) => one.getKeyword());
    const isLong = (one: (typeof instructions)[number]): boolean => /apt-get install|conda create/.test(one.toString());
    const last = instructions.findLastIndex(isLong);
    const base = keywords.slice(0, last).lastIndexOf('FROM');
    const before = instructions.slice(base + 1, last).filter((one) => one.getKeyword() !== 'ENV' && !isLong(one));
    // buildx dates what WORKDIR and COPY write by the release's commit, and an argument is in the cache key of each RUN.
    expect(before.map(String)).toEqual(flavor === 'conda' ? ['ARG PYTHON'] : []);
  });

  test('kubernetes is standard with one step more, so that one build makes both', () => {
    const [standard = [], kubernetes = []] = ['standard', 'kubernetes'].map((flavor) => {
      const rendered = renderShipped(flavor);
      return DockerfileParser.parse(rendered.ok ? rendered.value : '')
        .getInstructions()
        .filter((one) => ['FROM', 'ENV', 'WORKDIR', 'COPY', 'RUN'].includes(one.getKeyword()))
        .map(String);
    });
    const install = standard.findIndex((text) => text.includes('pip install "${options'));
    expect(install).toBeGreaterThan(0);
    expect(kubernetes.slice(0, install + 1)).toEqual(standard.slice(0, install + 1));
  });

  test('a typo in a template is found with its place', () => {
    const rendered = renderShipped('conda', (template) => template.replace('{{base.from}}', '{{base.form}}'));
    expect(rendered).toEqual({
      ok: false,
      problems: [
        {
          code: 'TEMPLATE_UNKNOWN_NAME',
          where: 'dockerfiles/conda.Dockerfile.hbs:6:8',
          message: '"base.form" is not known here',
          fix: 'did you mean "from"?',
        },
      ],
    });
  });
});

const template = {
  path: 'app.hbs',
  text: 'FROM {{base.from}}\nLABEL base="{{base.name}}"{{#if base.digest}} digest{{/if}}',
};

describe('a base image', () => {
  const digest = `sha256:${'ab'.repeat(32)}`;
  test.each([
    {
      base: { image: 'python:${PYTHON}-slim' },
      text: 'FROM python:${PYTHON}-slim\nLABEL base="docker.io/library/python:${PYTHON}-slim"',
    },
    {
      base: { image: 'ghcr.io/a/b:1', digest },
      text: `FROM ghcr.io/a/b:1@${digest}\nLABEL base="ghcr.io/a/b:1" digest`,
    },
    { base: { image: 'scratch' }, text: 'FROM scratch\nLABEL base="scratch"' },
  ])('$base.image', ({ base, text }) => {
    expect(renderDockerfile({ template, partials: {}, axes: { flavor: 'x' }, dockerfile: 'Dockerfile', base })).toEqual(
      {
        ok: true,
        value: text,
      },
    );
  });

  test.each(['python AS wheels', 'python\nRUN id', '--platform=x python'])('%j renders nothing', (image) => {
    const rendered = renderDockerfile({
      template,
      partials: {},
      axes: { flavor: 'x' },
      dockerfile: 'Dockerfile',
      base: { image },
    });
    expect(rendered.ok ? [] : rendered.problems.map((problem) => `${problem.code} ${problem.where}`)).toEqual([
      'REFERENCE_INVALID the base of Dockerfile',
    ]);
  });

  test('a digest that is none renders nothing', () => {
    const base = { image: 'python:3', digest: 'sha256:12\nRUN id' };
    const rendered = renderDockerfile({
      template,
      partials: {},
      axes: { flavor: 'x' },
      dockerfile: 'Dockerfile',
      base,
    });
    expect(rendered.ok).toBe(false);
  });

  test('a template that uses one where the flavor has none', () => {
    expect(renderDockerfile({ template, partials: {}, axes: { flavor: 'x' }, dockerfile: 'Dockerfile' })).toEqual({
      ok: false,
      problems: ['base.from', 'base.name', 'base.digest'].map((name, index) => ({
        code: 'TEMPLATE_UNKNOWN_NAME',
        where: `app.hbs:${['1:8', '2:15', '2:33'][index]}`,
        message: `"${name}" is not known here`,
        fix: 'known are dockerfile, flavor, template',
      })),
    });
  });
});

test('no name that is printed can start a line', () => {
  const rendered = renderDockerfile({ template, partials: {}, axes: { flavor: 'x\nRUN id' }, dockerfile: 'a\rb' });
  expect(rendered.ok ? [] : rendered.problems.map((problem) => `${problem.where} ${problem.message}`)).toEqual([
    'flavor "x\\nRUN id" has a line break or control character and cannot be printed into a Dockerfile',
    'dockerfile "a\\rb" has a line break or control character and cannot be printed into a Dockerfile',
  ]);
});
