// bv:fold the imports and settings
const { format } = require('node:util');
const digits = 2;
// bv:end

// bv:readonly
const shapes = [{ name: 'circle', radius: 5 }];
// bv:end

function area({ radius }) {
  return Math.PI * radius ** 2;
}

for (const shape of shapes) console.log(format('%s: %s', shape.name, area(shape).toFixed(digits)));
