/** What is used of js-yaml. */
import dumper from 'js-yaml/lib/dumper.js';
import YAMLException from 'js-yaml/lib/exception.js';
import loader from 'js-yaml/lib/loader.js';

export const { load } = loader;
export const { dump } = dumper;
export { YAMLException };
