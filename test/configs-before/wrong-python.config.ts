import { defineConfig } from 'tagwright';

export default defineConfig({
  repository: 'docker.io/apache/airflow',
  source: {
    file: 'releases.json',
  },
  pythons: ['3.6', '3.7', '3.8', '3.9'],
  flavors: {
    standard: {
      dockerfile: 'Dockerfile',
    },
  },
  rules: {
    sha: false,
    minor: false,
    major: false,
    latest: {
      template: 'latest-python{{python}}',
      only: {},
    },
  },
});
