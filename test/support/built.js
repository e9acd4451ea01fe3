// Tests run the program as it is built; what is built is what the sources say.
const { isBuilt } = require("../../bin/checkout");

module.exports = () => {
  if (!isBuilt()) throw new Error("leasehold does not compile");
};
