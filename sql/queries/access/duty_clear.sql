-- Makes room for a new duty list.
-- $1 code text
delete from duty_list where municipality = $1
