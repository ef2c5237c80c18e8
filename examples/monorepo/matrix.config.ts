/** Two packages of one git repository, each with versions and an image of its own. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  source: { git: '.' },
  scheme: 'semver',
  dockerfile: 'Dockerfile',
  rules: { sha: false },
  images: {
    api: {
      repository: 'registry.example.com/acme/api',
      tagPattern: String.raw`^api/v(?<version>\d+\.\d+\.\d+)$`,
      context: 'api',
    },
    worker: {
      repository: 'registry.example.com/acme/worker',
      tagPattern: String.raw`^@acme/worker@(?<version>\d+\.\d+\.\d+)$`,
      context: 'worker',
    },
  },
});
