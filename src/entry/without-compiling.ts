/**
 * zod compiles each schema to code with its first use, which takes longer than what a command reads with most of them.
 * Has to be loaded before any schema is made.
 *
 * @see https://zod.dev/packages/core#configuration
 */
import { z } from 'zod';

z.config({ jitless: true });
