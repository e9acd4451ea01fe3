export type { CreateRole, Fields, Node, Privileges, SqlAction } from "./actions";
export type { Bootstrap } from "./bootstrap";
export { readGrants, type RoleGrants } from "./grants";
export * from "./roles";
export { splitByVault } from "./splitting";
export { loadSqlParser, parseSql, sqlNodes } from "./parser";
export { analyseStatements, type StatementAnalysis, type StatementProblem } from "./statements";
