# 4. A front person: a third party arranges and pays, somebody else collects the keys, and the employer knows nobody of that
# name. Agent and landlord both saw it, but both are letting side: one class. The desk is asked to find a second one, and to ask
# whether the tenant is a victim (action A8).
# Outcome: watch, with the gate `one-class` naming what is missing.
let HERE "premises":{"bagId":"9901010000090004"}
let LEASE "premises":{"bagId":"9901010000090004"},"tenancy":"s04"
premises {$HERE,"attributes":{"address":{"postcode":"9911KC","houseNumber":7,"municipality":"Vossewaard"},"type":"dwelling","usePurposes":["living"],"floorAreaM2":71,"asOf":"@-1000","ground":"public-task"}}
makelaar {"kind":"application","sourceId":"s04-a",$LEASE,"occurredOn":"@-75","ground":"wet-goed-verhuurderschap","purpose":"living","requirements":[],"contactBy":"other-person","allContactByOther":"yes"}
makelaar {"kind":"registration","sourceId":"s04",$HERE,"occurredOn":"@-66","ground":"wet-goed-verhuurderschap","event":"started","lettingType":"dwelling","startOn":"@-60","expectedMonths":12,"rentEur":1350,"tenant":{"scheme":"source-local","value":"s04-tenant"},"tenantKind":"person","writtenLease":"yes","metInPerson":"yes","utilityHolder":"tenant"}
makelaar {"kind":"document-check","sourceId":"s04-d",$LEASE,"occurredOn":"@-64","ground":"wet-goed-verhuurderschap","document":"employer-statement","result":"denied","independentContact":"yes","attempts":2}
makelaar {"kind":"tenancy-event","sourceId":"s04-k",$LEASE,"occurredOn":"@-60","ground":"legitimate-interest","event":"keys-handed-over","sameAsScreened":"no","sameAsSigner":"no","proxyOnFile":"no"}
makelaar {"kind":"payment","sourceId":"s04-p1",$LEASE,"occurredOn":"@-58","ground":"legitimate-interest","method":"bank","purpose":"rent","amountEur":1350,"term":"@m-2","payer":{"scheme":"iban","value":"NL02ABNA0123456789"},"payerIsTenant":"no","payerRole":"unknown"}
makelaar {"kind":"payment","sourceId":"s04-p2",$LEASE,"occurredOn":"@-28","ground":"legitimate-interest","method":"bank","purpose":"rent","amountEur":1350,"term":"@m-1","payer":{"scheme":"iban","value":"NL02ABNA0123456789"},"payerIsTenant":"no","payerRole":"unknown"}
