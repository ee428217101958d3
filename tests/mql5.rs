//! The rules for generated programs, held against sources as people and models write them: none has a false finding.

use shared::domain::mql5::{extract, findings};
use xtask::root;

#[test]
fn good_sources_have_no_findings() {
    for file in [
        "infra/local/assets/glm/moving_average_crossover.mq5",
        "infra/local/assets/glm/rsi_reversal.mq5",
        "infra/local/assets/glm/channel_breakout.mq5",
        "tests/mql5/grid_by_classes.mq5",
    ] {
        let source = std::fs::read_to_string(root().join(file)).expect(file);
        assert_eq!(findings(&source), [], "{file}");
        let answer = format!("Here it is.\n\n```mql5\n{source}```\nGood luck.");
        assert_eq!(extract(&answer).as_deref(), Ok(source.as_str()), "{file}");
    }
}
