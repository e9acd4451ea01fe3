// Without a network namespace every pod of the bench listens on an address of its own.
process.env.HOST = process.env.POD_RUNNER_IP;
await import("../orders/main.js");
