# 7. A student house: five payers, parents among them, people coming and going, one who left without a forwarding address, and a
# neighbour about the visits. It is registered for room letting.
# Outcome: none or watch.
let HERE "premises":{"bagId":"9901010000090007"}
let LEASE "premises":{"bagId":"9901010000090007"},"tenancy":"s07"
premises {$HERE,"attributes":{"address":{"postcode":"9911KF","houseNumber":9,"municipality":"Vossewaard"},"type":"dwelling","usePurposes":["living"],"floorAreaM2":140,"asOf":"@-1000","ground":"public-task"}}
basisregistraties {"kind":"permit","sourceId":"s07-v",$HERE,"occurredOn":"@-900","ground":"public-task","permit":"room-letting","required":"yes","held":"yes"}
verhuurder {"kind":"registration","sourceId":"s07",$HERE,"occurredOn":"@-460","ground":"wet-goed-verhuurderschap","event":"started","lettingType":"room","startOn":"@-450","expectedMonths":0,"rentEur":2100,"tenant":{"scheme":"source-local","value":"s07-house"},"tenantKind":"person","writtenLease":"yes","metInPerson":"yes","allIn":"yes","utilityHolder":"landlord"}
verhuurder {"kind":"payment","sourceId":"s07-p1",$LEASE,"occurredOn":"@-24","ground":"legitimate-interest","method":"bank","purpose":"rent","amountEur":420,"term":"@m-0","payer":{"scheme":"source-local","value":"s07-a"},"payerIsTenant":"yes","payerRole":"tenant"}
verhuurder {"kind":"payment","sourceId":"s07-p2",$LEASE,"occurredOn":"@-24","ground":"legitimate-interest","method":"bank","purpose":"rent","amountEur":420,"term":"@m-0","payer":{"scheme":"source-local","value":"s07-b"},"payerIsTenant":"no","payerRole":"guarantor"}
verhuurder {"kind":"payment","sourceId":"s07-p3",$LEASE,"occurredOn":"@-23","ground":"legitimate-interest","method":"bank","purpose":"rent","amountEur":420,"term":"@m-0","payer":{"scheme":"source-local","value":"s07-c"},"payerIsTenant":"no","payerRole":"guarantor"}
verhuurder {"kind":"payment","sourceId":"s07-p4",$LEASE,"occurredOn":"@-22","ground":"legitimate-interest","method":"bank","purpose":"rent","amountEur":420,"term":"@m-0","payer":{"scheme":"source-local","value":"s07-d"},"payerIsTenant":"yes","payerRole":"tenant"}
verhuurder {"kind":"payment","sourceId":"s07-p5",$LEASE,"occurredOn":"@-22","ground":"legitimate-interest","method":"bank","purpose":"rent","amountEur":420,"term":"@m-0","payer":{"scheme":"source-local","value":"s07-e"},"payerIsTenant":"no","payerRole":"guarantor"}
basisregistraties {"kind":"register-check","sourceId":"s07-r1",$HERE,"occurredOn":"@-45","ground":"public-task","check":"moves","result":"counted","count":8,"periodMonths":12,"exemptUse":"yes"}
basisregistraties {"kind":"register-check","sourceId":"s07-r2",$HERE,"occurredOn":"@-45","ground":"public-task","check":"departures-unknown","result":"counted","count":1,"periodMonths":24}
meldpunt {"kind":"tip","sourceId":"s07-t1",$HERE,"occurredOn":"@-10","ground":"public-task","channel":"web","category":"short-visits","count":9,"evenings":3,"periodDays":14,"origin":{"scheme":"phone","value":"0612000701"}}
