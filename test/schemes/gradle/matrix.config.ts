/** Gradle: the JDKs that each line supports, on the bases that each JDK has. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/library/gradle',
  source: { file: 'releases.json' },
  scheme: 'semver',
  dockerfile: '{{jdk}}/{{os}}{{suffix}}/Dockerfile',
  axes: {
    jdk: {
      jdk8: { range: '<9' },
      jdk11: { range: '<9' },
      jdk17: { range: '>=7' },
      jdk21: { range: '>=8' },
      jdk25: { range: '>=9' },
      jdk26: { range: '>=9' },
      'jdk-lts-and-current': {
        range: '>=9',
        aliases: [
          { name: 'jdk-25-and-26', where: { variant: 'hotspot' } },
          { name: 'jdk-25-and-25', where: { variant: 'graal' } },
        ],
      },
    },
    variant: {
      hotspot: { tag: '' },
      graal: {
        range: '>=7',
        where: { jdk: ['jdk17', 'jdk21', 'jdk25', 'jdk-lts-and-current'], os: ['resolute', 'noble', 'jammy'] },
        suffix: '-graal',
      },
    },
    os: {
      resolute: { range: '>=9' },
      noble: { range: '>=7', where: { jdk: ['jdk17', 'jdk21', 'jdk25', 'jdk26'] } },
      jammy: { where: { jdk: ['jdk8', 'jdk11', 'jdk17', 'jdk21'] } },
      alpine: { where: { jdk: ['jdk11', 'jdk17', 'jdk21', 'jdk25', 'jdk26', 'jdk-lts-and-current'] } },
      corretto: { aliases: ['corretto-al2023'] },
      ubi10: { range: '>=9', where: { jdk: ['jdk17', 'jdk21', 'jdk25', 'jdk26'] } },
      ubi9: { where: { jdk: ['jdk8', 'jdk11', 'jdk17', 'jdk21'] } },
    },
  },
  defaults: { jdk: ['jdk25', 'jdk21', 'jdk17', 'jdk11'] },
  aliases: {
    jdk: {
      jdk: { value: ['jdk25', 'jdk21', 'jdk17', 'jdk11'], where: { os: ['resolute', 'noble', 'jammy', 'alpine'] } },
      '': { value: ['jdk25', 'jdk21', 'jdk17', 'jdk11'], where: { os: ['resolute', 'noble', 'jammy', 'alpine'] } },
    },
    os: { '': ['resolute', 'noble', 'jammy'], ubi: ['ubi10', 'ubi9'] },
  },
  rules: {
    full: { template: '{{version}}-{{jdk}}-{{variant}}-{{os}}' },
    sha: false,
    minor: { template: '{{major}}.{{minor}}-{{jdk}}-{{variant}}-{{os}}' },
    major: { template: '{{major}}-{{jdk}}-{{variant}}-{{os}}' },
    bare: { kind: 'convenience', template: '{{os}}', only: { jdk: 'default', os: ['corretto', 'ubi10', 'ubi9'] } },
    latest: { template: '{{jdk}}-{{variant}}-{{os}}' },
  },
});
