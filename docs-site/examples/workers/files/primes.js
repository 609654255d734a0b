import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';

const limit = 100_000;
const threads = 4;

function countPrimes(from, to) {
  let count = 0;
  for (let n = Math.max(from, 2); n < to; n += 1) {
    let prime = true;
    for (let d = 2; d * d <= n && prime; d += 1) prime = n % d !== 0;
    if (prime) count += 1;
  }
  return count;
}

if (isMainThread) {
  const size = limit / threads;
  const parts = await Promise.all(
    Array.from({ length: threads }, (_, index) => {
      const workerData = { from: index * size, to: (index + 1) * size };
      const worker = new Worker(new URL(import.meta.url), { workerData });
      return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    }),
  );
  console.log(`${parts.reduce((sum, part) => sum + part, 0)} primes below ${limit}`);
  console.log(`Parts of ${threads} threads:`, parts);
} else {
  parentPort.postMessage(countPrimes(workerData.from, workerData.to));
}
