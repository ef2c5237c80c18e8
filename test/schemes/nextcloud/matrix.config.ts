/** Nextcloud: three flavors, of which Apache goes without its name, and three names for the newest. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/library/nextcloud',
  source: { file: 'releases.json' },
  scheme: 'semver',
  dockerfile: '{{major}}/{{flavor}}/Dockerfile',
  flavors: {
    apache: { aliases: [''] },
    fpm: {},
    'fpm-alpine': {},
  },
  rules: {
    full: { template: '{{version}}-{{flavor}}' },
    sha: false,
    minor: { template: '{{major}}.{{minor}}-{{flavor}}' },
    major: { template: '{{major}}-{{flavor}}' },
    production: { kind: 'convenience', template: 'production-{{flavor}}' },
    stable: { kind: 'convenience', template: 'stable-{{flavor}}' },
    latest: { template: '{{flavor}}' },
  },
});
