const { createHash } = require('node:crypto');
console.log(process.version, process.memoryUsage().heapUsed > 0);
console.log(createHash('sha256').update('bavini').digest('hex').length === 64 ? 'right' : 'wrong');
