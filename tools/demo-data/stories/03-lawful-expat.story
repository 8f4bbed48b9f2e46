# 3. A lawful expat: a relocation firm arranges and pays, a year ahead because the landlord asked for it, the employer stands
# guarantor, energy is in the rent and the counter of the registry has a queue. Every sign has a stated, lawful role.
# Outcome: none.
let HERE "premises":{"bagId":"9901010000090003"}
let LEASE "premises":{"bagId":"9901010000090003"},"tenancy":"s03"
premises {$HERE,"attributes":{"address":{"postcode":"9911KB","houseNumber":4,"municipality":"Vossewaard"},"type":"dwelling","usePurposes":["living"],"floorAreaM2":112,"asOf":"@-1000","ground":"public-task"}}
makelaar {"kind":"application","sourceId":"s03-a",$LEASE,"occurredOn":"@-110","ground":"wet-goed-verhuurderschap","purpose":"living","requirements":[],"contactBy":"relocation-firm","allContactByOther":"yes"}
makelaar {"kind":"registration","sourceId":"s03",$HERE,"occurredOn":"@-98","ground":"wet-goed-verhuurderschap","event":"started","lettingType":"dwelling","startOn":"@-91","expectedMonths":24,"rentEur":2400,"tenant":{"scheme":"source-local","value":"s03-tenant"},"tenantKind":"person","writtenLease":"yes","metInPerson":"yes","allIn":"yes","utilityHolder":"landlord"}
makelaar {"kind":"identity-check","sourceId":"s03-i",$LEASE,"occurredOn":"@-94","ground":"wet-goed-verhuurderschap","original":"shown","method":"reader-app","result":"passed","inPerson":"yes","samePersonSigned":"yes","samePersonKeys":"yes"}
makelaar {"kind":"payment","sourceId":"s03-p1",$LEASE,"occurredOn":"@-92","ground":"legitimate-interest","method":"bank","purpose":"rent","amountEur":28800,"term":"@m-3","payer":{"scheme":"iban","value":"NL91ABNA0417164300"},"payerIsTenant":"no","payerRole":"relocation-firm","monthsCovered":12,"advanceOfferedBy":"landlord"}
basisregistraties {"kind":"register-check","sourceId":"s03-r",$HERE,"occurredOn":"@-20","ground":"public-task","check":"tenant-registered","result":"mismatch"}
