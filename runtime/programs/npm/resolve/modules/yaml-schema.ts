/**
 * js-yaml's default schema without the types of YAML 1.1 (`!!binary`, `!!omap`, `!!pairs`, `!!set`, and dates), which no lockfile has. What
 * looks like a date is a text, and `yaml.ts` writes it in quotes as before.
 */
import core from 'js-yaml/lib/schema/core.js';
import merge from 'js-yaml/lib/type/merge.js';

export default core.extend({ implicit: [merge] });
