//! A job's files: paths in Storage become addresses that last as long as the work may.

use std::time::Duration;

use serde_json::{Map, Value};
use shared::{
    domain::job::{ClaimedJob, JobType},
    error::Error,
    storage::Storage,
};

/// Longer than a lease and all that comes after it.
const LASTS: Duration = Duration::from_hours(1);

/// Signed now and not when the job was made: a job may wait for days.
pub(crate) async fn addressed(storage: &Storage, mut job: ClaimedJob) -> Result<ClaimedJob, Error> {
    let Value::Object(input) = &mut job.input else {
        return Ok(job);
    };
    match job.job_type {
        JobType::Compile => {
            let (source, program) = (path(input, "source_path")?, path(input, "ex5_path")?);
            let source_url = storage.sign_download(&source, LASTS, None).await?;
            input.insert("source_url".to_owned(), source_url.into());
            input.insert("upload_url".to_owned(), storage.sign_upload(&program).await?.into());
            // Jobs of an earlier release have none.
            if input.contains_key("log_path") {
                let log = path(input, "log_path")?;
                input.insert("log_upload_url".to_owned(), storage.sign_upload(&log).await?.into());
            }
        }
        JobType::Deploy => {
            let program = path(input, "ex5_path")?;
            let ex5_url = storage.sign_download(&program, LASTS, None).await?;
            input.insert("ex5_url".to_owned(), ex5_url.into());
        }
        JobType::Run | JobType::Stop | JobType::Trade | JobType::ClosePosition => {}
    }
    input.remove("bucket");
    Ok(job)
}

fn path(input: &mut Map<String, Value>, key: &str) -> Result<String, Error> {
    match input.remove(key) {
        Some(Value::String(path)) => Ok(path),
        _ => Err(Error::internal("job/address", format!("the job has no {key}"))),
    }
}
