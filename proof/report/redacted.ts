export { withoutSecrets } from "../rules/redacted";
