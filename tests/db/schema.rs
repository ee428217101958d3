//! What a later migration might forget.

use tokio_postgres::Client;

use crate::support::Stage;

/// The words a CHECK allows, as its definition lists them.
pub(super) async fn words(db: &Client, constraint: &str) -> Vec<String> {
    let sql = "select array(select m[1] from regexp_matches(pg_get_constraintdef(oid), '''([^'']+)''', 'g') m)
        from pg_constraint where conname = $1";
    let row = db.query_one(sql, &[&constraint]).await;
    row.unwrap_or_else(|error| panic!("there is no constraint {constraint} to read the states from: {error:?}"))
        .get(0)
}

async fn lines(db: &Client, sql: &str) -> Vec<String> {
    let rows = db
        .query(sql, &[])
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    rows.iter().map(|row| row.get(0)).collect()
}

/// Where the schema leaves a door open.
async fn faults(db: &Client) -> Vec<String> {
    lines(db, include_str!("schema_faults.sql")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_is_closed_to_strangers() {
    let stage = Stage::new().await;
    let faults = faults(&stage.db).await;
    assert!(
        faults.is_empty(),
        "a table needs in its own migration: enable row level security; policies TO authenticated that ask\n\
         (select auth.uid()), with WITH CHECK where rows are written; grants to authenticated of only what its screens need.\n\
         A function needs: revoke all … from public, then a grant to whoever calls it.\n{faults:#?}"
    );
}

/// A slip, and what must be said about it.
const SLIPS: &[(&str, &[&str])] = &[
    (
        "create table slip (user_id uuid)",
        &["slip: has no policy", "slip: row-level security is off"],
    ),
    (
        "create table slip (user_id uuid); alter table slip enable row level security",
        &["slip: has no policy"],
    ),
    (
        "create table slip (user_id uuid); alter table slip enable row level security;
         create policy p on slip for select using ((select auth.uid()) = user_id)",
        &["slip: policy p is not only for authenticated"],
    ),
    (
        "create table slip (user_id uuid); alter table slip enable row level security;
         create policy p on slip for select to authenticated, anon using ((select auth.uid()) = user_id)",
        &["slip: policy p is not only for authenticated"],
    ),
    (
        "create table slip (user_id uuid); alter table slip enable row level security;
         create policy p on slip for select to authenticated using (auth.uid() = user_id)",
        &["slip: USING of policy p does not ask (select auth.uid())"],
    ),
    (
        "create table slip (user_id uuid); alter table slip enable row level security;
         create policy p on slip to authenticated using (true)",
        &[
            "slip: USING of policy p does not ask (select auth.uid())",
            "slip: policy p has no WITH CHECK",
        ],
    ),
    (
        "create table slip (user_id uuid); alter table slip enable row level security;
         create policy p on slip for update to authenticated using ((select auth.uid()) = user_id) with check (true)",
        &["slip: WITH CHECK of policy p does not ask (select auth.uid())"],
    ),
    ("grant select on jobs to anon", &["jobs: SELECT is granted to anon"]),
    (
        "grant update (status) on jobs to public",
        &["jobs: UPDATE is granted to PUBLIC"],
    ),
    (
        "grant truncate on jobs to authenticated",
        &["jobs: TRUNCATE is granted to authenticated, and no policy is asked for it"],
    ),
    (
        "alter table jobs disable row level security",
        &["jobs: row-level security is off"],
    ),
    (
        "create view slip as select id from jobs",
        &["slip: a view answers as its owner; say with (security_invoker = true)"],
    ),
    (
        "create function forexelite.slip() returns int language sql as 'select 1'",
        &[
            "forexelite.slip(): may be called by anon",
            "forexelite.slip(): may be called by authenticated",
        ],
    ),
    (
        "create function forexelite.slip() returns int language sql security definer as 'select 1';
         revoke all on function forexelite.slip from public",
        &["forexelite.slip(): a security definer must set search_path = ''"],
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_table_added_without_policies_is_named() {
    let stage = Stage::new().await;
    for (slip, expected) in SLIPS {
        stage.sql(&format!("begin; {slip}")).await;
        let faults = faults(&stage.db).await;
        stage.sql("rollback").await;
        assert_eq!(
            faults, *expected,
            "what tests/db/schema_faults.sql finds after:\n{slip}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_foreign_key_has_an_index() {
    let stage = Stage::new().await;
    // A pair says what and whose; what is unique in the parent, so whose adds nothing to an index.
    let sql = "select f.conrelid::regclass::text || ': ' || pg_get_constraintdef(f.oid) from pg_constraint f
        cross join lateral (
            select array_agg(a.attnum) filter (where a.attname not in ('user_id', 'id') or cardinality(f.conkey) = 1) as columns
              from pg_attribute a where a.attrelid = f.conrelid and a.attnum = any (f.conkey)) needed
        where f.contype = 'f' and f.connamespace = 'public'::regnamespace and not exists (
            select from pg_index i where i.indrelid = f.conrelid and i.indisvalid
               and (i.indkey::int2[])[0:cardinality(needed.columns) - 1] @> needed.columns
               and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) in (
                    select format('(%I IS NOT NULL)', a.attname) from pg_attribute a
                     where a.attrelid = f.conrelid and a.attnum = any (needed.columns))))";
    let found = lines(&stage.db, sql).await;
    assert!(
        found.is_empty(),
        "without an index that begins with the columns of a foreign key, deleting the parent reads the whole child.\n{found:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_foreign_key_chose_what_happens_on_delete() {
    let stage = Stage::new().await;
    // No action is what one gets without choosing; where it was chosen, a comment in the migration says why.
    let chosen = [
        "tv_strategies_broker_connection_id_user_id_fkey",
        "ea_deployments_ea_version_id_fkey",
    ];
    let sql = "select conname::text from pg_constraint
        where contype = 'f' and connamespace = 'public'::regnamespace and confdeltype in ('a', 'r') order by 1";
    let found = lines(&stage.db, sql).await;
    let unchosen: Vec<_> = found.iter().filter(|name| !chosen.contains(&name.as_str())).collect();
    assert!(
        unchosen.is_empty(),
        "choose on delete cascade or set null, or name it here and say why there: {unchosen:#?}"
    );
}

/// Columns whose name says closed set and that are none.
const OPEN: &[&str] = &[];

#[tokio::test(flavor = "multi_thread")]
async fn every_closed_set_of_words_is_a_check() {
    let stage = Stage::new().await;
    let sql = "select c.relname || '.' || a.attname from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.atttypid = 'text'::regtype
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
          and a.attname ~ '(^|_)(status|type|kind|mode|side|direction|action|state|timeframe|level)$'
          and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'c'
              and k.conkey = array[a.attnum] and pg_get_constraintdef(k.oid) ~ '= ANY')
        order by 1";
    let mut found = lines(&stage.db, sql).await;
    found.retain(|column| !OPEN.contains(&column.as_str()));
    assert!(
        found.is_empty(),
        "a column of a few fixed words needs a CHECK (… in (…)), so that no caller can invent another.\n\
         If its words are open after all, add it to OPEN here.\n{found:#?}"
    );
}
