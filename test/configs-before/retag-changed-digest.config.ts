import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'ghcr.io/acme/tool',
  source: {
    file: 'releases.json',
  },
  flavors: {
    standard: {
      dockerfile: 'Dockerfile',
    },
  },
  rules: {
    full: {
      template: '{{version}}',
    },
    sha: false,
    major: false,
    minor: {
      template: '{{major}}.{{minor}}',
    },
    latest: {
      template: 'latest',
    },
  },
});
