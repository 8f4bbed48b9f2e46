# 9. A visit that found nothing: two neighbours about vans and fans, rent once in cash; then the municipality looked at all rooms
# and found a hobby workshop.
# Outcome: watch at most, until new facts come.
let HERE "premises":{"bagId":"9901010000090009"}
let LEASE "premises":{"bagId":"9901010000090009"},"tenancy":"s09"
premises {$HERE,"attributes":{"address":{"postcode":"9912LB","houseNumber":18,"municipality":"Vossewaard"},"type":"business-unit","usePurposes":["industry"],"floorAreaM2":160,"asOf":"@-1000","ground":"public-task"}}
verhuurder {"kind":"registration","sourceId":"s09",$HERE,"occurredOn":"@-150","ground":"legitimate-interest","event":"started","lettingType":"business","startOn":"@-145","expectedMonths":36,"rentEur":980,"tenant":{"scheme":"source-local","value":"s09-tenant"},"tenantKind":"person","writtenLease":"yes","metInPerson":"yes","utilityHolder":"tenant"}
verhuurder {"kind":"payment","sourceId":"s09-p1",$LEASE,"occurredOn":"@-100","ground":"legitimate-interest","method":"cash","purpose":"rent","amountEur":980,"term":"@m-3","payerIsTenant":"yes"}
meldpunt {"kind":"tip","sourceId":"s09-t1",$HERE,"occurredOn":"@-40","ground":"public-task","channel":"web","category":"van-against-door","count":3,"origin":{"scheme":"phone","value":"0612000901"}}
meldpunt {"kind":"tip","sourceId":"s09-t2",$HERE,"occurredOn":"@-30","ground":"public-task","channel":"web","category":"fan-pump-noise","days":9,"periodDays":14,"atNight":true,"origin":{"scheme":"phone","value":"0612000902"}}
toezicht {"kind":"inspection","sourceId":"s09-v",$HERE,"occurredOn":"@-7","ground":"public-task","authority":"municipality","visitKind":"targeted","category":"nothing-found","officeHours":true}
