const { execFileSync, execSync } = require('node:child_process');

// Another Node, while this one waits
console.log('6 * 7 =', execFileSync('node', ['-p', '6 * 7'], { encoding: 'utf8' }).trim());
// A pipeline of the shell
console.log(execSync('ls | sort', { encoding: 'utf8' }));
