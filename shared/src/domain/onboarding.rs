//! How far a user has come on the way to the first trade.

use serde::Serialize;
use utoipa::ToSchema;

use super::word::words;

words! {
    /// What is to be done.
    OnboardingStep {
        Disclaimer = "disclaimer",
        BrokerConnection = "broker_connection",
        Agent = "agent",
        Strategy = "strategy",
        Signal = "signal",
    }
}

/// What is done already.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = OnboardingDone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, each a check mark on the screen"
)]
pub struct Done {
    pub disclaimer_accepted: bool,
    pub broker_connection: bool,
    /// An agent was heard of at least once.
    pub agent_paired: bool,
    pub strategy: bool,
    /// An alert came in, whatever became of it.
    pub first_signal: bool,
}

/// How far the caller has come.
#[derive(Debug, Serialize, ToSchema)]
pub struct OnboardingStatus {
    #[serde(flatten)]
    pub done: Done,
    pub complete: bool,
    /// The first step that is not done; `null` when all are.
    pub next: Option<OnboardingStep>,
}

impl From<Done> for OnboardingStatus {
    fn from(done: Done) -> Self {
        let next = done.next();
        Self {
            done,
            complete: next.is_none(),
            next,
        }
    }
}

impl Done {
    /// In this order, since each step needs the ones before it.
    fn next(self) -> Option<OnboardingStep> {
        let Self {
            disclaimer_accepted,
            broker_connection,
            agent_paired,
            strategy,
            first_signal,
        } = self;
        [
            (disclaimer_accepted, OnboardingStep::Disclaimer),
            (broker_connection, OnboardingStep::BrokerConnection),
            (agent_paired, OnboardingStep::Agent),
            (strategy, OnboardingStep::Strategy),
            (first_signal, OnboardingStep::Signal),
        ]
        .into_iter()
        .find_map(|(done, step)| (!done).then_some(step))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_step_is_the_first_that_is_not_done() {
        let all = Done {
            disclaimer_accepted: true,
            broker_connection: true,
            agent_paired: true,
            strategy: true,
            first_signal: true,
        };
        assert_eq!(all.next(), None);
        let gaps = Done {
            broker_connection: false,
            strategy: false,
            ..all
        };
        assert_eq!(gaps.next(), Some(OnboardingStep::BrokerConnection));
    }
}
