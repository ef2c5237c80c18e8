/** Eclipse Temurin: Java's two ways of writing a version, and Linux bases with a default. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/library/eclipse-temurin',
  source: { file: 'releases.json' },
  tagPattern: [
    String.raw`^jdk(?<version>(?<major>8)u(?<update>\d+)-b(?<number>\d+))$`,
    String.raw`^jdk-(?<version>(?<major>\d+)\.0\.(?<update>\d+)\+(?<number>\d+))$`,
  ],
  scheme: { major: 'number', update: 'number', number: 'number' },
  dockerfile: '{{major}}/{{kind}}/{{os}}/Dockerfile',
  platforms: ['linux/amd64', 'linux/arm64', 'linux/ppc64le'],
  axes: {
    kind: ['jdk', 'jre'],
    os: {
      'alpine-3.24': { aliases: ['alpine'], platforms: ['linux/amd64', 'linux/arm64'] },
      'alpine-3.23': { platforms: ['linux/amd64', 'linux/arm64'] },
      'alpine-3.22': { range: '<26', platforms: ['linux/amd64', 'linux/arm64'] },
      'alpine-3.21': { range: '<26', platforms: ['linux/amd64', 'linux/arm64'] },
      resolute: { aliases: [''] },
      noble: {},
      jammy: {},
      'ubi10-minimal': {},
      'ubi9-minimal': { range: '<25' },
    },
  },
  rules: {
    sha: false,
    minor: false,
    full: { template: '{{version}}-{{kind}}-{{os}}', range: '<9' },
    modern: { kind: 'pinned', template: '{{major}}.0.{{update}}_{{number}}-{{kind}}-{{os}}', range: '>=9' },
    major: { template: '{{major}}-{{kind}}-{{os}}' },
    jdk: { kind: 'convenience', template: '{{major}}-{{os}}', only: { kind: ['jdk'] } },
    latest: { template: 'latest', range: '<26', only: { kind: ['jdk'], os: ['resolute'] }, reason: '26 is no LTS' },
  },
});
