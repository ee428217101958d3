//! What a function finds in its environment on Lambda, and nothing else.

use crate::lambda::REGION;
use crate::template::{Function, LogFormat};

pub(super) fn of(function: &Function) -> Vec<(String, String)> {
    let memory = function.memory_mb.to_string();
    let log_group = format!("/aws/lambda/{}", function.name);
    let given = [
        ("AWS_ACCESS_KEY_ID", "local"),
        ("AWS_DEFAULT_REGION", REGION),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &memory),
        ("AWS_LAMBDA_FUNCTION_NAME", &function.name),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", &log_group),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "local"),
        ("AWS_REGION", REGION),
        ("AWS_SECRET_ACCESS_KEY", "local"),
        ("AWS_SESSION_TOKEN", "local"),
        ("LAMBDA_RUNTIME_DIR", "/var/runtime"),
        ("LAMBDA_TASK_ROOT", "/var/task"),
        ("LANG", "en_US.UTF-8"),
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ("TZ", ":UTC"),
        ("_HANDLER", &function.handler),
    ];
    let mut all: Vec<_> = given.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    match function.logging.log_format {
        LogFormat::Text => all.push(("AWS_LAMBDA_LOG_FORMAT".into(), "Text".into())),
        LogFormat::Json => {
            let level = function.logging.application_log_level.as_deref().unwrap_or("INFO");
            all.push(("AWS_LAMBDA_LOG_FORMAT".into(), "JSON".into()));
            all.push(("AWS_LAMBDA_LOG_LEVEL".into(), level.into()));
        }
    }
    all.extend(
        function
            .environment
            .iter()
            .map(|(key, value)| (key.clone(), value.clone())),
    );
    all
}
