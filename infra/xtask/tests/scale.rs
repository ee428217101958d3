#[test]
fn the_document_has_the_tables_that_the_arithmetic_gives() {
    let file = xtask::root().join("docs/scale.md");
    let document = std::fs::read_to_string(&file).expect("docs/scale.md");
    for table in xtask::scale::tables()
        .split("\n### ")
        .filter(|part| !part.trim().is_empty())
    {
        assert!(
            document.contains(table.trim_end()),
            "docs/scale.md is older than infra/xtask/src/scale; put the output of `cargo xtask scale` into it, and read \
             whether its sentences still hold. This is missing:\n### {table}"
        );
    }
}
