/** A small server in its own git repository: one image a release, on Node, built from the release's commit. */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'ghcr.io/acme/clock',
  source: { git: '.' },
  scheme: 'semver',
  tagPattern: String.raw`^v(?<version>\d+\.\d+\.\d+)$`,
  dockerfile: 'Dockerfile',
  base: 'node:22-slim',
  rules: { sha: { length: 12 } },
});
