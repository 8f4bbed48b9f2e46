-- Every municipality, for the operator.
select code, name from municipality order by code
