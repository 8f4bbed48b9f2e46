-- The migrations this database has, to compare with those of the program.
select version, name, checksum from schema_migration order by version
