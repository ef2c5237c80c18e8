/**
 * Prefect's images: every 2.x and 3.x release, on each Python that release supports, in three flavors.
 *
 * Ranges are read off the release workflow and setup.py of https://github.com/PrefectHQ/prefect at each tag.
 */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/prefecthq/prefect',
  source: { github: 'PrefectHQ/prefect', pypi: 'prefect' },
  scheme: 'pep440',
  tagPattern: String.raw`^(?<version>\d+\.\d+\.\d+(?:(?:rc|a|b|\.dev|\.post)\d+)?)$`,
  releases: '>=2',

  pythons: {
    '3.7': '<2.10.20',
    '3.8': '<3.0.0rc1',
    '3.9': '<3.5',
    '3.10': '*',
    '3.11': '>=2.6.5',
    '3.12': '>=2.14.14',
    '3.13': '>=3.3.1',
    '3.14': '>=3.4.25',
  },
  flavors: {
    standard: {
      dockerfile: 'dockerfiles/standard.Dockerfile',
      template: 'dockerfiles/standard.Dockerfile.hbs',
      base: 'python:{{python}}-slim',
    },
    conda: {
      dockerfile: 'dockerfiles/conda.Dockerfile',
      template: 'dockerfiles/conda.Dockerfile.hbs',
      base: 'continuumio/miniconda3:26.5.3',
      suffix: '-conda',
    },
    kubernetes: {
      dockerfile: 'dockerfiles/kubernetes.Dockerfile',
      template: 'dockerfiles/kubernetes.Dockerfile.hbs',
      base: 'python:{{python}}-slim',
      suffix: '-kubernetes',
      since: '2.9.0',
    },
  },
  platforms: ['linux/amd64', { platform: 'linux/arm64', since: '2.7.10' }],
  defaults: { python: { '2': '3.10', '3': '3.12' } },

  exclude: [
    { python: '3.11', flavor: 'conda', range: '<2.12', reason: 'conda had no Python 3.11 before 2.12' },
    { version: '2.82', reason: 'a typo of 2.8.2, on the same commit; it would own 2-latest for ever' },
    { version: '2.6.10', reason: "a contributor's test commit, tagged after 2.7.0 and never published" },
    { version: '2.6.9.post1', reason: 'the same test commit as 2.6.10' },
  ],
});
