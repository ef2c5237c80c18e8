import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/matrixdotorg/synapse',
  source: {
    file: 'releases.json',
  },
  flavors: {
    standard: {
      dockerfile: 'Dockerfile',
    },
  },
  platforms: ['linux/amd64', 'linux/arm64'],
  rules: {
    full: {
      template: 'v{{version}}',
    },
    sha: false,
    minor: false,
    major: false,
    latest: {
      template: 'latest',
    },
  },
  yanked: [
    {
      version: '1.32.0',
      reason: 'it breaks the log configuration of existing servers',
      since: '2021-04-21T12:00:00Z',
    },
  ],
});
