import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/prefecthq/prefect',
  source: {
    file: 'releases.json',
  },
  pythons: ['3.10', '3.11'],
  flavors: {
    standard: {
      dockerfile: 'Dockerfile',
    },
    conda: {
      dockerfile: 'conda.Dockerfile',
      suffix: '-conda',
    },
  },
  platforms: ['linux/amd64', 'linux/arm64'],
  defaults: {
    python: {
      '2': '3.10',
    },
  },
});
