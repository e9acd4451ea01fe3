/** An example requires the package by its name; here that is the checkout's source. */
const Module = require("node:module");
const path = require("node:path");

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  const source = path.join(__dirname, "../../clients/node/src");
  return resolve.call(this, request === "@leasehold/pg" ? source : request, ...rest);
};
