/**
 * A Python package that is built from its own git repository: the release is a git tag, and setuptools-scm reads the
 * version from `.git` while the image is built.
 */
import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'ghcr.io/acme/greeter',
  source: { git: '.' },
  tagPattern: String.raw`^v(?<version>\d+\.\d+\.\d+)$`,

  pythons: { '3.11': '*', '3.12': '>=1.1' },
  defaults: { python: 'highest' },
  dockerfile: 'Dockerfile',
  base: 'python:{{python}}-slim',
  // Also the default here, since the Dockerfile copies its context: the files of the release's commit, not those at hand.
  context: { from: 'release' },
});
