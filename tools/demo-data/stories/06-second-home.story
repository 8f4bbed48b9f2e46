# 6. A second home being renovated: nobody registered on two first days of January, power in use, returned mail. Then an
# official saw the builders at work.
# Outcome: none, since the visit (watch before it).
let HERE "premises":{"bagId":"9901010000090006"}
premises {$HERE,"attributes":{"address":{"postcode":"9911KE","houseNumber":22,"municipality":"Vossewaard"},"type":"dwelling","usePurposes":["living"],"floorAreaM2":130,"asOf":"@-1000","ground":"public-task"}}
basisregistraties {"kind":"register-check","sourceId":"s06-r1",$HERE,"occurredOn":"@-80","ground":"public-task","check":"residents-count","result":"counted","count":0,"periodMonths":24,"companyPresent":"no","wozUser":"no","supplyInUse":"yes"}
basisregistraties {"kind":"register-check","sourceId":"s06-r2",$HERE,"occurredOn":"@-70","ground":"public-task","check":"mail-returned","result":"counted","count":4,"distinctSources":2,"periodMonths":6}
basisregistraties {"kind":"register-check","sourceId":"s06-r3",$HERE,"occurredOn":"@-14","ground":"public-task","check":"lawful-reason","result":"match","reason":"second-home","seenByOfficial":"yes"}
