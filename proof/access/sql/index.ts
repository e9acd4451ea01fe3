export type { CreateRole, Privileges, SqlAction } from "./actions";
export { readGrants, type RoleGrants } from "./grants";
export * from "./roles";
export { loadSqlParser, parseSql } from "./parser";
export { analyseStatements, type StatementAnalysis, type StatementProblem } from "./statements";
