//! What every order carries so that it can be recognised.

use data_encoding::BASE32_NOPAD;

use super::JobId;

/// How far, in points, the fill may be from the price the agent saw.
pub const DEVIATION_POINTS: i32 = 20;

/// The order's comment: `FE` and the base32 of the job id's first 12 bytes, 22 characters. Brokers keep 26 or fewer.
pub fn comment(job: JobId) -> String {
    format!("FE{}", BASE32_NOPAD.encode(&job.0.as_bytes()[..12]))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_comment_fits_what_brokers_keep() {
        let text = comment(JobId(Uuid::from_u128(u128::MAX)));
        assert_eq!((text.len(), text.starts_with("FE7777")), (22, true), "{text}");
    }
}
