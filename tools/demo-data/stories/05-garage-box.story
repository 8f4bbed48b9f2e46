# 5. A garage box: other locks, rent in cash, loading at night seen by two neighbours; then an inspector sees drums carried in.
# Outcome: alert, since the official's observation.
let HERE "premises":{"bagId":"9901010000090005"}
let LEASE "premises":{"bagId":"9901010000090005"},"tenancy":"s05"
premises {$HERE,"attributes":{"address":{"postcode":"9911KD","houseNumber":1,"houseNumberAddition":"14","municipality":"Vossewaard"},"type":"garage-box","usePurposes":["storage"],"floorAreaM2":18,"partOfDwellingPlot":"no","asOf":"@-1000","ground":"public-task"}}
verhuurder {"kind":"registration","sourceId":"s05",$HERE,"occurredOn":"@-180","ground":"legitimate-interest","event":"started","lettingType":"storage","startOn":"@-175","expectedMonths":0,"rentEur":110,"tenant":{"scheme":"source-local","value":"s05-tenant"},"tenantKind":"person","writtenLease":"yes","metInPerson":"yes","utilityHolder":"landlord","allIn":"yes"}
verhuurder {"kind":"payment","sourceId":"s05-p1",$LEASE,"occurredOn":"@-60","ground":"legitimate-interest","method":"cash","purpose":"rent","amountEur":110,"term":"@m-2","payerIsTenant":"unknown"}
verhuurder {"kind":"payment","sourceId":"s05-p2",$LEASE,"occurredOn":"@-30","ground":"legitimate-interest","method":"cash","purpose":"rent","amountEur":110,"term":"@m-1","payerIsTenant":"unknown"}
verhuurder {"kind":"tenancy-event","sourceId":"s05-k",$LEASE,"occurredOn":"@-35","ground":"legitimate-interest","event":"locks-changed","consent":"no"}
meldpunt {"kind":"tip","sourceId":"s05-t1",$HERE,"occurredOn":"@-21","ground":"public-task","channel":"web","category":"night-loading","nights":4,"periodDays":14,"origin":{"scheme":"phone","value":"0612000501"}}
meldpunt {"kind":"tip","sourceId":"s05-t2",$HERE,"occurredOn":"@-15","ground":"public-task","channel":"municipality","category":"night-loading","nights":3,"periodDays":10,"origin":{"scheme":"phone","value":"0612000502"}}
toezicht {"kind":"inspection","sourceId":"s05-v",$HERE,"occurredOn":"@-6","ground":"public-task","authority":"municipality","visitKind":"outreach","category":"chemical-containers","count":6,"itemKinds":["drums","jerrycans"]}
