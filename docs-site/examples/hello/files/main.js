console.log(`Hello from process ${process.pid}, running on ${process.platform}`);
