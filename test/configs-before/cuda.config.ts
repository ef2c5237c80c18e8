/**
 * A model server with a third axis beside Python and flavor: the CUDA it was built against, or none.
 *
 * An axis gives names to templates: `accelerator` is `-cuda12.8` in a tag, and nothing on a processor alone. It has
 * ranges, exclusions and defaults as Pythons and flavors have, and no line of code knows it.
 */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'registry.example.com/acme/model-server',
  source: { file: 'releases.json' },

  pythons: { '3.10': '<1.2', '3.11': '*', '3.12': '>=1.1' },
  flavors: {
    runtime: { dockerfile: 'Dockerfile', args: { TARGET: 'runtime' } },
    devel: { dockerfile: 'Dockerfile', suffix: '-devel', args: { TARGET: 'devel' } },
  },
  axes: {
    cuda: {
      none: { vars: { accelerator: '' } },
      '11.8': { vars: { accelerator: '-cuda11.8' }, range: '<1.2' },
      '12.4': { vars: { accelerator: '-cuda12.4' } },
      '12.8': { vars: { accelerator: '-cuda12.8' }, since: '1.2' },
    },
  },
  defaults: {
    python: { '1': '3.11' },
    cuda: {
      '1': [
        { value: '12.4', range: '<1.2' },
        { value: '12.8', since: '1.2' },
      ],
    },
  },

  rules: {
    full: { template: '{{version}}-python{{python}}{{accelerator}}{{suffix}}' },
    sha: false,
    minor: { template: '{{major}}.{{minor}}-python{{python}}{{accelerator}}{{suffix}}' },
    major: { template: '{{major}}-python{{python}}{{accelerator}}{{suffix}}' },
    latest: { template: '{{major}}-latest{{accelerator}}{{suffix}}' },
    // One tag for those who want a GPU and do not care which CUDA.
    gpu: { kind: 'convenience', template: '{{major}}-gpu{{suffix}}', only: { python: 'default', cuda: 'default' } },
  },

  exclude: [
    { python: '3.12', cuda: '11.8', reason: 'there are no wheels of this pair' },
    { cuda: 'none', flavor: 'devel', reason: 'the devel flavor is for building CUDA kernels' },
  ],
});
