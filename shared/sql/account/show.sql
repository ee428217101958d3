-- Who the caller is, under row-level security: one row, their own.
--
select p.id, p.email, p.display_name, p.created_at, u.trading_mode, u.disclaimer_accepted, u.timezone, u.account_currency
  from profiles p join user_settings u on u.user_id = p.id
