-- 0015: people who sign in with their own organisation's provider (OpenID Connect). Such an account is known by
-- issuer and subject, has no password, and takes its name, roles and municipalities from the provider each time.

alter table account
    add column issuer text,
    add column subject text,
    add constraint account_provided check ((issuer is null) = (subject is null)
                                           and (issuer is null or (password_hash = '' and totp_key is null))),
    add constraint account_provided_once unique (issuer, subject);
