/**
 * A query of (table_id, sequence_id): the sequences that a row of a table is numbered by, because a
 * column owns them (serial, identity, OWNED BY) or because a column's default calls them. Who may
 * INSERT into the table needs USAGE on these, and on no other. An identity column numbers its rows
 * without it, but `lastval()`, by which some libraries ask for the new key, does not work without.
 */
export const SEQUENCES_OF_TABLES = `SELECT owned.refobjid AS table_id, owned.objid AS sequence_id
    FROM pg_catalog.pg_depend AS owned
    JOIN pg_catalog.pg_class AS sequence ON sequence.oid = owned.objid AND sequence.relkind = 'S'
    WHERE owned.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND owned.deptype IN ('a', 'i')
      AND owned.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND owned.refobjsubid > 0
    UNION
    SELECT defaults.adrelid, called.refobjid
    FROM pg_catalog.pg_attrdef AS defaults
    JOIN pg_catalog.pg_depend AS called
      ON called.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND called.objid = defaults.oid
      AND called.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
    JOIN pg_catalog.pg_class AS sequence ON sequence.oid = called.refobjid AND sequence.relkind = 'S'`;
