/** The shipped config of Prefect's images, on the facts beside this file instead of GitHub: works without a network. */
import { defineConfig } from 'tagwright';
import shipped from '../../matrix.config.ts';

export default defineConfig({ ...shipped, source: { file: 'releases.json' } });
