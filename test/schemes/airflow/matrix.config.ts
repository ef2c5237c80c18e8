/** Airflow: Pythons by release, slim in front, and the version alone for the default Python. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/apache/airflow',
  source: { file: 'releases.json' },
  pythons: {
    '3.8': '<3',
    '3.9': '*',
    '3.10': '*',
    '3.11': '*',
    '3.12': '>=2.9',
  },
  flavors: {
    reference: { dockerfile: 'Dockerfile' },
    slim: { dockerfile: 'Dockerfile', suffix: 'slim-' },
  },
  defaults: {
    python: [
      { value: '3.8', range: '<2.9.0rc1' },
      { value: '3.12', since: '2.9.0rc1' },
    ],
  },
  rules: {
    full: { template: '{{suffix}}{{version}}-python{{python}}' },
    plain: { kind: 'pinned', template: '{{suffix}}{{version}}', only: { python: 'default' } },
    sha: false,
    minor: false,
    major: false,
    latest: { template: '{{suffix}}latest', only: { python: 'default' } },
    latestPython: { kind: 'convenience', template: '{{suffix}}latest-python{{python}}' },
  },
});
