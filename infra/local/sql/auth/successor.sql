-- $1 token text
select token from auth.refresh_tokens where parent = $1 and not revoked
