import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/fleetdm/fleet',
  source: {
    file: 'releases.json',
  },
  scheme: 'semver',
  flavors: {
    standard: {
      dockerfile: 'Dockerfile',
    },
  },
  rules: {
    full: {
      template: 'v{{version}}',
    },
    sha: false,
    minor: {
      template: 'v{{major}}.{{minor}}',
    },
    major: {
      template: 'v{{major}}',
    },
    latest: {
      template: 'latest',
    },
  },
});
