/** Python, without Windows: a slim variant of the Debians, and candidates under tags of their own. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/library/python',
  source: { file: 'releases.json' },
  dockerfile: '{{major}}.{{minor}}/{{variant}}-{{os}}/Dockerfile',
  axes: {
    variant: {
      full: { tag: '', dockerfile: '{{major}}.{{minor}}/{{os}}/Dockerfile' },
      slim: { where: { os: ['trixie', 'bookworm'] } },
    },
    os: {
      trixie: { aliases: [''] },
      bookworm: {},
      'alpine3.24': { aliases: ['alpine'] },
      'alpine3.23': {},
    },
  },
  rules: {
    full: { template: '{{version}}-{{variant}}-{{os}}' },
    sha: false,
    minor: { template: '{{major}}.{{minor}}-{{variant}}-{{os}}' },
    major: { template: '{{major}}-{{variant}}-{{os}}' },
    latest: { template: '{{variant}}-{{os}}' },
    rc: { kind: 'convenience', template: '{{major}}.{{minor}}-rc-{{variant}}-{{os}}', releases: 'pre' },
  },
});
