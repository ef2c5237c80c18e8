/** MySQL: one base under three names, a long-term line and an innovation line. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/library/mysql',
  source: { file: 'releases.json' },
  scheme: 'semver',
  dockerfile: 'Dockerfile.oracle',
  axes: {
    os: {
      oraclelinux9: { aliases: ['oracle', ''] },
    },
  },
  attributes: [
    { range: '>=9.7 <10', line: 'lts' },
    { range: '>=26', line: 'innovation' },
  ],
  rules: {
    full: { template: '{{version}}-{{os}}' },
    sha: false,
    minor: { template: '{{major}}.{{minor}}-{{os}}' },
    major: { template: '{{major}}-{{os}}' },
    line: { kind: 'convenience', template: '{{line}}-{{os}}' },
    latest: { template: '{{os}}' },
  },
});
