export { renderTemplate, type Rendered, type Secret } from "./evaluate";
