# 1. A cannabis farm that builds up. A terraced house let a year ago; the landlord is paid in cash and finds other locks,
# then two neighbours smell it, hear fans and see the lights dip. Landlord and neighbours are two classes of source.
# Outcome: alert.
let HERE "premises":{"bagId":"9901010000090001"}
let LEASE "premises":{"bagId":"9901010000090001"},"tenancy":"s01"
premises {$HERE,"attributes":{"address":{"postcode":"9911KA","houseNumber":12,"municipality":"Vossewaard"},"type":"dwelling","usePurposes":["living"],"floorAreaM2":94,"asOf":"@-1000","ground":"public-task"}}
verhuurder {"kind":"registration","sourceId":"s01",$HERE,"occurredOn":"@-372","ground":"wet-goed-verhuurderschap","event":"started","lettingType":"dwelling","startOn":"@-365","expectedMonths":24,"rentEur":1150,"tenant":{"scheme":"source-local","value":"s01-tenant"},"tenantKind":"person","writtenLease":"yes","metInPerson":"yes","utilityHolder":"tenant"}
verhuurder {"kind":"payment","sourceId":"s01-p1",$LEASE,"occurredOn":"@-120","ground":"legitimate-interest","method":"cash","purpose":"rent","amountEur":1150,"term":"@m-4","payerIsTenant":"yes"}
verhuurder {"kind":"payment","sourceId":"s01-p2",$LEASE,"occurredOn":"@-90","ground":"legitimate-interest","method":"cash","purpose":"rent","amountEur":1150,"term":"@m-3","payerIsTenant":"yes"}
verhuurder {"kind":"payment","sourceId":"s01-p3",$LEASE,"occurredOn":"@-30","ground":"legitimate-interest","method":"cash","purpose":"rent","amountEur":1150,"term":"@m-1","payerIsTenant":"yes"}
verhuurder {"kind":"tenancy-event","sourceId":"s01-k",$LEASE,"occurredOn":"@-48","ground":"legitimate-interest","event":"locks-changed","consent":"no"}
meldpunt {"kind":"tip","sourceId":"s01-t1",$HERE,"occurredOn":"@-41","ground":"public-task","channel":"municipality","category":"windows-covered","days":30,"periodDays":30,"origin":{"scheme":"phone","value":"0612000101"}}
meldpunt {"kind":"tip","sourceId":"s01-t2",$HERE,"occurredOn":"@-33","ground":"public-task","channel":"municipality","category":"smell-cannabis","days":4,"periodDays":14,"origin":{"scheme":"phone","value":"0612000101"}}
meldpunt {"kind":"tip","sourceId":"s01-t3",$HERE,"occurredOn":"@-24","ground":"public-task","channel":"web","category":"smell-cannabis","days":2,"periodDays":7,"origin":{"scheme":"email","value":"buur.b@vossewaard.example"}}
meldpunt {"kind":"tip","sourceId":"s01-t4",$HERE,"occurredOn":"@-20","ground":"public-task","channel":"web","category":"fan-pump-noise","days":12,"periodDays":14,"atNight":true,"origin":{"scheme":"email","value":"buur.b@vossewaard.example"}}
meldpunt {"kind":"tip","sourceId":"s01-t5",$HERE,"occurredOn":"@-9","ground":"public-task","channel":"municipality","category":"power-heat-signs","heatSigns":["power-dips","warm-wall"],"origin":{"scheme":"phone","value":"0612000101"}}
