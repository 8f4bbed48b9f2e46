# 10. The shadow of the previous tenant: ten signs about somebody who left half a year ago, and a new tenant who is not registered
# yet. What belongs to the ended tenancy does not count against the new one.
# Outcome: none.
let HERE "premises":{"bagId":"9901010000090010"}
let OLD "premises":{"bagId":"9901010000090010"},"tenancy":"s10-old"
premises {$HERE,"attributes":{"address":{"postcode":"9912LC","houseNumber":5,"municipality":"Vossewaard"},"type":"dwelling","usePurposes":["living"],"floorAreaM2":80,"asOf":"@-1000","ground":"public-task"}}
woningcorporatie {"kind":"registration","sourceId":"s10-old",$HERE,"occurredOn":"@-700","ground":"wet-goed-verhuurderschap","event":"started","lettingType":"dwelling","startOn":"@-690","expectedMonths":0,"rentEur":640,"tenant":{"scheme":"source-local","value":"s10-former"},"tenantKind":"person","writtenLease":"yes","metInPerson":"yes","utilityHolder":"tenant"}
woningcorporatie {"kind":"registration","sourceId":"s10-end",$OLD,"occurredOn":"@-185","ground":"wet-goed-verhuurderschap","event":"ended","lettingType":"dwelling","rentEur":640,"tenantKind":"person","endOn":"@-185","durationDays":505}
woningcorporatie {"kind":"registration","sourceId":"s10-new",$HERE,"occurredOn":"@-50","ground":"wet-goed-verhuurderschap","event":"started","lettingType":"dwelling","startOn":"@-45","expectedMonths":0,"rentEur":660,"tenant":{"scheme":"source-local","value":"s10-newcomer"},"tenantKind":"person","writtenLease":"yes","metInPerson":"yes","utilityHolder":"tenant"}
woningcorporatie {"kind":"payment","sourceId":"s10-p1",$OLD,"occurredOn":"@-230","ground":"legitimate-interest","method":"cash","purpose":"rent","amountEur":640,"term":"@m-8","payerIsTenant":"yes"}
woningcorporatie {"kind":"tenancy-event","sourceId":"s10-k",$OLD,"occurredOn":"@-215","ground":"legitimate-interest","event":"locks-changed","consent":"no"}
basisregistraties {"kind":"register-check","sourceId":"s10-r",$HERE,"occurredOn":"@-10","ground":"public-task","check":"tenant-registered","result":"mismatch"}
meldpunt {"kind":"tip","sourceId":"s10-t1",$HERE,"occurredOn":"@-221","ground":"public-task","channel":"web","category":"smell-cannabis","origin":{"scheme":"phone","value":"0612001001"}}
meldpunt {"kind":"tip","sourceId":"s10-t2",$HERE,"occurredOn":"@-217","ground":"public-task","channel":"web","category":"smell-cannabis","origin":{"scheme":"phone","value":"0612001000"}}
meldpunt {"kind":"tip","sourceId":"s10-t3",$HERE,"occurredOn":"@-213","ground":"public-task","channel":"web","category":"fan-pump-noise","days":9,"periodDays":14,"atNight":true,"origin":{"scheme":"phone","value":"0612001001"}}
meldpunt {"kind":"tip","sourceId":"s10-t4",$HERE,"occurredOn":"@-209","ground":"public-task","channel":"web","category":"windows-covered","days":30,"periodDays":30,"origin":{"scheme":"phone","value":"0612001000"}}
meldpunt {"kind":"tip","sourceId":"s10-t5",$HERE,"occurredOn":"@-205","ground":"public-task","channel":"web","category":"night-loading","nights":4,"periodDays":14,"origin":{"scheme":"phone","value":"0612001001"}}
meldpunt {"kind":"tip","sourceId":"s10-t6",$HERE,"occurredOn":"@-201","ground":"public-task","channel":"web","category":"power-heat-signs","heatSigns":["power-dips","condensation"],"origin":{"scheme":"phone","value":"0612001000"}}
meldpunt {"kind":"tip","sourceId":"s10-t7",$HERE,"occurredOn":"@-197","ground":"public-task","channel":"web","category":"extra-vents","photo":true,"origin":{"scheme":"phone","value":"0612001001"}}
meldpunt {"kind":"tip","sourceId":"s10-t8",$HERE,"occurredOn":"@-193","ground":"public-task","channel":"web","category":"van-against-door","count":3,"origin":{"scheme":"phone","value":"0612001000"}}
