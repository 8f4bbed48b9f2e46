# 8. A lab in a barn: a year paid ahead, storage that needs water, a drain and heavy power, drums at night, and the fire service
# smells chemicals.
# Outcome: urgent, and a danger notice to the duty officer.
let HERE "premises":{"bagId":"9901010000090008"}
let LEASE "premises":{"bagId":"9901010000090008"},"tenancy":"s08"
premises {$HERE,"attributes":{"address":{"postcode":"9912LA","houseNumber":3,"municipality":"Vossewaard"},"type":"barn","usePurposes":["storage"],"floorAreaM2":420,"agriculturalUse":"ended","asOf":"@-1000","ground":"public-task"}}
verhuurder {"kind":"application","sourceId":"s08-a",$LEASE,"occurredOn":"@-88","ground":"legitimate-interest","purpose":"storage","requirements":["water","drain","heavy-power","ventilation"],"contactBy":"applicant","allContactByOther":"no"}
verhuurder {"kind":"registration","sourceId":"s08",$HERE,"occurredOn":"@-82","ground":"legitimate-interest","event":"started","lettingType":"storage","startOn":"@-80","expectedMonths":24,"rentEur":2100,"tenant":{"scheme":"source-local","value":"s08-tenant"},"tenantKind":"person","writtenLease":"yes","metInPerson":"yes","utilityHolder":"tenant"}
verhuurder {"kind":"payment","sourceId":"s08-p1",$LEASE,"occurredOn":"@-79","ground":"legitimate-interest","method":"cash","purpose":"rent","amountEur":25200,"term":"@m-2","payerIsTenant":"yes","monthsCovered":12,"advanceOfferedBy":"tenant"}
meldpunt {"kind":"tip","sourceId":"s08-t1",$HERE,"occurredOn":"@-12","ground":"public-task","channel":"mma","category":"night-loading","nights":5,"periodDays":14,"origin":{"scheme":"source-local","value":"mma-88121"}}
meldpunt {"kind":"tip","sourceId":"s08-t2",$HERE,"occurredOn":"@-8","ground":"public-task","channel":"municipality","category":"chemical-containers","count":9,"itemKinds":["drums","jerrycans"],"origin":{"scheme":"phone","value":"0612000801"}}
toezicht {"kind":"inspection","sourceId":"s08-v1",$HERE,"occurredOn":"@-2","ground":"public-task","authority":"fire-service","visitKind":"targeted","category":"smell-chemical","reportRef":"s08-visit","danger":true,"dangerKind":"fumes"}
toezicht {"kind":"inspection","sourceId":"s08-v2",$HERE,"occurredOn":"@-2","ground":"public-task","authority":"fire-service","visitKind":"targeted","category":"chemical-containers","count":14,"itemKinds":["drums","gas-cylinders"],"reportRef":"s08-visit"}
