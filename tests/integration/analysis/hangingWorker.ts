/** A worker that takes its messages and never answers one. */
for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
